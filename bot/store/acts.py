"""Votes as statements: acts that are cast and taken back, ballots that are compared with their platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.votes import Means
from bot.ports.voting import (
    ActWrite,
    CastVote,
    ClearReactions,
    CloseBallots,
    ClosePlace,
    DislikeWrite,
    MarkChecked,
    NoteLost,
    Settle,
    TakeBack,
    WithdrawVote,
)
from bot.store import dislikes
from bot.store.dislikes import dislike_statements
from bot.store.engine import Statement
from bot.store.rows import AFTER_ALL, given, micros
from bot.store.withdrawals import NOTE, OF_MESSAGE, OF_NAME, note_all, still_stands

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.votes import Act
    from bot.ports.voting import BallotWrite, VoteWrite
    from bot.store.engine import Row

NEVER_AGAIN = AFTER_ALL
"""What `checked_at` holds of a ballot that is not compared any more."""

COLUMNS = {
    "paper": "TEXT",
    "identity": "TEXT",
    "place": "TEXT",
    "message": "TEXT",
    "means": "TEXT",
    "server": "TEXT",
    "at": "BIGINT",
}
KEY = "paper, identity, place, message, means"
AGAIN = f"ON CONFLICT ({KEY}) DO UPDATE SET at = excluded.at, fresh = 0 WHERE acts.at < excluded.at"

# Keep an act; one that is there is as if done now.
CAST = f"INSERT INTO acts ({', '.join(COLUMNS)}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) {AGAIN}"

# Keep an act of the instant ?7, unless it was taken back since, or its person ?8 was forgotten since.
CAST_LATE = f"""
INSERT INTO acts ({", ".join(COLUMNS)}) SELECT {given(COLUMNS.values())}
WHERE {still_stands("?7", "?8")}
{AGAIN}"""

# Take an act back that was done until ?6, and remember it for a while.
WITHDRAW = """
DELETE FROM acts
WHERE paper = ?1 AND identity = ?2 AND place = ?3 AND message = ?4 AND means = ?5 AND at <= ?6"""


def identities_of(identity: str) -> str:
    """Return the query for all identities of the person that one identity is."""
    person = f"(SELECT linked.person FROM identities AS linked WHERE linked.identity = {identity})"
    return f"""SELECT CAST({identity} AS TEXT) UNION SELECT {person} WHERE {person} IS NOT NULL
  UNION SELECT own.identity FROM identities AS own WHERE own.person = coalesce({person}, {identity})"""


# Take the commands and buttons of the person ?2 for the paper ?1 back.
TAKE_BACK = f"""
DELETE FROM acts
WHERE paper = ?1 AND means IN ('command', 'button') AND identity IN ({identities_of("?2")})"""

ON_MESSAGE = f"means = 'reaction' AND {OF_MESSAGE}"
NAMED = f"means = 'reaction' AND {OF_NAME}"
CLEAR_MESSAGE = f"DELETE FROM acts WHERE {ON_MESSAGE}"
NOTE_CLEARED = note_all("acts", ON_MESSAGE, "?2")
CLEAR_NAME = f"DELETE FROM acts WHERE {NAMED}"
NOTE_CLEARED_NAME = note_all("acts", NAMED, "?3")

CLEARS = (NOTE_CLEARED, CLEAR_MESSAGE), (dislikes.NOTE_CLEARED, dislikes.CLEAR_MESSAGE)
CLEARS_OF_NAME = (NOTE_CLEARED_NAME, CLEAR_NAME), (dislikes.NOTE_CLEARED_NAME, dislikes.CLEAR_NAME)

# --- Ballots ------------------------------------------------------------------

CLOSE = f"UPDATE ballots SET checked_at = {NEVER_AGAIN} WHERE message = ?1 AND checked_at < {NEVER_AGAIN}"
CLOSE_PLACE = f"""
UPDATE ballots SET checked_at = {NEVER_AGAIN}
WHERE place = ?1 AND posted_at >= ?2 AND checked_at < {NEVER_AGAIN}"""
CHECKED = "UPDATE ballots SET checked_at = ?2 WHERE message = ?1 AND checked_at < ?2"

# Bring back what the platform shows, unless it was taken back since that was asked (?8), or its person (?10)
# asked to be forgotten since the message was posted (?9).
SETTLE_MISSING = f"""
INSERT INTO acts ({", ".join(COLUMNS)}) SELECT {given(COLUMNS.values())}
WHERE NOT EXISTS (SELECT 1 FROM withdrawals WHERE withdrawals.identity = ?2 AND withdrawals.message = ?4
    AND withdrawals.paper = ?1 AND withdrawals.at >= ?8)
  AND NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.identity = ?10 AND forgotten.at >= ?9)
ON CONFLICT ({KEY}) DO NOTHING"""
SETTLE_EXTRA = """
DELETE FROM acts WHERE paper = ?1 AND identity = ?2 AND place = ?3 AND message = ?4 AND means = 'reaction'
  AND at < ?5"""

NOTE_LOST = """
INSERT INTO moments (name, at) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE moments.at < excluded.at"""


def lost_name(platform: str) -> str:
    """Name the moment until which events of a platform may have been missed."""
    return f"events of {platform} missed"


def statements_of(write: VoteWrite) -> Sequence[Statement]:
    """Put a write into statements."""
    if isinstance(write, ActWrite):
        return act_statements(write)
    if isinstance(write, DislikeWrite):
        return dislike_statements(write)
    return ballot_statements(write)


def act_statements(write: ActWrite) -> Sequence[Statement]:
    """Put what people did into statements."""
    match write:
        case CastVote():
            return (casting(write),)
        case WithdrawVote(act, told_at):
            return withdrawing(act, told_at)
        case TakeBack(paper, identity):
            return (Statement(TAKE_BACK, [(paper, identity)]),)
        case ClearReactions(message, at, None):
            return clearing(CLEARS, (message,), at)
        case ClearReactions(_, at, name, paper):
            return clearing(CLEARS_OF_NAME, (name, paper), at)
        case _:
            assert_never(write)


def casting(write: CastVote) -> Statement:
    """Keep an act; one of which it is told when it was done only if it still stands."""
    row = act_row(write.act)
    return Statement(CAST, [row]) if write.told_at is None else Statement(CAST_LATE, [(*row, write.hashed)])


def clearing(clears: Sequence[tuple[str, str]], which: Row, at: datetime) -> Sequence[Statement]:
    """Take reactions of everybody back, votes and dislikes alike, and remember it."""
    noted = *which, micros(at)
    return [Statement(sql, [row]) for note, clear in clears for sql, row in ((note, noted), (clear, which))]


def ballot_statements(write: BallotWrite) -> Sequence[Statement]:
    """Put what becomes of ballots into statements."""
    match write:
        case CloseBallots(messages):
            return (Statement(CLOSE, [(message,) for message in messages]),)
        case ClosePlace(place, since):
            return (Statement(CLOSE_PLACE, [(str(place), micros(since))]),)
        case Settle():
            return settling(write)
        case MarkChecked(messages, at):
            return (Statement(CHECKED, [(message, micros(at)) for message in messages]),)
        case NoteLost(platform, at):
            return (Statement(NOTE_LOST, [(lost_name(platform), micros(at))]),)
        case _:
            assert_never(write)


def act_row(act: Act) -> Row:
    """Return the columns of an act."""
    place = act.place
    return (
        act.paper,
        act.identity,
        str(place),
        act.message,
        str(act.means),
        place.server_key,
        micros(act.at),
    )


def withdrawing(act: Act, told_at: datetime | None) -> Sequence[Statement]:
    """Take an act back; only reactions come late or from a list, so only theirs is remembered."""
    until = AFTER_ALL if told_at is None else micros(told_at)
    row = (act.paper, act.identity, str(act.place), act.message, str(act.means), until)
    taken = Statement(WITHDRAW, [row])
    if act.means is not Means.REACTION:
        return (taken,)
    return taken, Statement(NOTE, [(act.identity, act.message, act.paper, micros(act.at))])


def settling(write: Settle) -> Sequence[Statement]:
    """Bring a ballot to what its platform shows."""
    place, server = str(write.ballot.place), write.ballot.place.server_key
    asked_at, posted_at = micros(write.asked_at), micros(write.ballot.posted_at)
    guards = asked_at, posted_at
    added: list[Row] = [
        (*each.stand[:2], place, each.stand.message, "reaction", server, asked_at, *guards, each.hashed)
        for each in write.missing
    ]
    taken: list[Row] = [
        (stand.paper, stand.identity, place, stand.message, asked_at) for stand in write.extra
    ]
    noted: list[Row] = [(stand.identity, stand.message, stand.paper, asked_at) for stand in write.extra]
    return (
        Statement(SETTLE_EXTRA, taken),
        Statement(NOTE, noted),
        Statement(SETTLE_MISSING, added),
        Statement(CHECKED, [(write.ballot.message, micros(write.checked_at))]),
    )
