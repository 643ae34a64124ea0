"""Submissions over a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.papers import PaperId
from bot.domain.votes import Submission
from bot.store.acts import identities_of
from bot.store.engine import Statement, Unit
from bot.store.records import SUBMISSIONS
from bot.store.rows import batches, instant, marks, micros, place, refuse_unstorable, text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.places import Identity, Place
    from bot.store.engine import Engine

ALONE = "submissions"
"""Who submits does so alone, so that nobody's two at once are one too many."""

_OF_PERSON = f"submissions.identity IN ({identities_of('?1')}) AND submissions.at > ?2"

# Keep the submission of the paper ?4 in the place ?5, unless ?1 has ?3 since ?2 already.
SUBMIT = f"""
INSERT INTO submissions (identity, paper, place, at, note)
SELECT CAST(?1 AS TEXT), CAST(?4 AS TEXT), CAST(?5 AS TEXT), CAST(?6 AS BIGINT), CAST(?7 AS TEXT)
WHERE (SELECT count(*) FROM submissions WHERE {_OF_PERSON}) < ?3
ON CONFLICT (place, paper) DO NOTHING"""

SUBMITTED_BY = f"SELECT submissions.at FROM submissions WHERE {_OF_PERSON} ORDER BY submissions.at DESC"

OF_PAPER = f"SELECT {', '.join(SUBMISSIONS.columns)} FROM submissions WHERE place = ?1 AND paper = ?2"


class SqlSubmissions:
    """Satisfies `bot.ports.submissions.SubmissionStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def submit(self, submission: Submission, most: int, since: datetime) -> bool:
        """Keep a submission, where there is none of that paper and not too many of that person."""
        row = (
            submission.identity,
            micros(since),
            most,
            submission.paper,
            str(submission.place),
            micros(submission.at),
            submission.note,
        )
        kept = Statement(SUBMIT, [row])
        refuse_unstorable([kept])
        return (await self._engine.write(Unit((kept,), ALONE))).changed > 0

    async def submission(self, where: Place, paper: PaperId) -> Submission | None:
        """Return the submission of a paper in a place."""
        rows = await self._engine.fetch(OF_PAPER, str(where), paper)
        found = [SUBMISSIONS.read(row) for row in rows]
        return found[0] if found and isinstance(found[0], Submission) else None

    async def submitted_by(self, identity: Identity, since: datetime) -> Sequence[datetime]:
        """Return when a person submitted papers."""
        rows = await self._engine.fetch(SUBMITTED_BY, identity, micros(since))
        return [instant(at) for (at,) in rows]

    async def submitted(
        self, places: Collection[Place], since: datetime
    ) -> Mapping[Place, frozenset[PaperId]]:
        """Return what was submitted in each place and is not hidden."""
        found: dict[Place, set[PaperId]] = {}
        for some in batches(sorted(map(str, places))):
            sql = submitted_in(len(some))
            for where, paper in await self._engine.fetch(sql, micros(since), *some):
                found.setdefault(place(where), set()).add(PaperId(text(paper)))
        return {where: frozenset(papers) for where, papers in found.items()}


def submitted_in(places: int) -> str:
    """What was submitted since ?1 in the places of a list."""
    return (
        "SELECT place, paper FROM submissions WHERE submissions.at > ?1 AND hidden_at IS NULL"
        f" AND place IN ({marks(places, first=2)})"
    )
