"""What the store keeps of papers that people put in front of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from bot.domain.votes import Submission


class SubmissionStore(Protocol):
    """Submissions: of each paper one in a place, the first."""

    async def submit(self, submission: Submission, most: int, since: datetime) -> bool:
        """Keep a submission.

        False, and nothing kept, where the place has one of that paper, or the person (under all identities,
        in all places) has `most` that were made after `since`.
        """

    async def submission(self, place: Place, paper: PaperId) -> Submission | None:
        """Return the submission of a paper in a place, hidden or not."""

    async def submitted_by(self, identity: Identity, since: datetime) -> Sequence[datetime]:
        """Return when a person submitted papers after `since`, under all identities, the newest first."""

    async def submitted(
        self, places: Collection[Place], since: datetime
    ) -> Mapping[Place, frozenset[PaperId]]:
        """Return what was submitted after `since` and is not hidden; a place without any is left out."""
