"""People over a database: links between their identities, and all that is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.domain.papers import PaperId
from bot.domain.people import PersonData, ShownList
from bot.domain.places import Identity
from bot.domain.votes import Act, Dislike, Link, Save, Submission
from bot.store.acts import identities_of
from bot.store.engine import Statement, Unit
from bot.store.records import ACTS, DISLIKES, LINKS, SAVES, SUBMISSIONS
from bot.store.rows import instant, marks, micros, place, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.store.engine import Engine, Row
    from bot.store.records import Kind

Kept = TypeVar("Kept", Act, Save, Submission, Link, Dislike)

PEOPLE = "people"
"""Who links does so alone, so that no two links make a chain."""

DROP_CODES = "DELETE FROM codes WHERE identity = ?1 OR until <= ?2"
KEEP_CODE = "INSERT INTO codes (code, identity, until) VALUES (?1, ?2, ?3)"
TAKE_CODE = "DELETE FROM codes WHERE code = ?1 AND until > ?2"

IDENTITIES = f"SELECT * FROM ({identities_of('?1')}) AS own ORDER BY 1"


def root(identity: str) -> str:
    """Return the person of an identity: whom it is linked to, else itself."""
    linked = f"(SELECT linked.person FROM identities AS linked WHERE linked.identity = {identity})"
    return f"coalesce({linked}, CAST({identity} AS TEXT))"


# Link the person of ?2 to the person of ?1; then let all that were linked to it be linked to that one.
LINK = f"""
INSERT INTO identities (identity, person, linked_at) SELECT {root("?2")}, {root("?1")}, CAST(?3 AS BIGINT)
WHERE {root("?1")} <> {root("?2")} ON CONFLICT (identity) DO NOTHING"""
FLATTEN = """
UPDATE identities SET person = (
  SELECT upper.person FROM identities AS upper WHERE upper.identity = identities.person)
WHERE person IN (?1, (SELECT own.person FROM identities AS own WHERE own.identity = ?1))
  AND EXISTS (SELECT 1 FROM identities AS upper WHERE upper.identity = identities.person)"""

# Unlink ?1: by its own row; else the first that is linked to it takes its place for the others.
UNLINK = "DELETE FROM identities WHERE identity = ?1"
HEIR = "(SELECT min(heirs.identity) FROM identities AS heirs WHERE heirs.person = ?1)"
INHERIT = f"UPDATE identities SET person = {HEIR} WHERE person = ?1 AND identity <> {HEIR}"
LEAVE_HEIR = "DELETE FROM identities WHERE person = ?1"

# The reading list of the person ?1: each paper as it was saved first.
SAVED = f"""
SELECT paper, min(identity), min(at) FROM saves WHERE identity IN ({identities_of("?1")})
GROUP BY paper ORDER BY 3 DESC, paper DESC"""
UNSAVE = f"DELETE FROM saves WHERE paper = ?2 AND identity IN ({identities_of('?1')})"

FORGET = (
    "DELETE FROM acts WHERE identity = ?1",
    "DELETE FROM saves WHERE identity = ?1",
    "DELETE FROM dislikes WHERE identity = ?1",
    "DELETE FROM withdrawals WHERE identity = ?1",
    "DELETE FROM codes WHERE identity = ?1",
    "DELETE FROM last_lists WHERE identity = ?1",
    "DELETE FROM identities WHERE identity = ?1 OR person = ?1",
    "UPDATE submissions SET identity = '', note = '' WHERE identity = ?1",
    "UPDATE hides SET identity = '' WHERE identity = ?1",
    "UPDATE subscriptions SET created_by = NULL WHERE created_by = ?1",
)
KEEP_HASH = """
INSERT INTO forgotten (identity, at) VALUES (?1, ?2)
ON CONFLICT (identity) DO UPDATE SET at = excluded.at WHERE forgotten.at < excluded.at"""
FORGET_HASHES = "DELETE FROM forgotten WHERE at < ?1"


class SqlPeople:
    """Satisfies `bot.ports.people.PeopleStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def keep_code(self, code: str, identity: Identity, until: datetime) -> None:
        """Keep a one-time code."""
        # What is over when this one is made goes with it; codes last the same time.
        before = Statement(DROP_CODES, [(identity, micros(until) - 1)])
        await self._engine.write(Unit((before, Statement(KEEP_CODE, [(code, identity, micros(until))]))))

    async def take_code(self, code: str, now: datetime) -> Identity | None:
        """Take a code out, once."""
        taken = Statement(TAKE_CODE, [(code, micros(now))], returns="codes.identity")
        done = await self._engine.write(Unit((taken,)))
        return Identity(text(done.rows[0][0])) if done.rows else None

    async def identities(self, identity: Identity) -> Sequence[Identity]:
        """Return all identities of a person."""
        return [Identity(text(own)) for (own,) in await self._engine.fetch(IDENTITIES, identity)]

    async def link(self, identity: Identity, other: Identity, at: datetime) -> bool:
        """Make the persons of two identities one."""
        linked = Statement(LINK, [(identity, other, micros(at))], needs=1)
        done = await self._engine.write(Unit((linked, Statement(FLATTEN, [(other,)])), PEOPLE))
        return done.failed is None

    async def unlink(self, identity: Identity) -> bool:
        """Make an identity a person of its own."""
        statements = [Statement(sql, [(identity,)]) for sql in (UNLINK, INHERIT, LEAVE_HEIR)]
        return (await self._engine.write(Unit(tuple(statements), PEOPLE))).changed > 0

    async def saved(self, identity: Identity) -> Sequence[Save]:
        """Return the reading list of a person."""
        rows = await self._engine.fetch(SAVED, identity)
        return [Save(Identity(text(who)), PaperId(text(paper)), instant(at)) for paper, who, at in rows]

    async def unsave(self, identity: Identity, paper: PaperId) -> bool:
        """Take a paper off a person's reading list."""
        done = await self._engine.write(Unit((Statement(UNSAVE, [(identity, paper)]),)))
        return done.changed > 0

    async def about(self, identities: Sequence[Identity]) -> PersonData:
        """Return all that is stored of identities."""
        acts = await self._records(ACTS, Act, identities)
        saves = await self._records(SAVES, Save, identities)
        submissions = await self._records(SUBMISSIONS, Submission, identities)
        links = await self._records(LINKS, Link, identities)
        made = await self._of("SELECT id FROM subscriptions WHERE created_by IN", identities, "id")
        hidden = await self._of(
            "SELECT place, paper FROM hides WHERE identity IN", identities, "place, paper"
        )
        shown = await self._of(
            "SELECT place, papers, at FROM last_lists WHERE identity IN", identities, "place, at, papers"
        )
        dislikes = await self._records(DISLIKES, Dislike, identities)
        return PersonData(
            tuple(identities),
            acts,
            saves,
            submissions,
            links,
            tuple(text(row[0]) for row in made),
            tuple((place(row[0]), PaperId(text(row[1]))) for row in hidden),
            tuple(
                ShownList(place(row[0]), tuple(map(PaperId, texts(row[1]))), instant(row[2])) for row in shown
            ),
            dislikes,
        )

    async def forget(self, hashed: Mapping[Identity, str], at: datetime) -> None:
        """Delete all that is stored of identities, and keep their hashes."""
        rows: list[Row] = [(identity,) for identity in hashed]
        kept = Statement(KEEP_HASH, [(each, micros(at)) for each in hashed.values()])
        await self._engine.write(Unit((*(Statement(sql, rows) for sql in FORGET), kept), PEOPLE))

    async def forget_hashes(self, before: datetime) -> int:
        """Delete the hashes of people who were forgotten before an instant."""
        done = await self._engine.write(Unit((Statement(FORGET_HASHES, [(micros(before),)]),)))
        return done.changed

    async def _records(
        self, kind: Kind, record: type[Kept], identities: Sequence[Identity]
    ) -> tuple[Kept, ...]:
        columns, key = ", ".join(kind.columns), ", ".join(kind.key)
        rows = await self._of(f"SELECT {columns} FROM {kind.table} WHERE identity IN", identities, key)
        return tuple([each for each in map(kind.read, rows) if isinstance(each, record)])

    async def _of(self, sql: str, identities: Sequence[Identity], order: str) -> Sequence[Row]:
        return await self._engine.fetch(f"{sql} ({marks(len(identities))}) ORDER BY {order}", *identities)
