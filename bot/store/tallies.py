"""Tallies: how many acts each paper has at the most, for the leaderboard to know where to look.

A tally is a bound and no count. Votes are people, and are counted from the acts themselves, so that links,
withdrawals and people who are forgotten need not touch it. Fresh acts count beside it until they are tallied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.engine import Statement, Unit

if TYPE_CHECKING:
    from bot.ports import TallyActs

TALLYING = "tallies"
"""One process at a time tallies acts."""

# Take up the fresh acts of the first papers, of at least ?1 acts where there are so many.
TAKE_UP = """
UPDATE acts SET fresh = 1 WHERE fresh = 0 AND paper <= (
  SELECT max(first.paper) FROM (SELECT paper FROM acts WHERE fresh = 0 ORDER BY paper LIMIT ?1) AS first
)"""

# Add what was taken up to the tallies.
ADD = """
INSERT INTO tallies (paper, acts, last_at)
SELECT paper, count(*), max(at) FROM acts WHERE fresh = 1 GROUP BY paper
ON CONFLICT (paper) DO UPDATE SET acts = tallies.acts + excluded.acts,
  last_at = CASE WHEN excluded.last_at > tallies.last_at THEN excluded.last_at ELSE tallies.last_at END"""

# What was taken up is tallied.
PUT_DOWN = "UPDATE acts SET fresh = NULL WHERE fresh = 1"


def tally_acts(write: TallyActs) -> Unit:
    """Tally fresh acts. What comes in meanwhile stays fresh: it was not taken up."""
    statements = (Statement(TAKE_UP, [(write.most,)]), Statement(ADD, [()]), Statement(PUT_DOWN, [()]))
    return Unit(statements, alone=TALLYING)
