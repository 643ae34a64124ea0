"""Acts and ballots in plain dicts, over the tables of the paper store in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bot.domain.ballots import Ballot, Stand, message_of
from bot.domain.emoji import THUMBS_UP
from bot.domain.places import PlaceProfile
from bot.domain.votes import Act, Dislike, Link, Means
from bot.ports.voting import (
    CastVote,
    ClearReactions,
    CloseBallots,
    ClosePlace,
    DropDislike,
    KeepDislike,
    MarkChecked,
    NoteLost,
    OpenBallot,
    Settle,
    TakeBack,
    WithdrawVote,
)
from tests.fakes.memory_tables import EPOCH, key_of, refuse_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.domain.deliveries import MessageRef
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from bot.ports.voting import ActWrite, BallotWrite, DislikeWrite, VoteWrite
    from tests.fakes.memory_store import MemoryStore
    from tests.fakes.memory_tables import Ballot as Row
    from tests.fakes.memory_tables import Tables


class MemoryVotes:
    """Satisfies `bot.ports.voting.VoteStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @property
    def _tables(self) -> Tables:
        return self._store.tables

    async def write(self, *writes: VoteWrite) -> int:
        draft = self._tables.copy()
        changed = 0
        for each in writes:
            refuse_unstorable(each)
            changed += apply(draft, each)
        self._store.tables = draft
        return changed

    async def ballots(self, messages: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
        return {each.message: each for each in ballots_of(self._tables, lambda row: row.message in messages)}

    async def standing(self, paper: PaperId, identity: Identity) -> Sequence[Act]:
        person = person_of(self._tables, identity)
        found = [
            act
            for act in acts(self._tables)
            if act.paper == paper and person_of(self._tables, act.identity) == person
        ]
        return sorted(found, key=lambda act: (act.at, str(act.place), act.message, act.means, act.identity))

    async def ballot_places(self, platform: str, since: datetime) -> Sequence[Place]:
        newest: dict[Place, datetime] = {}
        for each in ballots_of(self._tables, lambda row: is_open(row, since)):
            if each.place.platform == platform:
                newest[each.place] = max(each.posted_at, newest.get(each.place, EPOCH))
        return sorted(newest, key=lambda place: (-newest[place].timestamp(), str(place)))

    async def open_ballots(self, place: Place, since: datetime) -> Sequence[OpenBallot]:
        here = list(ballots_of(self._tables, lambda row: row.place == place and is_open(row, since)))
        here.sort(key=lambda each: (each.posted_at, each.message), reverse=True)
        return [OpenBallot(each, self._stored(each)) for each in here]

    async def reactions_on(self, message: MessageRef) -> Collection[Stand]:
        return {
            Stand(act.paper, act.identity, act.message)
            for act in acts(self._tables)
            if is_reaction_on(act, message)
        }

    async def checked_at(self, place: Place) -> datetime | None:
        times = [row.checked_at for row in self._tables.ballots.values() if row.place == place]
        newest = max((at for at in times if at is not None), default=EPOCH)
        return None if newest == EPOCH else newest

    async def lost_at(self, platform: str) -> datetime | None:
        return self._tables.lost.get(platform)

    async def secret(self, name: str, made: str) -> str:
        return self._tables.secrets.setdefault(name, made)

    async def forget_withdrawals(self, before: datetime) -> int:
        old = [key for key, at in self._tables.withdrawals.items() if at < before]
        for key in old:
            del self._tables.withdrawals[key]
        return len(old)

    def _stored(self, ballot: Ballot) -> dict[PaperId, int]:
        counts = {
            paper: sum(
                is_reaction_on(act, ballot.message) and act.paper == paper for act in acts(self._tables)
            )
            for paper in ballot.papers.values()
        }
        return {paper: count for paper, count in counts.items() if count}


# --- Reading ----------------------------------------------------------------------


def acts(tables: Tables) -> Iterator[Act]:
    return (each for each in tables.records.values() if isinstance(each, Act))


def person_of(tables: Tables, identity: Identity) -> Identity:
    links = {each.identity: each.person for each in tables.records.values() if isinstance(each, Link)}
    return links.get(identity, identity)


def reactions(tables: Tables) -> Iterator[Act | Dislike]:
    return (each for each in tables.records.values() if isinstance(each, Act | Dislike) and is_reaction(each))


def is_reaction(done: Act | Dislike) -> bool:
    return isinstance(done, Dislike) or done.means is Means.REACTION


def is_reaction_on(done: Act | Dislike, message: MessageRef) -> bool:
    return is_reaction(done) and message_of(done.message) == message


def is_open(row: Row, since: datetime) -> bool:
    return row.checked_at is not None and row.posted_at >= since


def ballots_of(tables: Tables, fits: Callable[[Row], bool]) -> Iterator[Ballot]:
    rows = sorted(filter(fits, tables.ballots.values()), key=lambda row: (row.message, row.number))
    for message in dict.fromkeys(row.message for row in rows):
        same = [row for row in rows if row.message == message]
        profile = tables.records.get(key_of(PlaceProfile(same[0].place)))
        ways = profile.settings if isinstance(profile, PlaceProfile) else {}
        papers = {row.number: row.paper for row in same}
        emoji = ways.get("emoji") or THUMBS_UP
        yield Ballot(message, same[0].place, papers, same[0].posted_at, emoji)


# --- Writing ----------------------------------------------------------------------


def apply(tables: Tables, write: VoteWrite) -> int:
    """Do one write, and return how many acts or ballots it changed."""
    if isinstance(write, CastVote | WithdrawVote | TakeBack | ClearReactions):
        return _do_act(tables, write)
    if isinstance(write, KeepDislike | DropDislike):
        return _do_dislike(tables, write)
    return _do_ballot(tables, write)


def _do_act(tables: Tables, write: ActWrite) -> int:
    match write:
        case CastVote(act, told_at, hashed):
            return 0 if _is_over(tables, act, told_at, hashed) else _keep(tables, act)
        case WithdrawVote(act, told_at):
            return _withdraw(tables, act, told_at)
        case TakeBack(paper, identity):
            person = person_of(tables, identity)
            return _drop(
                tables,
                lambda act: (
                    act.paper == paper
                    and isinstance(act, Act)
                    and act.means is not Means.REACTION
                    and person_of(tables, act.identity) == person
                ),
            )
        case ClearReactions(message, at, name, paper):
            fits = _of_name(name, paper) if name else lambda each: is_reaction_on(each, message)
            for each in filter(fits, list(reactions(tables))):
                _note(tables, each, at)
            return _drop(tables, fits)
        case _:
            assert_never(write)


def _do_dislike(tables: Tables, write: DislikeWrite) -> int:
    match write:
        case KeepDislike(dislike, told_at, hashed):
            return 0 if _is_over(tables, dislike, told_at, hashed) else _keep(tables, dislike)
        case DropDislike(dislike, told_at):
            return _withdraw(tables, dislike, told_at)
        case _:
            assert_never(write)


def _do_ballot(tables: Tables, write: BallotWrite) -> int:
    match write:
        case CloseBallots(messages):
            return _check(tables, lambda row: row.message in messages, None)
        case ClosePlace(place, since):
            return _check(tables, lambda row: row.place == place and row.posted_at >= since, None)
        case Settle():
            return _settle(tables, write)
        case MarkChecked(messages, at):
            return _check(tables, lambda row: row.message in messages, at)
        case NoteLost(platform, at):
            tables.lost[platform] = max(at, tables.lost.get(platform, EPOCH))
            return 1
        case _:
            assert_never(write)


def _is_over(tables: Tables, done: Act | Dislike, told_at: datetime | None, hashed: str) -> bool:
    """Tell whether what is told late was taken back since, or its person was forgotten since."""
    return told_at is not None and (
        tables.withdrawals.get((done.identity, done.message, done.paper), EPOCH) > told_at
        or tables.forgotten.get(hashed, EPOCH) > told_at
    )


def _of_name(name: str, paper: PaperId | None) -> Callable[[Act | Dislike], bool]:
    return lambda each: is_reaction(each) and each.message == name and each.paper == paper


def _keep(tables: Tables, done: Act | Dislike) -> int:
    there = tables.records.get(key_of(done))
    if isinstance(there, Act | Dislike) and there.at >= done.at:
        return 0
    tables.records[key_of(done)] = done
    return 1


def _withdraw(tables: Tables, done: Act | Dislike, told_at: datetime | None) -> int:
    if is_reaction(done):
        _note(tables, done, done.at)
    key = key_of(done)
    return _drop(tables, lambda each: key_of(each) == key and (told_at is None or each.at <= told_at))


def _note(tables: Tables, done: Act | Dislike, at: datetime) -> None:
    key = done.identity, done.message, done.paper
    tables.withdrawals[key] = max(at, tables.withdrawals.get(key, EPOCH))


def _drop(tables: Tables, fits: Callable[[Act | Dislike], bool]) -> int:
    there = [each for each in tables.records.values() if isinstance(each, Act | Dislike)]
    gone = [key_of(each) for each in there if fits(each)]
    for key in gone:
        del tables.records[key]
    return len(gone)


def _check(tables: Tables, fits: Callable[[Row], bool], at: datetime | None) -> int:
    changed = 0
    for key, row in list(tables.ballots.items()):
        if fits(row) and row.checked_at is not None and (at is None or row.checked_at < at):
            tables.ballots[key] = replace(row, checked_at=at)
            changed += 1
    return changed


def _settle(tables: Tables, write: Settle) -> int:
    changed = 0
    for stand in write.extra:
        act = Act(stand.paper, stand.identity, write.ballot.place, Means.REACTION, EPOCH, stand.message)
        there = tables.records.get(key_of(act))
        _note(tables, act, write.asked_at)
        if isinstance(there, Act) and there.at < write.asked_at:
            del tables.records[key_of(act)]
            changed += 1
    for stand, hashed in ((each.stand, each.hashed) for each in write.missing):
        taken_at = tables.withdrawals.get((stand.identity, stand.message, stand.paper), EPOCH)
        is_over = taken_at >= write.asked_at or tables.forgotten.get(hashed, EPOCH) >= write.ballot.posted_at
        at, place = write.asked_at, write.ballot.place
        act = Act(stand.paper, stand.identity, place, Means.REACTION, at, stand.message)
        if not is_over and key_of(act) not in tables.records:
            tables.records[key_of(act)] = act
            changed += 1
    return changed + _check(tables, lambda row: row.message == write.ballot.message, write.checked_at)
