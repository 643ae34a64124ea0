"""Votes over a database: ballots and what is stored of them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from bot.domain.ballots import Ballot, Stand
from bot.domain.emoji import THUMBS_UP
from bot.domain.papers import PaperId
from bot.domain.places import Identity
from bot.domain.votes import Act, Means
from bot.ports.voting import OpenBallot
from bot.store import withdrawals
from bot.store.acts import NEVER_AGAIN, ON_MESSAGE, identities_of, lost_name, statements_of
from bot.store.engine import IN_LIST, Statement, Unit
from bot.store.rows import (
    instant,
    instant_or_none,
    micros,
    number,
    place,
    refuse_unstorable,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Place
    from bot.ports.voting import VoteWrite
    from bot.store.engine import Engine, Row

    BallotRow = tuple[MessageRef, int, str, PaperId, int, str | None]
    """A row of READ."""

SETTINGS = "(SELECT places.settings FROM places WHERE places.place = ballots.place)"
READ = f"ballots.message, ballots.number, ballots.place, ballots.paper, ballots.posted_at, {SETTINGS}"

# The papers of the messages ?1.
SOME = f"SELECT {READ} FROM ballots WHERE message {IN_LIST} ORDER BY message, number"
MOST_AT_ONCE = 500
"""Messages of one read: parsing more would keep the loop for long."""

# What the person ?2 did for the paper ?1.
STANDING = f"""
SELECT paper, identity, place, message, means, at FROM acts
WHERE paper = ?1 AND identity IN ({identities_of("?2")}) ORDER BY at, place, message, means, identity"""

# The places of a platform (from ?2 to ?3) with messages since ?1 that are still compared.
PLACES = f"""
SELECT place FROM ballots WHERE posted_at >= ?1 AND place > ?2 AND place < ?3 AND checked_at < {NEVER_AGAIN}
GROUP BY place ORDER BY max(posted_at) DESC, place"""

# The messages of the place ?1 since ?2 that are still compared, each paper with its stored reactions.
OPEN = f"""
SELECT {READ}, (
  SELECT count(*) FROM acts WHERE acts.means = 'reaction' AND acts.paper = ballots.paper
    AND acts.message >= ballots.message AND acts.message < ballots.message || '!'
) FROM ballots WHERE place = ?1 AND posted_at >= ?2 AND checked_at < {NEVER_AGAIN}
ORDER BY posted_at DESC, message DESC, number"""

REACTIONS = f"SELECT paper, identity, message FROM acts WHERE {ON_MESSAGE}"

CHECKED_AT = f"SELECT max(checked_at) FROM ballots WHERE place = ?1 AND checked_at < {NEVER_AGAIN}"
MOMENT = "SELECT at FROM moments WHERE name = ?1"

KEPT_SECRET = "SELECT value FROM secrets WHERE name = ?1"  # noqa: S105 - a question for one
MAKE_SECRET = "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING"  # noqa: S105 - as above


class SqlVotes:
    """Satisfies `bot.ports.voting.VoteStore` over any Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def write(self, *writes: VoteWrite) -> int:
        """Do the writes in order, all or none, in one commit with all that wait."""
        statements = tuple([each for write in writes for each in statements_of(write) if each.rows])
        if not statements:
            return 0
        refuse_unstorable(statements)
        return (await self._engine.write(Unit(statements))).changed

    async def ballots(self, messages: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
        """Return the ballots that messages are."""
        found: dict[MessageRef, Ballot] = {}
        for start in range(0, len(messages), MOST_AT_ONCE):
            some = messages[start : start + MOST_AT_ONCE]
            rows = await self._engine.fetch(SOME, json.dumps(some))
            found |= {each.message: each for each in ballots_of(rows)}
        return found

    async def standing(self, paper: PaperId, identity: Identity) -> Sequence[Act]:
        """Return what a person did for a paper and still stands."""
        return [act(row) for row in await self._engine.fetch(STANDING, paper, identity)]

    async def ballot_places(self, platform: str, since: datetime) -> Sequence[Place]:
        """Return the places with open ballots, that with the newest first."""
        rows = await self._engine.fetch(PLACES, micros(since), f"{platform}:", f"{platform};")
        return [place(where) for (where,) in rows]

    async def open_ballots(self, where: Place, since: datetime) -> Sequence[OpenBallot]:
        """Return the ballots of a place that are still compared, the newest first."""
        rows = await self._engine.fetch(OPEN, str(where), micros(since))
        counts = {(row[0], row[3]): number(row[6]) for row in rows}
        return [
            OpenBallot(
                each,
                {paper: count for paper in each.papers.values() if (count := counts[each.message, paper])},
            )
            for each in ballots_of([row[:6] for row in rows])
        ]

    async def reactions_on(self, message: MessageRef) -> Collection[Stand]:
        """Return the reactions that are stored of a message."""
        rows = await self._engine.fetch(REACTIONS, message)
        return {Stand(PaperId(text(paper)), Identity(text(who)), text(name)) for paper, who, name in rows}

    async def checked_at(self, where: Place) -> datetime | None:
        """Return when votes of a place were last compared with the platform's."""
        return await self._moment(CHECKED_AT, str(where))

    async def lost_at(self, platform: str) -> datetime | None:
        """Return until when events of a platform were last missed."""
        return await self._moment(MOMENT, lost_name(platform))

    async def secret(self, name: str, made: str) -> str:
        """Return what is kept under a name."""
        await self._engine.write(Unit((Statement(MAKE_SECRET, [(name, made)]),)))
        return text((await self._engine.fetch(KEPT_SECRET, name))[0][0])

    async def forget_withdrawals(self, before: datetime) -> int:
        """Forget what was withdrawn before an instant."""
        done = await self._engine.write(Unit((Statement(withdrawals.FORGET, [(micros(before),)]),)))
        return done.changed

    async def _moment(self, sql: str, name: str) -> datetime | None:
        rows = await self._engine.fetch(sql, name)
        return instant_or_none(rows[0][0]) if rows else None


def ballots_of(rows: Sequence[Row]) -> Sequence[Ballot]:
    """Read ballots from READ; the rows of one message are neighbours."""
    found: list[Ballot] = []
    papers: dict[int, PaperId] = {}
    last = None
    for message, each, where, paper, posted_at, settings in cast("Sequence[BallotRow]", rows):
        if message != last:
            last, papers = message, {}
            found.append(Ballot(message, place(where), papers, instant(posted_at), emoji_in(settings)))
        papers[each] = paper
    return found


@lru_cache(maxsize=1_000)
def emoji_in(settings: str | None) -> str:
    """Return what is a vote in a place with these settings; NULL where it has none."""
    ways = json.loads(settings) if settings else {}
    return str(ways.get("emoji") or THUMBS_UP)


def act(row: Row) -> Act:
    """Read an act."""
    paper, identity, where, message, means, at = row
    return Act(
        PaperId(text(paper)),
        Identity(text(identity)),
        place(where),
        Means(text(means)),
        instant(at),
        text(message),
    )
