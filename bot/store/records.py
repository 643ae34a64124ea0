"""What an export holds, as rows: how each kind of record is kept and read again, in the order of its key."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, assert_never

from bot.domain.deliveries import MessageRef
from bot.domain.papers import PaperId
from bot.domain.places import Identity, PlaceKind, PlaceProfile
from bot.domain.records import BallotPaper, Forgotten, Hide, Member, Secret
from bot.domain.subscriptions import Subscription
from bot.domain.text import CODE_LETTERS
from bot.domain.votes import Act, Dislike, Had, Link, Means, Save, Submission
from bot.log import logger
from bot.ports.delivery import Broken
from bot.store.communities import FOUND
from bot.store.engine import PLANNING, Statement, Unit
from bot.store.rows import (
    EPOCH,
    instant,
    instant_or_none,
    json_text,
    marks,
    micros,
    micros_or_none,
    number,
    place,
    text,
)
from bot.store.standings import WISH, wish, wish_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.records import MadeRecord
    from bot.ports import KeepRecords, Record
    from bot.store.engine import Row

log = logger("store")

MADE_ID_CHARS = 8
"""Length of a subscription's id that we make: 40 bits in base 32, and ids are few."""


class Kind(NamedTuple):
    """One kind of record: its table, key and columns (the key's first), and how a row of them is read."""

    table: str
    key: tuple[str, ...]
    others: tuple[str, ...]
    read: Callable[[Row], Record | None]
    """None where a row cannot be read."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of the rows."""
        return self.key + self.others

    @property
    def keep(self) -> str:
        """Keep a record, unless one with its key is there."""
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({marks(len(self.columns))})"
            f" ON CONFLICT ({', '.join(self.key)}) DO NOTHING"
        )

    @property
    def first_page(self) -> str:
        """Read the first ?1 records."""
        return f"SELECT {', '.join(self.columns)} FROM {self.table} ORDER BY {', '.join(self.key)} LIMIT ?1"

    @property
    def next_page(self) -> str:
        """Read the next ?1 records after a key."""
        key = ", ".join(self.key)
        return (
            f"SELECT {', '.join(self.columns)} FROM {self.table}"
            f" WHERE ({key}) > ({marks(len(self.key), first=2)}) ORDER BY {key} LIMIT ?1"
        )


def _profile(row: Row) -> PlaceProfile:
    return PlaceProfile(place(row[0]), PlaceKind(text(row[2])), json.loads(text(row[3])))


def _link(row: Row) -> Link:
    return Link(Identity(text(row[0])), Identity(text(row[1])), instant(row[2]))


def _subscription(row: Row) -> Subscription | None:
    found = wish(row)
    if isinstance(found, Broken):
        log.error(
            "subscription cannot be read, and is left out", id=found.id, place=found.place, why=found.why
        )
        return None
    return found


def _act(row: Row) -> Act:
    paper, identity, where, message, means, _server, at = row
    return Act(
        paper=PaperId(text(paper)),
        identity=Identity(text(identity)),
        place=place(where),
        means=Means(text(means)),
        at=instant(at),
        message=text(message),
    )


def _had(row: Row) -> Had:
    return Had(place(row[0]), PaperId(text(row[1])), instant(row[2]))


def _submission(row: Row) -> Submission:
    where, paper, identity, at, note, hidden_at = row
    return Submission(
        paper=PaperId(text(paper)),
        place=place(where),
        identity=Identity(text(identity)),
        at=instant(at),
        note=text(note),
        hidden_at=instant_or_none(hidden_at),
    )


def _save(row: Row) -> Save:
    return Save(Identity(text(row[0])), PaperId(text(row[1])), instant(row[2]))


def _dislike(row: Row) -> Dislike:
    identity, paper, message, where, at = row
    return Dislike(Identity(text(identity)), PaperId(text(paper)), place(where), instant(at), text(message))


def _member(row: Row) -> Member | None:
    """Read a server; None where it is in no community."""
    server, community = text(row[0]), text(row[1])
    return Member(server, community) if community else None


def _hide(row: Row) -> Hide:
    where, paper, identity, at = row
    return Hide(place(where), PaperId(text(paper)), Identity(text(identity)), instant(at))


def _ballot(row: Row) -> BallotPaper:
    message, position, where, paper, at = row
    return BallotPaper(
        MessageRef(text(message)), number(position), place(where), PaperId(text(paper)), instant(at)
    )


def _forgotten(row: Row) -> Forgotten:
    return Forgotten(text(row[0]), instant(row[1]))


def _secret(row: Row) -> Secret:
    return Secret(text(row[0]), text(row[1]))


PLACES = Kind("places", ("place",), ("server", "kind", "settings"), _profile)
LINKS = Kind("identities", ("identity",), ("person", "linked_at"), _link)
SUBSCRIPTIONS = Kind("subscriptions", ("id",), tuple(WISH)[1:], _subscription)
ACTS = Kind("acts", ("paper", "identity", "place", "message", "means"), ("server", "at"), _act)
HAD = Kind("had", ("place", "paper"), ("at",), _had)
SUBMISSIONS = Kind("submissions", ("place", "paper"), ("identity", "at", "note", "hidden_at"), _submission)
SAVES = Kind("saves", ("identity", "paper"), ("at",), _save)
DISLIKES = Kind("dislikes", ("identity", "paper", "message"), ("place", "at"), _dislike)
MEMBERS = Kind("servers", ("server",), ("community",), _member)
HIDES = Kind("hides", ("place", "paper"), ("identity", "at"), _hide)
BALLOTS = Kind("ballots", ("message", "number"), ("place", "paper", "posted_at"), _ballot)
FORGOTTEN = Kind("forgotten", ("identity",), ("at",), _forgotten)
SECRETS = Kind("secrets", ("name",), ("value",), _secret)

KINDS = (
    *(PLACES, LINKS, SUBSCRIPTIONS, ACTS, HAD, SUBMISSIONS, SAVES, DISLIKES),
    *(MEMBERS, HIDES, BALLOTS, FORGOTTEN, SECRETS),
)
"""In the order of an export."""

# Keep a subscription under ?1, or, where another place has that id, under the id ?18. Planned until ?16, and
# fired last at ?17.
KEEP_SUBSCRIPTION = f"""
INSERT INTO subscriptions ({", ".join(SUBSCRIPTIONS.columns)}, planned_until, last_fired_at)
VALUES (
  CASE WHEN EXISTS (SELECT 1 FROM subscriptions AS taken WHERE taken.id = ?1 AND taken.place <> ?2)
    THEN CAST(?18 AS TEXT) ELSE CAST(?1 AS TEXT) END,
  {marks(len(SUBSCRIPTIONS.columns) + 1, first=2)}
)
ON CONFLICT (id) DO NOTHING"""


# A server is there for other reasons too; one that is in a community stays in it.
KEEP_MEMBER = FOUND

KEEP = {kind.table: kind.keep for kind in KINDS} | {
    "subscriptions": KEEP_SUBSCRIPTION,
    "servers": KEEP_MEMBER,
}


def keep_records(write: KeepRecords) -> Unit:
    """Keep records in their order; neighbours of one kind share a statement."""
    kept: list[tuple[str, list[Row]]] = []
    for record in write.records:
        table, row = _row(record, write)
        if not kept or kept[-1][0] != table:
            kept.append((table, []))
        kept[-1][1].append(row)
    has_had = any(isinstance(record, Had) for record in write.records)
    return Unit(tuple([Statement(KEEP[table], rows) for table, rows in kept]), PLANNING if has_had else "")


def made_id(record: Subscription) -> str:
    """Make an id from what the subscription says, so that the same import made twice keeps it once."""
    digest = int.from_bytes(sha256(repr(wish_row(record)).encode()).digest())
    letters = []
    for _ in range(MADE_ID_CHARS):
        digest, rest = divmod(digest, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[rest])
    return "".join(letters)


def _row(record: Record, write: KeepRecords) -> tuple[str, Row]:  # noqa: PLR0911 - one for each kind
    """Return the table of a record, and the parameters of the statement that keeps it."""
    match record:
        case Act(paper, identity, where, means, at, message):
            return "acts", (paper, identity, str(where), message, means.value, where.server_key, micros(at))
        case PlaceProfile(where, kind, settings):
            wishes = json_text(dict(settings))
            return "places", (str(where), where.server_key, kind.value, wishes)
        case Link(identity, person, at):
            return "identities", (identity, person, micros(at))
        case Subscription():
            other = made_id(record)
            row = wish_row(record)
            marked = micros(write.at or EPOCH), micros_or_none(write.fired_at.get(record.id))
            return "subscriptions", (row[0] or other, *row[1:], *marked, other)
        case Had(where, paper, at):
            return "had", (str(where), paper, micros(at))
        case Submission(paper, where, identity, at, note, hidden_at):
            hidden = micros_or_none(hidden_at)
            return "submissions", (str(where), paper, identity, micros(at), note, hidden)
        case Save(identity, paper, at):
            return "saves", (identity, paper, micros(at))
        case Dislike(identity, paper, where, at, message):
            return "dislikes", (identity, paper, message, str(where), micros(at))
        case _:
            return _made_row(record)


def _made_row(record: MadeRecord) -> tuple[str, Row]:
    match record:
        case Member(server, community):
            return "servers", (server, community)
        case Hide(where, paper, identity, at):
            return "hides", (str(where), paper, identity, micros(at))
        case BallotPaper(message, position, where, paper, at):
            return "ballots", (message, position, str(where), paper, micros(at))
        case Forgotten(hashed, at):
            return "forgotten", (hashed, micros(at))
        case Secret(name, value):
            return "secrets", (name, value)
        case _:
            assert_never(record)
