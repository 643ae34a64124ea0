"""Editions: what one firing posts. `bot.domain.choosing` chooses its papers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.periods import feed_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime, time

    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing

LISTS = 3
"""How many feed days with a list an edition looks at, late arrivals and late risers among them."""

LONGEST_REACH = timedelta(days=7)
"""How far back it looks where its last firing was longer ago, and for what was submitted."""


class EditionKind(StrEnum):
    """Why it is posted."""

    SCHEDULED = "scheduled"
    RECAP = "recap"
    HIGHLIGHT = "highlight"
    CLUB = "club"
    NOTICE = "notice"
    SUBMISSION = "submission"
    """The answer to `submit`, which stands already when it is kept: the place has not had its paper by it."""


class Window(NamedTuple):
    """The lists that an edition may choose from, as they stood at `as_of`.

    The `lists` newest feed days with a list, or all since `since` where those are more.
    """

    as_of: datetime
    lists: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that an edition may choose. `listed` holds its figures as they stood at the firing."""

    listed: Listed
    lists_ago: int
    """0 on the newest list, 1 on the one before it; lists are counted, not days."""
    first_listed: date | None
    """The first day that ever listed it; None where it is on none of the lists, and submitted alone."""
    is_submitted: bool = False
    """Somebody put it in front of the place. It weighs as one of the newest list."""

    @property
    def is_listed(self) -> bool:
        """Whether it is on one of the lists."""
        return self.first_listed is not None


class Chosen(NamedTuple):
    """A paper of an edition, with the reasons that it was chosen."""

    paper: PaperId
    because: tuple[str, ...] = ()


class Edition(NamedTuple):
    """What one firing posts: papers, or the reason that there are none."""

    key: str
    """Names the firing: `<subscription>@<local date>T<local time>`, or what else it was made for."""
    kind: EditionKind
    place: Place
    subscription: str
    fires_at: datetime
    local_date: date
    local_time: time
    made_at: datetime
    heading: str
    """`Papers · Friday 24 April`."""
    papers: tuple[Chosen, ...] = ()
    notes: tuple[str, ...] = ()
    """`The top 5 of 15 listed so far`, what an outage kept back, and the like."""
    footer: str = ""
    """`Weekdays 09:00 Paris · why these? /papers status`."""
    reason: str = ""
    """Why there are no papers."""
    layout: str = "digest"


def with_votes(candidates: Iterable[Candidate], votes: Mapping[PaperId, int]) -> Iterator[Candidate]:
    """Yield candidates with the votes of those who choose from them."""
    for each in candidates:
        count = votes.get(each.listed.paper.id)
        yield replace(each, listed=replace(each.listed, votes=count)) if count else each


def with_submitted(candidates: Iterable[Candidate], submitted: Iterable[Listed]) -> Iterator[Candidate]:
    """Yield candidates together with the papers that were submitted in a place; one that is both once."""
    left = {listed.paper.id: listed for listed in submitted}
    for candidate in candidates:
        is_submitted = left.pop(candidate.listed.paper.id, None) is not None
        yield replace(candidate, is_submitted=True) if is_submitted else candidate
    for listed in left.values():
        yield Candidate(listed, lists_ago=0, first_listed=None, is_submitted=True)


def window_of(standing: Standing, now: datetime) -> Window:
    """Return the lists that the next edition of a subscription may choose from.

    The newest three, or all since its last firing (seven days at most); a first edition the newest alone.
    `since` is left out where three lists reach as far in any case: so many subscriptions share one window.
    """
    if standing.last_fired_at is None:
        return Window(now, lists=1)
    since = feed_day(max(standing.last_fired_at, now - LONGEST_REACH))
    covered = feed_day(now) - timedelta(days=LISTS - 1)
    return Window(now, LISTS, None if since >= covered else since)
