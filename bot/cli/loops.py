"""Running a command's coroutine so that SIGTERM stops it as tidily as Ctrl-C does."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result = TypeVar("Result")

YOUNG = 10_000
"""Objects that are made before the young ones are looked through: a burst of plans or votes makes as many.

After 700, as Python has it, none of them is garbage yet, and looking is a tenth of all work.
"""


def run_to_end(work: Coroutine[object, object, Result], *, is_loaded: bool = True) -> Result:
    """Run to the end, or until a signal; then what is open is closed in order.

    Where the work itself loads the most of what it needs, it is not loaded yet, and calls `all_loaded` then.

    Raises:
        KeyboardInterrupt: SIGINT or SIGTERM came first.
    """
    if is_loaded:
        all_loaded()
    try:
        return asyncio.run(cancelled_by_sigterm(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def all_loaded() -> None:
    """Look for garbage from now on, but not among what has been loaded: that stays to the end."""
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.enable()


async def cancelled_by_sigterm(work: Coroutine[object, object, Result]) -> Result:
    """Run inside the loop; asyncio itself sees to SIGINT."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await task
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
