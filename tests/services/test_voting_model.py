"""Whatever happens, the store counts what the platforms show: a model of people, platforms and ourselves.

Hypothesis lets people react, press, type, link and ask to be forgotten, moderators clear and delete,
Discord's gateway and our process go and come, Slack's events come late, twice, in any order or never, and
people act while a platform's answer is on its way. At every quiet point each paper has its votes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.ballots import message_of
from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity
from bot.domain.votes import Act, Dislike
from bot.ports import EVERYBODY
from bot.ports.voting import Press, ReactionEvent
from bot.services.people import People
from bot.services.reconciling import Reconciler
from bot.services.voting import Hashes, Voting
from bot.store import open_store
from tests.contract.making import ELSEWHERE, HERE, NEXT_DOOR, NOON, entry, feed, paper_id
from tests.contract.subscribing import delivery_over
from tests.contract.voting import people_over, posted, votes_over
from tests.fakes.clock import FakeClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.reactions import FakeReactions
from tests.postgres import connect, emptied_postgres_url
from tests.sqlite import empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from bot.domain.places import Place
    from bot.ports import Store

Result = TypeVar("Result")

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PEOPLE = [
    *(Identity(f"discord:{number}") for number in (11, 12, 13)),
    Identity("slack:T01/U1"),
    Identity("slack:T01/U2"),
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the model, with its papers by number."""

    message: MessageRef
    place: Place
    papers: dict[int, int]

    @property
    def platform(self) -> str:
        return self.place.platform


MESSAGES = [
    Shown(MessageRef("8001/1"), HERE, {0: 1}),
    Shown(MessageRef("8002/2"), NEXT_DOOR, {0: 1}),
    Shown(MessageRef("8003/3"), HERE._replace(channel="8003"), {1: 1, 2: 2}),
    Shown(MessageRef("C01/4.1"), ELSEWHERE, {0: 1}),
    Shown(MessageRef("C01/5.1"), ELSEWHERE, {1: 2, 2: 3}),
]
ALONE = {each.message for each in MESSAGES if len(each.papers) == 1}
"""The messages that show one paper."""
EMOJI = {
    "discord": ("👍", "👍🏽", "1️⃣", "2️⃣", "👎"),
    "slack": ("+1", "thumbsup::skin-tone-4", "one", "two", "-1"),
}
DOWN = {"👎", "-1"}
MEANT = {"👍": 0, "👍🏽": 0, "1️⃣": 1, "2️⃣": 2, "+1": 0, "thumbsup::skin-tone-4": 0, "one": 1, "two": 2}

TAPS = st.tuples(
    st.sampled_from([MESSAGES[0], *MESSAGES]),
    st.integers(0, 2),
    st.sampled_from((0, 0, 0, 0, 1, 2, 3, 4)),
    st.sampled_from((False, False, False, True)),
)

Reaction = tuple[MessageRef, Identity, str, bool]
"""Whose reaction it is, on which message, with which emoji, and whether it is a super reaction."""


@dataclass(slots=True)
class Truth:
    """What counts, as anybody who sees everything would tell."""

    platforms: dict[str, FakeReactions] = field(
        default_factory=lambda: {
            name: FakeReactions(
                name,
                counts=name == "discord",
                shown={each.message: {} for each in MESSAGES if each.platform == name},
            )
            for name in ("discord", "slack")
        }
    )
    buttons: set[tuple[MessageRef, int, Identity]] = field(default_factory=set)
    commands: set[tuple[int, Identity]] = field(default_factory=set)
    kept: set[tuple[int, Identity]] = field(default_factory=set)
    """Papers and people of reactions on messages that were deleted."""
    left: set[Reaction] = field(default_factory=set)
    """Reactions that people left standing who asked to be forgotten."""
    disliked: set[Reaction] = field(default_factory=set)
    """On Discord: what was told and not taken back. It is never compared, so what was missed stays so."""
    forgotten_at: dict[Identity, datetime] = field(default_factory=dict)
    people: list[set[Identity]] = field(default_factory=lambda: [{each} for each in PEOPLE])

    def person(self, identity: Identity) -> set[Identity]:
        return next(each for each in self.people if identity in each)

    def standing(self) -> Iterator[Reaction]:
        for platform in self.platforms.values():
            for message, kinds in platform.shown.items():
                for (emoji, is_super), people in kinds.items():
                    yield from ((message, identity, emoji, is_super) for identity in people)

    def votes(self, acts: Iterable[tuple[int, Identity]]) -> set[tuple[int, frozenset[Identity]]]:
        return {(paper, frozenset(self.person(identity))) for paper, identity in acts}

    def acts(self) -> Iterator[tuple[int, Identity]]:
        papers = {each.message: each.papers for each in MESSAGES}
        for message, identity, emoji, is_super in self.standing():
            number = MEANT.get(emoji, -1)
            if number in papers[message] and (message, identity, emoji, is_super) not in self.left:
                yield papers[message][number], identity
        yield from ((papers[message][number], identity) for message, number, identity in self.buttons)
        yield from self.commands
        yield from self.kept


class VotingModel(RuleBasedStateMachine):
    """One run; `engine` says over which database."""

    engine = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.clock = FakeClock(NOON)
        self.truth = Truth()
        self.is_up = True
        self.has_missed = False
        """Something happened that no event told, and nothing was compared since."""
        self.forgotten: set[Identity] = set()
        self.numbers = count()
        self.late: list[tuple[bool, ReactionEvent]] = []
        """Events of Slack that have not come yet: whether it was put on, and what."""
        self.past: list[tuple[bool, ReactionEvent]] = []

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.do(self._open())

    async def _open(self) -> None:
        self.store = await self._store()
        self.stack.push_async_callback(self.store.close)
        self.votes = votes_over(self.store)
        await self.store.write(feed(*(entry(number) for number in (1, 2, 3))))
        delivery = delivery_over(self.store)
        for each in MESSAGES:
            await posted(delivery, each.message, tuple(each.papers.values()), each.place)
        await self.clock.sleep(HOUR)
        self._start()

    async def _store(self) -> Store:
        if self.engine == "sqlite":
            folder = self.stack.enter_context(TemporaryDirectory(prefix="papers-model-"))
            return await open_store(empty_sqlite_url(Path(folder)))
        if self.engine == "postgres":
            return await open_store(await self.stack.enter_async_context(emptied_postgres_url()))
        return MemoryStore()

    @rule()
    def restart(self) -> None:
        """Our process ends and starts again: nothing is remembered but what is stored."""
        self._start()

    def _start(self) -> None:
        hashes = Hashes(self.votes, self._letters)
        self.voting = Voting(self.votes, self.store, self.clock, hashes)
        self.people = People(
            people_over(self.store),
            self.store,
            delivery_over(self.store),
            self.clock,
            hashes,
            letters=self._letters,
        )
        self.reconcilers = {
            name: Reconciler(self.votes, reader, self.clock, hashes)
            for name, reader in self.truth.platforms.items()
        }

    def _letters(self, length: int) -> str:
        return f"{next(self.numbers):0{length}}"

    def teardown(self) -> None:
        try:
            if hasattr(self, "voting"):
                self.be_quiet()
        finally:
            self.do(self.stack.aclose())
            self.runner.close()

    # --- People -------------------------------------------------------------------

    @rule(taps=st.lists(TAPS, min_size=1, max_size=12))
    def react(self, taps: list[tuple[Shown, int, int, bool]]) -> None:
        """People put reactions on and take them away, some of them again and again."""
        for shown, who, emoji, is_super in taps:
            people = [each for each in PEOPLE if each.startswith(shown.platform)]
            identity, word = people[who % len(people)], EMOJI[shown.platform][emoji]
            is_known = self.is_up or shown.platform == "slack" or identity not in self.forgotten
            kinds = self.truth.platforms[shown.platform].shown.get(shown.message)
            if kinds is not None and is_known:
                is_more = is_super and shown.platform == "discord"
                is_on = identity not in kinds.get((word, is_more), ())
                self.do(self._react(shown, identity, word, is_on=is_on, is_super=is_more))

    async def _react(
        self, shown: Shown, identity: Identity, emoji: str, *, is_on: bool, is_super: bool
    ) -> None:
        await self.clock.sleep(SECOND)
        platform = self.truth.platforms[shown.platform]
        there = platform.shown[shown.message].get((emoji, is_super), set())
        if is_on == (identity in there):
            return
        change = platform.react if is_on else platform.unreact
        change(shown.message, identity, emoji, is_super=is_super)
        self.truth.left.discard((shown.message, identity, emoji, is_super))
        event = ReactionEvent(shown.place, shown.message, identity, emoji, is_super=is_super)
        if shown.platform == "slack":
            self.late.append((is_on, event._replace(told_at=self.clock.now())))
        elif self.is_up:
            await self._tell(is_on, event)
            self._note_dislike((shown.message, identity, emoji, is_super), is_on=is_on)
        else:
            self.has_missed = True

    def _note_dislike(self, reaction: Reaction, *, is_on: bool) -> None:
        if reaction[2] in DOWN and reaction[0] in ALONE:
            self.truth.disliked = self.truth.disliked - {reaction} | ({reaction} if is_on else set())

    async def _tell(self, is_on: bool, event: ReactionEvent) -> None:
        await (self.voting.reacted(event) if is_on else self.voting.unreacted(event))

    @rule(shown=st.sampled_from(MESSAGES), number=st.integers(0, 2), who=st.sampled_from(PEOPLE))
    def press(self, shown: Shown, number: int, who: Identity) -> None:
        self.do(self.voting.pressed(Press(shown.place, shown.message, number, who)))
        if number in shown.papers:
            self.truth.buttons ^= {(shown.message, number, who)}

    @rule(paper=st.integers(1, 3), who=st.sampled_from(PEOPLE))
    def vote(self, paper: int, who: Identity) -> None:
        self.do(self.voting.vote(paper_id(paper), who, HERE))
        self.truth.commands.add((paper, who))

    @rule(paper=st.integers(1, 3), who=st.sampled_from(PEOPLE))
    def unvote(self, paper: int, who: Identity) -> None:
        self.do(self.voting.unvote(paper_id(paper), who))
        person = self.truth.person(who)
        papers = {each.message: each.papers for each in MESSAGES}
        self.truth.commands = {
            each for each in self.truth.commands if each[0] != paper or each[1] not in person
        }
        self.truth.buttons = {
            (message, number, identity)
            for message, number, identity in self.truth.buttons
            if papers[message][number] != paper or identity not in person
        }

    @rule(one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE))
    def link(self, one: Identity, other: Identity) -> None:
        code = self.do(self.people.code(one))
        assert self.do(self.people.link(other, code)) == one
        joined = self.truth.person(one) | self.truth.person(other)
        self.truth.people = [each for each in self.truth.people if not each & joined] + [joined]

    @rule(who=st.sampled_from(PEOPLE))
    def unlink(self, who: Identity) -> None:
        person = self.truth.person(who)
        assert self.do(self.people.unlink(who)) == (len(person) > 1)
        self.truth.people = [each for each in self.truth.people if each != person]
        self.truth.people += [rest for rest in ({who}, person - {who}) if rest]

    @rule(who=st.sampled_from(PEOPLE))
    def forget(self, who: Identity) -> None:
        """Somebody asks to be forgotten: what they left standing counts no more."""
        self.do(self.clock.sleep(SECOND))
        self.do(self.people.forget(who))
        person = self.truth.person(who)
        self.truth.people = [each for each in self.truth.people if each != person] + [
            {each} for each in person
        ]
        self.truth.left |= {each for each in self.truth.standing() if each[1] in person}
        self.truth.buttons = {each for each in self.truth.buttons if each[2] not in person}
        self.truth.commands = {each for each in self.truth.commands if each[1] not in person}
        self.truth.kept = {each for each in self.truth.kept if each[1] not in person}
        self.truth.disliked = {each for each in self.truth.disliked if each[1] not in person}
        self.truth.forgotten_at |= dict.fromkeys(person, self.clock.now())
        self.forgotten |= person

    @precondition(lambda self: not self.is_up)
    @rule(shown=st.sampled_from(MESSAGES[:3]), who=st.integers(0, 2))
    def take_the_place_of(self, shown: Shown, who: int) -> None:
        """While nobody tells us, one takes a thumb away and another one puts one on."""
        people = self.truth.platforms["discord"].shown.get(shown.message, {}).get(("👍", False), set())
        leaving, coming = PEOPLE[who], PEOPLE[(who + 1) % 3]
        if leaving in people and coming not in people and not {leaving, coming} & self.forgotten:
            self.do(self._react(shown, leaving, "👍", is_on=False, is_super=False))
            self.do(self._react(shown, coming, "👍", is_on=True, is_super=False))

    @precondition(lambda self: self.is_up)
    @rule(shown=st.sampled_from(MESSAGES[:2]), who=st.integers(0, 2))
    def be_replaced_over_a_lost_session(self, shown: Shown, who: int) -> None:
        """The same, after all was compared: only that a session was lost tells that something may differ."""
        self.be_quiet()
        leaving, coming = PEOPLE[who], PEOPLE[(who + 1) % 3]
        is_there = shown.message in self.truth.platforms["discord"].shown
        if not is_there or {leaving, coming} & self.forgotten:
            return
        for identity, is_on in ((leaving, True), (coming, False)):
            self.do(self._react(shown, identity, "👍", is_on=is_on, is_super=False))
        self.lose_the_gateway()
        self.take_the_place_of(shown, who)
        self.regain_the_gateway()

    # --- Moderators -----------------------------------------------------------------

    @rule(shown=st.sampled_from(MESSAGES[:3]), emoji=st.sampled_from((None, *EMOJI["discord"])))
    def clear(self, shown: Shown, emoji: str | None) -> None:
        """A moderator of Discord takes all reactions off a message, or all with one emoji."""
        kinds = self.truth.platforms["discord"].shown.get(shown.message)
        if kinds is None:
            return
        for kind in [kind for kind in kinds if emoji in {None, kind[0]}]:
            del kinds[kind]
        self.truth.left = {
            each for each in self.truth.left if each[0] != shown.message or emoji not in {None, each[2]}
        }
        self.has_missed |= not self.is_up
        if self.is_up:
            self.truth.disliked = {
                each
                for each in self.truth.disliked
                if each[0] != shown.message or emoji not in {None, each[2]}
            }
        if self.is_up and emoji is None:
            self.do(self.voting.cleared(shown.place, shown.message))
        elif self.is_up and emoji is not None:
            self.do(self.voting.cleared_emoji(shown.place, shown.message, emoji))

    @rule(shown=st.sampled_from(MESSAGES), seen=st.sampled_from((None, "message", "channel")))
    def delete(self, shown: Shown, seen: str | None) -> None:
        """A message is deleted, or its channel, and we are told or not; what was voted on it stays."""
        self.be_quiet()
        platform = self.truth.platforms[shown.platform]
        if shown.message not in platform.shown:
            return
        others = {name: each.shown for name, each in self.truth.platforms.items()}
        alone = Truth(
            {shown.platform: replace(platform, shown={shown.message: platform.shown[shown.message]})}
        )
        alone.left = self.truth.left
        self.truth.kept |= set(alone.acts())
        del others[shown.platform][shown.message]
        if seen == "channel" and shown.platform == "discord":  # where each message has its own
            self.do(self.voting.place_gone(shown.place))
        elif seen is not None:
            self.do(self.voting.messages_deleted([shown.message]))
        if seen is not None:
            self.do(self._check_open())

    # --- Events that are missed, late, twice and out of order ---------------------------

    @rule()
    def lose_the_gateway(self) -> None:
        self.is_up = False

    @precondition(lambda self: not self.is_up)
    @rule()
    def regain_the_gateway(self) -> None:
        self.is_up = True
        self.do(self.voting.session_lost("discord"))

    @precondition(lambda self: bool(self.late))
    @rule(which=st.integers(0, 9))
    def come(self, which: int) -> None:
        """An event of Slack comes at last, whichever."""
        event = self.late.pop(which % len(self.late))
        self.past.append(event)
        self.do(self._tell(*event))

    @precondition(lambda self: bool(self.past))
    @rule(which=st.integers(0, 9))
    def come_again(self, which: int) -> None:
        self.do(self._tell(*self.past[which % len(self.past)]))

    @precondition(lambda self: any(event.identity not in self.forgotten for _, event in self.late))
    @rule(which=st.integers(0, 9))
    def never_come(self, which: int) -> None:
        lost = [each for each in self.late if each[1].identity not in self.forgotten]
        self.late.remove(lost[which % len(lost)])
        self.has_missed = True
        self.do(self.voting.session_lost("slack"))

    # --- Comparing ------------------------------------------------------------------------

    @rule(platform=st.sampled_from(("discord", "slack")), minutes=st.integers(0, 2))
    def compare(self, platform: str, minutes: int) -> None:
        self.do(self.clock.sleep(minutes * timedelta(minutes=1)))
        self.do(self.reconcilers[platform].step(lambda: None))

    @precondition(lambda self: self.is_up)
    @rule(shown=st.sampled_from(MESSAGES[:3]), who=st.sampled_from(PEOPLE[:3]), is_on=st.booleans())
    def compare_while_somebody_reacts(self, *, shown: Shown, who: Identity, is_on: bool) -> None:
        """Somebody acts after the platform has looked and before its answer arrives."""
        discord = self.truth.platforms["discord"]
        if shown.message not in discord.shown:
            return

        async def meanwhile() -> None:
            discord.before_answer = None
            await self._react(shown, who, "👍", is_on=is_on, is_super=False)

        discord.before_answer = meanwhile
        self.do(self.clock.sleep(HOUR))
        self.do(self.voting.session_lost("discord"))
        self.do(self.reconcilers["discord"].step(lambda: None))
        discord.before_answer = None

    @rule()
    def be_quiet(self) -> None:
        """All events have come that come at all, and all that was missed was made up for."""
        if not self.is_up:
            self.regain_the_gateway()
        while self.late:
            self.come(0)
        self.do(self.clock.sleep(HOUR))
        for reconciler in self.reconcilers.values():
            self.do(reconciler.step(lambda: None))
        self.has_missed = False
        self.votes_are_right()
        self.do(self._check_open())

    async def _check_open(self) -> None:
        """What was deleted is compared no more, and what is there still is."""
        since, found = NOON - HOUR, set[MessageRef]()
        for platform in self.truth.platforms:
            for place in await self.votes.ballot_places(platform, since):
                found |= {each.ballot.message for each in await self.votes.open_ballots(place, since)}
        assert found == {message for platform in self.truth.platforms.values() for message in platform.shown}

    @invariant()
    def votes_are_right(self) -> None:
        """What was told needs no comparing."""
        if hasattr(self, "voting") and not self.has_missed and not self.late:
            self.do(self._check())

    @invariant()
    def dislikes_are_what_was_told(self) -> None:
        """They are never compared, so what comes of them is what events told, in the order of their times."""
        if hasattr(self, "voting"):
            self.do(self._check_dislikes())

    async def _check_dislikes(self) -> None:
        found = [each async for each in self.store.records() if isinstance(each, Dislike)]
        kept = {(message_of(each.message), each.identity, "super" in each.message) for each in found}
        told = {(message, who, is_super) for message, who, _, is_super in self.truth.disliked}
        assert kept == told | self._told_on_slack()
        assert len(kept) == len(found)

    def _told_on_slack(self) -> set[tuple[str, Identity, bool]]:
        newest: dict[tuple[str, Identity, bool], bool] = {}
        for is_on, event in sorted(self.past, key=lambda each: each[1].told_at or NOON):
            forgotten_at = self.truth.forgotten_at.get(event.identity, NOON)
            if event.emoji in DOWN and event.message in ALONE and (event.told_at or NOON) > forgotten_at:
                newest[event.message, event.identity, False] = is_on
        return {reaction for reaction, is_on in newest.items() if is_on}

    async def _check(self) -> None:
        kept = [each async for each in self.store.records() if isinstance(each, Act)]
        votes = self.truth.votes(self.truth.acts())
        assert self.truth.votes((int(act.paper[-5:]), act.identity) for act in kept) == votes
        board = await self.store.leaderboard(None, scope=EVERYBODY, limit=10)
        assert {int(each.paper.id[-5:]): each.votes for each in board} == Counter(paper for paper, _ in votes)


@pytest.mark.parametrize(("engine", "examples"), [("memory", 40), ("sqlite", 8), ("postgres", 6)])
def test_the_store_counts_what_the_platforms_show(engine: str, examples: int) -> None:
    if engine == "postgres":
        asyncio.run(_is_there())

    class OnEngine(VotingModel):
        pass

    OnEngine.engine = engine
    run_state_machine_as_test(
        OnEngine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def _is_there() -> None:
    await (await connect()).close()
