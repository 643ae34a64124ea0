"""Papers that people put in front of a place, and which of them its editions may choose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.answers import Refusal
from bot.domain.editions import LONGEST_REACH
from bot.domain.submission_cards import delivery_of_card, edition_of_card
from bot.domain.submission_words import MOST_A_DAY, hidden_words, too_many_words
from bot.domain.subscriptions import is_paused
from bot.ports.delivery import Outbox, SubscriptionStore
from bot.ports.submissions import SubmissionStore
from bot.services.hiding import edit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.answers import PaperPage
    from bot.domain.deliveries import MessageRef
    from bot.domain.papers import Listed, PaperId
    from bot.domain.places import Place
    from bot.domain.subscriptions import Standing
    from bot.domain.votes import Submission
    from bot.ports import Scope, Store

A_DAY = timedelta(hours=24)

AT_ONCE = 500
"""Papers that are read in one go."""


class Kept(SubmissionStore, SubscriptionStore, Outbox, Protocol):
    """Submissions, what is hidden, and what was posted."""


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


async def posted(kept: Kept, place: Place, page: PaperPage, message: MessageRef, now: datetime) -> bool:
    """Keep a card that stands as a message: people vote on it, and it is brought up to date, from now on.

    What was hidden in the moment before is edited at once. False where the message is kept already.
    """
    edition, paper = edition_of_card(page, place, message, now), page.ranked.listed.paper.id
    card = delivery_of_card(edition)
    is_new = await kept.keep_posted(edition, card, message, now)
    if is_new and paper in (await kept.hidden([place])).get(place, ()):
        await kept.put([edit_of(card, paper, now)])
    return is_new


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
