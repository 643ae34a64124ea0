"""The command with which people put a paper in front of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.managing import asker_of
from bot.commands.reading import found_paper
from bot.domain.answers import PaperPage, Ranked, Refusal
from bot.domain.ranking import because
from bot.domain.submission_words import (
    MANAGERS_ALONE,
    OFF,
    PAUSED,
    TAKEN,
    already_words,
    note_of,
)
from bot.domain.votes import Submission
from bot.domain.wishes import WAYS
from bot.services import submitting

if TYPE_CHECKING:
    from bot.commands.desk import Desk
    from bot.commands.spec import Invocation
    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place

SUBMIT = "submit"
"""The setting of a place that says who may."""

MANAGERS, NOBODY = "managers", "off"


async def submit(ask: Invocation, desk: Desk) -> PaperPage | Refusal:
    """Submit a paper, and show it to everybody; one that was submitted before is shown as it was then."""
    if refusal := await _refusal(ask, desk):
        return refusal
    found = await found_paper(ask, desk)
    if isinstance(found, Refusal):
        return found
    listed, notes = found
    now, tz = desk.clock.now(), await desk.office.subscribing.zone_of(asker_of(ask))
    wanted = Submission(listed.paper.id, ask.place, ask.identity, now, note_of(ask.text("note")))
    stands = await submitting.submit(desk.delivery, wanted, tz)
    if isinstance(stands, Refusal):
        return stands
    told = TAKEN if stands is wanted else already_words(stands.at, tz, now)
    return PaperPage(Ranked(listed, because(listed, now)), (*notes, told), stands)


async def posted(desk: Desk, place: Place, page: PaperPage, message: MessageRef) -> None:
    """Keep the answer to a submission, which stands as a message of a place, as a ballot.

    Raises:
        StoreError: the store failed.
    """
    await submitting.posted(desk.delivery, place, page, message, desk.clock.now())


async def _refusal(ask: Invocation, desk: Desk) -> Refusal | None:
    """Tell why somebody may not submit anything here now; None where they may."""
    profile = await desk.delivery.profile(ask.place)
    who = profile.settings.get(SUBMIT, WAYS[SUBMIT]) if profile else WAYS[SUBMIT]
    if who == NOBODY:
        return Refusal(OFF)
    if who == MANAGERS and not ask.manages:
        return Refusal(MANAGERS_ALONE)
    server = await desk.office.subscribing.server(ask.place)
    if submitting.is_all_paused(server.standings, desk.clock.now()):
        return Refusal(PAUSED)
    return None
