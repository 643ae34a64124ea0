"""Dislikes as statements.

They have a table of their own: votes are counted, tallied and compared from acts, and each of those
questions, now and later, would have to leave dislikes out. Nothing reads this table but for the person whose
they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.ports.voting import DropDislike, KeepDislike
from bot.store.engine import Statement
from bot.store.rows import AFTER_ALL, given, micros
from bot.store.withdrawals import NOTE, OF_MESSAGE, OF_NAME, note_all, still_stands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.votes import Dislike
    from bot.ports.voting import DislikeWrite
    from bot.store.engine import Row

COLUMNS = {"paper": "TEXT", "identity": "TEXT", "place": "TEXT", "message": "TEXT", "at": "BIGINT"}
AGAIN = """
ON CONFLICT (identity, paper, message) DO UPDATE SET at = excluded.at WHERE dislikes.at < excluded.at"""

# Keep a dislike; one that is there is as if given now.
KEEP = f"INSERT INTO dislikes ({', '.join(COLUMNS)}) VALUES (?1, ?2, ?3, ?4, ?5) {AGAIN}"

# Keep a dislike of the instant ?5, unless it was taken back since, or its person ?6 was forgotten since.
KEEP_LATE = f"""
INSERT INTO dislikes ({", ".join(COLUMNS)}) SELECT {given(COLUMNS.values())}
WHERE {still_stands("?5", "?6")} {AGAIN}"""

# Take a dislike back that was given until ?4.
DROP = "DELETE FROM dislikes WHERE identity = ?1 AND message = ?2 AND paper = ?3 AND at <= ?4"

NOTE_CLEARED = note_all("dislikes", OF_MESSAGE, "?2")
CLEAR_MESSAGE = f"DELETE FROM dislikes WHERE {OF_MESSAGE}"
NOTE_CLEARED_NAME = note_all("dislikes", OF_NAME, "?3")
CLEAR_NAME = f"DELETE FROM dislikes WHERE {OF_NAME}"


def dislike_statements(write: DislikeWrite) -> Sequence[Statement]:
    """Put what people dislike into statements."""
    match write:
        case KeepDislike(dislike, None):
            return (Statement(KEEP, [dislike_row(dislike)]),)
        case KeepDislike(dislike, _, hashed):
            return (Statement(KEEP_LATE, [(*dislike_row(dislike), hashed)]),)
        case DropDislike(dislike, told_at):
            until = AFTER_ALL if told_at is None else micros(told_at)
            key = dislike.identity, dislike.message, dislike.paper
            noted = Statement(NOTE, [(*key, micros(dislike.at))])
            return Statement(DROP, [(*key, until)]), noted
        case _:
            assert_never(write)


def dislike_row(dislike: Dislike) -> Row:
    """Return the columns of a dislike."""
    at = micros(dislike.at)
    return dislike.paper, dislike.identity, str(dislike.place), dislike.message, at
