"""Submissions in plain dicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.votes import Submission
from tests.fakes.memory_tables import key_of, refuse_unstorable
from tests.fakes.memory_votes import person_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from tests.fakes.memory_store import MemoryStore
    from tests.fakes.memory_tables import Tables


class MemorySubmissions:
    """Satisfies `bot.ports.submissions.SubmissionStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def submit(self, submission: Submission, most: int, since: datetime) -> bool:
        refuse_unstorable(submission)
        records = self._store.tables.records
        lately = await self.submitted_by(submission.identity, since)
        if key_of(submission) in records or len(lately) >= most:
            return False
        records[key_of(submission)] = submission
        return True

    async def submission(self, place: Place, paper: PaperId) -> Submission | None:
        return submission_of(self._store.tables, place, paper)

    async def submitted_by(self, identity: Identity, since: datetime) -> Sequence[datetime]:
        tables = self._store.tables
        person = person_of(tables, identity)
        own = (each for each in _all(tables) if person_of(tables, each.identity) == person)
        return sorted((each.at for each in own if each.at > since), reverse=True)

    async def submitted(
        self, places: Collection[Place], since: datetime
    ) -> Mapping[Place, frozenset[PaperId]]:
        found: dict[Place, frozenset[PaperId]] = {}
        for each in _all(self._store.tables):
            if each.place in places and each.at > since and each.hidden_at is None:
                found[each.place] = found.get(each.place, frozenset()) | {each.paper}
        return found


def hide_submission(tables: Tables, place: Place, paper: PaperId, at: datetime | None) -> bool:
    """Note that a submission was hidden, or (None) is shown again; False where that changes nothing."""
    found = submission_of(tables, place, paper)
    if found is None or (found.hidden_at is None) == (at is None):
        return False
    tables.records[key_of(found)] = replace(found, hidden_at=at)
    return True


def submission_of(tables: Tables, place: Place, paper: PaperId) -> Submission | None:
    """Return the submission of a paper in a place."""
    return next((each for each in _all(tables) if (each.place, each.paper) == (place, paper)), None)


def _all(tables: Tables) -> Iterator[Submission]:
    return (record for record in tables.records.values() if isinstance(record, Submission))
