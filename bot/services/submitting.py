"""Papers that people put in front of a place, and which of them its editions may choose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.answers import Refusal
from bot.domain.editions import LONGEST_REACH
from bot.domain.submission_words import MOST_A_DAY, hidden_words, too_many_words
from bot.domain.subscriptions import is_paused
from bot.ports.delivery import SubscriptionStore
from bot.ports.submissions import SubmissionStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing
    from bot.domain.votes import Submission
    from bot.ports import Scope, Store

A_DAY = timedelta(hours=24)

AT_ONCE = 500
"""Papers that are read in one go."""


class Kept(SubmissionStore, SubscriptionStore, Protocol):
    """Submissions, and what is hidden."""


async def submit(kept: Kept, wanted: Submission, tz: str) -> Submission | Refusal:
    """Submit a paper; return the submission that stands, which is the first where there was one before.

    `tz` is the zone in which somebody is told when they may go on.
    """
    hidden = await kept.hidden([wanted.place])
    if wanted.paper in hidden.get(wanted.place, ()):
        return Refusal(hidden_words(wanted.paper))
    is_new = await kept.submit(wanted, MOST_A_DAY, wanted.at - A_DAY)
    if is_new:
        return wanted
    first = await kept.submission(wanted.place, wanted.paper)
    if first is not None:
        return first if first.hidden_at is None else Refusal(hidden_words(wanted.paper))
    lately = await kept.submitted_by(wanted.identity, wanted.at - A_DAY)
    # Fewer by now where they were forgotten in between: then it can be at once.
    next_at = lately[MOST_A_DAY - 1] + A_DAY if len(lately) >= MOST_A_DAY else wanted.at
    return Refusal(too_many_words(next_at, tz))


def is_all_paused(standings: Iterable[Standing], now: datetime) -> bool:
    """Tell whether people paused all that is posted on a server, as `pause scope=server` does."""
    wishes = [each.subscription for each in standings]
    return bool(wishes) and all(is_paused(each, now) and not each.pause_reason for each in wishes)


async def submitted_in(
    scopes: Mapping[Place, Scope], store: Store, kept: SubmissionStore, now: datetime
) -> Mapping[Place, Sequence[Listed]]:
    """Return what was submitted in places lately, with its figures now; a place without any is left out.

    `scopes` tell whose votes count in each place.
    """
    submitted = await kept.submitted(list(scopes), now - LONGEST_REACH)
    wanted: dict[Scope, set[PaperId]] = {}
    for place, some in submitted.items():
        wanted.setdefault(scopes[place], set()).update(some)
    listed: dict[tuple[Scope, PaperId], Listed] = {}
    for scope, papers in wanted.items():
        for batch in batched(sorted(papers)):
            found = await store.papers(batch, scope=scope)
            listed |= {(scope, each.paper.id): each for each in found}
    # One that came with an import may not be stored yet.
    return {
        place: [listed[scopes[place], paper] for paper in sorted(some) if (scopes[place], paper) in listed]
        for place, some in submitted.items()
    }


def batched(papers: Sequence[PaperId]) -> Iterator[Sequence[PaperId]]:
    """Yield papers as many at a time as one read takes."""
    for start in range(0, len(papers), AT_ONCE):
        yield papers[start : start + AT_ONCE]
