"""Reactions that were taken away lately, over a database: what keeps late events from bringing them back."""

from __future__ import annotations

AFTER_SPACE = chr(ord(" ") + 1)

OF_MESSAGE = f"message >= ?1 AND message < CAST(?1 AS TEXT) || '{AFTER_SPACE}'"
"""The reactions of the message ?1: named as it, or as it and a variant (`domain.ballots.reaction_name`)."""
OF_NAME = "message = ?1 AND paper = ?2"
"""The reactions with the name ?1 that mean the paper ?2."""

AGAIN = """
ON CONFLICT (identity, message, paper) DO UPDATE SET at = excluded.at WHERE withdrawals.at < excluded.at"""

# Remember that a reaction was taken away.
NOTE = f"INSERT INTO withdrawals (identity, message, paper, at) VALUES (?1, ?2, ?3, ?4) {AGAIN}"

# Forget what was withdrawn before ?1.
FORGET = "DELETE FROM withdrawals WHERE at < ?1"


def note_all(table: str, which: str, at: str) -> str:
    """Remember that some reactions of a table are taken away at an instant; they are deleted after it."""
    return f"""
INSERT INTO withdrawals (identity, message, paper, at)
SELECT identity, message, paper, CAST({at} AS BIGINT) FROM {table} WHERE {which} {AGAIN}"""


def still_stands(at: str, hashed: str) -> str:
    """Return the condition under which a reaction of an instant counts that is told now.

    It holds unless the reaction to the paper ?1 of ?2, named ?4, was taken back since, or its person asked to
    be forgotten since.
    """
    return f"""NOT EXISTS (SELECT 1 FROM withdrawals WHERE withdrawals.identity = ?2
    AND withdrawals.message = ?4 AND withdrawals.paper = ?1 AND withdrawals.at > {at})
  AND NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.identity = {hashed} AND forgotten.at > {at})"""
