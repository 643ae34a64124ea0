"""Votes brought to what a platform shows, whatever was missed: ballots of seven days, the newest first.

Counts are asked for first, a page of messages in a call where the platform has that, and people only where
the counts differ. After a start or a lost session that is not enough, as one person may have taken the place
of another: then people are asked for on every ballot that bears a reaction, once those that differ are right.
What changed in the last seconds is left alone, as events may be on their way. Where it is not what the
platform shows it is looked at again a little later: a bot that was gone may have missed what came then.
What a ballot lost before it was known to be one (somebody was faster than the answer to our own post) is
found by looking at young ballots every few minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.domain.ballots import SAME, difference, shown_counts, shown_stands
from bot.domain.deliveries import Absent, Throttled
from bot.log import logger
from bot.ports.voting import CloseBallots, MarkChecked, Missing, Settle, Tallied
from bot.services.voting import COMPARED_FOR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from bot.domain.ballots import Ballot, Stand
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place
    from bot.ports import Clock
    from bot.ports.delivery import Reaction
    from bot.ports.voting import OpenBallot, ReactionReader, VoteStore
    from bot.services.voting import Hashes

Told = TypeVar("Told")

log = logger("votes")

PAGE = 50
"""Messages of a place whose reactions are counted together."""

MARGIN = timedelta(seconds=10)
"""How much clocks, ours and a platform's, may differ: what changed so lately is left alone."""

HURRIED = timedelta(milliseconds=100)
"""Between two calls while votes may be wrong: a fifth of Discord's 50 a second."""
EASY = timedelta(seconds=2)
"""Between two calls at all other times."""

EVERY = timedelta(minutes=15)
"""From the end of a round to the start of the next one."""

YOUNG = timedelta(minutes=20)
LOOKED_AT_YOUNG_EVERY = timedelta(minutes=5)

TICK = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=1)
TRIES = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform is asked, and who is told with each call that we are alive."""

    between: timedelta
    beat: Callable[[], None]
    unsettled: dict[MessageRef, Ballot] = field(default_factory=dict)
    """Ballots that were not all brought to what the platform shows, as they had just changed."""


class Reconciler:
    """Compares the ballots of one platform with what it shows."""

    def __init__(self, votes: VoteStore, reader: ReactionReader, clock: Clock, hashes: Hashes) -> None:
        self._votes = votes
        self._reader = reader
        self._clock = clock
        self._hashes = hashes
        self._settled_until: datetime | None = None
        """The start of the last round after which nothing was left that may have been missed before."""

    # --- Loops --------------------------------------------------------------------

    async def run(self, beat: Callable[[], None]) -> None:
        """Go round by round until cancelled; a lost session begins a new one at once."""
        while True:
            await self.step(beat)
            until = self._clock.now() + EVERY
            while self._clock.now() < until and not await self._has_missed():
                beat()
                await self._clock.sleep(TICK)

    async def run_young(self, beat: Callable[[], None]) -> None:
        """Look at young ballots until cancelled."""
        while True:
            await self.look_at_young(beat)
            for _ in range(LOOKED_AT_YOUNG_EVERY // TICK):
                beat()
                await self._clock.sleep(TICK)

    async def step(self, beat: Callable[[], None]) -> None:
        """Make one round over all ballots; one that is hurried ends early where another session is lost."""
        started_at = self._clock.now()
        is_hurried = await self._has_missed()
        since = started_at - COMPARED_FOR
        same: list[Ballot] = []
        pace = Pace(HURRIED if is_hurried else EASY, beat)
        for place in await self._votes.ballot_places(self._reader.platform, since):
            same += await self.compare(place, since, pace)
            if not is_hurried and await self._has_missed():
                return
        if is_hurried:
            await self._compare_people(same, pace)
        await self._look_again(pace)
        if is_hurried:
            self._settled_until = started_at

    async def look_at_young(self, beat: Callable[[], None]) -> None:
        """Compare the ballots that were posted in the last minutes."""
        since = self._clock.now() - YOUNG
        pace = Pace(HURRIED, beat)
        for place in await self._votes.ballot_places(self._reader.platform, since):
            await self.compare(place, since, pace)
        await self._look_again(pace)

    async def _has_missed(self) -> bool:
        """Tell whether events may have been missed that no round has made up for: at the start, always."""
        if self._settled_until is None:
            return True
        lost_at = await self._votes.lost_at(self._reader.platform)
        return lost_at is not None and lost_at >= self._settled_until

    # --- One place ------------------------------------------------------------------

    async def compare(self, place: Place, since: datetime, pace: Pace) -> list[Ballot]:
        """Compare the ballots of a place, and settle those whose counts differ.

        Return those that bear reactions and have the same counts: their people were not asked for.
        """
        ballots = await self._votes.open_ballots(place, since)
        same: list[Ballot] = []
        for start in range(0, len(ballots), PAGE):
            same += await self._compare_page(place, ballots[start : start + PAGE], pace)
        return same

    async def _compare_page(self, place: Place, page: Sequence[OpenBallot], pace: Pace) -> list[Ballot]:
        messages = [each.ballot.message for each in page]
        told = await self._asked(lambda: self._reader.tallies(place, messages), pace)
        if told is None:
            told = Tallied()
        if not isinstance(told, Tallied):
            return []
        if told.gone:
            await self._votes.write(CloseBallots(tuple(told.gone)))
        kinds = {
            each.ballot.message: is_same(each, told) for each in page if each.ballot.message not in told.gone
        }
        agreeing = tuple(message for message, same in kinds.items() if same)
        await self._votes.write(MarkChecked(agreeing, self._clock.now()))
        for each in page:
            if kinds.get(each.ballot.message) is False:
                await self._settle(each.ballot, pace)
        return [each.ballot for each in page if each.stored and kinds.get(each.ballot.message)]

    async def _compare_people(self, ballots: Sequence[Ballot], pace: Pace) -> None:
        for ballot in ballots:
            await self._settle(ballot, pace)

    async def _look_again(self, pace: Pace) -> None:
        """Settle what was left alone, now that it is no longer new: what was not told yet never will be."""
        if not pace.unsettled:
            return
        pace.beat()
        await self._clock.sleep(MARGIN)
        for ballot in list(pace.unsettled.values()):
            await self._settle(ballot, pace)

    async def _settle(self, ballot: Ballot, pace: Pace) -> None:
        """Bring a ballot to what the platform shows, person by person."""
        asked_at = self._clock.now() - MARGIN
        told = await self._asked(lambda: self._reader.reactions(ballot.place, ballot.message), pace)
        if isinstance(told, Absent):
            await self._votes.write(CloseBallots((ballot.message,)))
            return
        if not isinstance(told, (list, tuple)):
            return
        shown = set(stands_of(ballot, told))
        found = difference(await self._votes.reactions_on(ballot.message), shown)
        missing = [Missing(each, await self._hashes.of(each.identity)) for each in sorted(found.missing)]
        extra = tuple(sorted(found.extra))
        if missing or extra:
            log.info("votes differed", place=str(ballot.place), missing=len(missing), extra=len(extra))
        await self._votes.write(Settle(ballot, tuple(missing), extra, asked_at, self._clock.now()))
        if (missing or extra) and difference(await self._votes.reactions_on(ballot.message), shown) != SAME:
            pace.unsettled[ballot.message] = ballot

    async def _asked(self, ask: Callable[[], Awaitable[Told]], pace: Pace) -> Told:
        """Ask a platform, at its pace; where it wants us to wait, again after that."""
        for _ in range(TRIES - 1):
            pace.beat()
            await self._clock.sleep(pace.between)
            told = await ask()
            if not isinstance(told, Throttled):
                return told
            await self._clock.sleep(min(told.retry_after, LONGEST_WAIT))
        return await ask()


def is_same(opened: OpenBallot, told: Tallied) -> bool:
    """Tell whether a platform counts as many reactions as are stored; False where it did not say."""
    tallies = told.tallies.get(opened.ballot.message)
    if tallies is None:
        return False
    return shown_counts(opened.ballot, [(each.emoji, each.count) for each in tallies]) == opened.stored


def stands_of(ballot: Ballot, told: Sequence[Reaction]) -> Iterator[Stand]:
    """Yield the votes that a platform shows on a ballot."""
    for each in told:
        yield from shown_stands(ballot, each.emoji, each.identities, is_super=each.is_super)
