"""Group commit: units that wait while a commit is under way share the next one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.store.engine import Done, Unit

    Waiting = tuple[Unit, asyncio.Future[Done]]
    """A unit, and what its caller waits for."""

MOST_UNITS = 500
"""Units of one transaction; more would make the first of them wait for long."""


class GroupCommit:
    """Runs waiting units in as few transactions as can be.

    `run` does units in one transaction, all or none. Where that fails, each unit is run again in a
    transaction of its own, so that only the faulty one fails, with its own error.

    Where nobody else waits, all callers may go in step: the database idles while they work, and they while it
    does. `in_turns` parts them: half of them are answered first, and what they hand in is under way while the
    others work. It pays where the database is another process and has a core for itself (a tenth more votes a
    second over PostgreSQL, a fifth less over SQLite), and costs a commit more for each group.
    """

    def __init__(
        self, run: Callable[[Sequence[Unit]], Awaitable[Sequence[Done]]], *, in_turns: bool = False
    ) -> None:
        self._run = run
        self._in_turns = in_turns
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def write(self, unit: Unit) -> asyncio.Future[Done]:
        """Return what is done with the commit of the unit. Cancelled, it leaves the unit in its group."""
        if self._closed:
            raise StoreError("The paper store has been closed.")
        done: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((unit, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return done

    async def close(self) -> None:
        """Take no more units, and return when those that wait are done."""
        self._closed = True
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST_UNITS], self._waiting[MOST_UNITS:]
            await self._settle(group)

    async def _settle(self, group: Sequence[Waiting]) -> None:
        try:
            results = await self._run([unit for unit, _ in group])
        except asyncio.CancelledError:
            for _, done in group:
                done.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller must hear of it
            await self._settle_fault(group, error)
        else:
            await self._answer(list(zip(group, results, strict=True)))

    async def _answer(self, answers: Sequence[tuple[Waiting, Done]]) -> None:
        """Answer all, the first half a turn of the loop earlier where callers go in step."""
        half = len(answers) // 2 if self._in_turns and not self._waiting else 0
        try:
            if half:
                _tell(answers[:half])
                await asyncio.sleep(0)
        finally:
            _tell(answers[half:])

    async def _settle_fault(self, group: Sequence[Waiting], error: Exception) -> None:
        """Answer with the error where it can only be this unit's, or where it is the whole database's."""
        if isinstance(error, StoreError) or len(group) == 1:
            for waiting in group:
                _fail(waiting, error)
            return
        for waiting in group:
            await self._settle([waiting])


def _tell(answers: Iterable[tuple[Waiting, Done]]) -> None:
    for (_, done), result in answers:
        if not done.done():
            done.set_result(result)


def _fail(waiting: Waiting, error: Exception) -> None:
    _, done = waiting
    if not done.done():
        done.set_exception(error)
