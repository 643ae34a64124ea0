"""Votes as they are given: reactions, buttons and commands become acts, or take them back."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.answers import Done, Refusal
from bot.domain.ballots import message_of, reaction_act, reaction_dislike
from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity
from bot.domain.vote_words import AGAIN, UNKNOWN_BALLOT, counted_words, still_words
from bot.domain.votes import Act, Means
from bot.ports.voting import (
    CastVote,
    ClearReactions,
    CloseBallots,
    ClosePlace,
    DropDislike,
    KeepDislike,
    NoteLost,
    TakeBack,
    WithdrawVote,
)
from bot.services.communities import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.ballots import Ballot
    from bot.domain.papers import PaperId
    from bot.domain.places import Place
    from bot.ports import Clock, Scopes, Store
    from bot.ports.voting import MessageLinks, Press, ReactionEvent, VoteStore, VoteWrite

MOST_BALLOTS = 10_000
"""Ballots that are remembered, so that a busy one is read once."""

REMEMBERED_FOR = timedelta(seconds=30)
"""How long a ballot is remembered: after that a changed emoji of its place counts."""

COMPARED_FOR = timedelta(days=7)
"""How long after it was posted a ballot is compared with its platform."""

KEPT_WITHDRAWALS = timedelta(hours=25)
"""Slack sends events again for up to 24 hours where that is set ("Delayed Events"), else for 2."""

KEPT_HASHES = COMPARED_FOR + timedelta(days=1)
"""How long it is known who was forgotten: no ballot of before is read after that."""

SOMEBODY = Identity("somebody")

PEOPLE_SECRET = "forgotten people"  # noqa: S105 - the name of one
SECRET_CHARS = 43
"""Of letters with 5 bits and more each: above 200 bits."""


class Hashes:
    """Keyed hashes of people: what is kept of those who asked to be forgotten."""

    def __init__(self, votes: VoteStore, letters: Callable[[int], str]) -> None:
        """`letters` returns so many letters that nobody can guess."""
        self._votes = votes
        self._letters = letters
        self._key = b""

    async def of(self, identity: Identity) -> str:
        """Return the hash of an identity; the same in each process over one store."""
        if not self._key:
            made = self._letters(SECRET_CHARS)
            self._key = (await self._votes.secret(PEOPLE_SECRET, made)).encode()
        return hmac.digest(self._key, identity.encode(), "sha256").hex()


class Ballots:
    """The ballots that messages are, read together and remembered for a while; what is none is not.

    Whoever asks for one message is answered in turn, first come, first served: else the event that finds its
    ballot remembered would overtake another that still waits for it.
    """

    def __init__(self, votes: VoteStore, clock: Clock) -> None:
        self._votes = votes
        self._clock = clock
        self._known: OrderedDict[MessageRef, tuple[float, Ballot]] = OrderedDict()
        self._waiting: dict[MessageRef, list[asyncio.Future[Ballot | None]]] = {}
        self._answering: asyncio.Task[None] | None = None

    async def of(self, place: Place, message: MessageRef) -> Ballot | None:
        """Return the ballot that a message of a place's platform is."""
        ballot = None if message in self._waiting else self._remembered(message)
        if ballot is None:
            ballot = await self._asked(message)
        return ballot if ballot and ballot.place.platform == place.platform else None

    def _remembered(self, message: MessageRef) -> Ballot | None:
        """Return a ballot that was read a short while ago."""
        known = self._known.get(message)
        return known[1] if known and self._clock.monotonic() < known[0] else None

    def _asked(self, message: MessageRef) -> asyncio.Future[Ballot | None]:
        """Return what will be the ballot, read together with all that are wanted by then."""
        asked: asyncio.Future[Ballot | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message, []).append(asked)
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
        return asked

    async def _answer_all(self) -> None:
        while wanted := list(self._waiting):
            try:
                found = await self._found(wanted)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                for message in wanted:
                    for future in self._taken(message):
                        future.set_exception(error)
            else:
                for message in wanted:
                    ballot = found.get(message)
                    for future in self._taken(message):
                        future.set_result(ballot)
            # Those who were answered go on now; who asks meanwhile waits until they have.
            await asyncio.sleep(0)
            for message in wanted:
                if not self._waiting[message]:
                    del self._waiting[message]

    def _taken(self, message: MessageRef) -> Sequence[asyncio.Future[Ballot | None]]:
        """Return who waits for a message and was not cancelled; the message still counts as waited for."""
        waiting, self._waiting[message] = self._waiting[message], []
        return [future for future in waiting if not future.done()]

    async def _found(self, wanted: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
        """Return ballots, those that are not remembered by one read."""
        found = {message: ballot for message in wanted if (ballot := self._remembered(message))}
        unknown = [message for message in wanted if message not in found] if found else wanted
        if not unknown:
            return found
        read = await self._votes.ballots(unknown)
        self._remember(read)
        return {**found, **read} if found else read

    def _remember(self, read: Mapping[MessageRef, Ballot]) -> None:
        until = self._clock.monotonic() + REMEMBERED_FOR.total_seconds()
        for message, ballot in read.items():
            self._known.pop(message, None)
            self._known[message] = until, ballot
        while len(self._known) > MOST_BALLOTS:
            self._known.popitem(last=False)


class Voting:
    """Satisfies `bot.ports.voting.VoteListener`, and answers who votes by a command."""

    def __init__(
        self,
        votes: VoteStore,
        store: Store,
        clock: Clock,
        hashes: Hashes,
        links: Mapping[str, MessageLinks] | None = None,
        *,
        scopes: Scopes = TOGETHER,
    ) -> None:
        """`links` tells the addresses of messages, by platform; where one lacks, none is told."""
        self._votes = votes
        self._store = store
        self._clock = clock
        self._hashes = hashes
        self._links = links or {}
        self._scopes = scopes
        self._ballots = Ballots(votes, clock)

    # --- Reactions ----------------------------------------------------------------

    async def reacted(self, event: ReactionEvent) -> None:
        """Count a reaction; one that is no vote but a dislike is kept."""
        if event.is_bot:
            return
        # Asked for before the ballot, see `_meant`.
        hashed = await self._hashes.of(event.identity) if event.told_at else ""
        meant = await self._meant(event)
        if meant is None:
            return
        if (act := reaction_act(*meant, is_super=event.is_super)) is not None:
            await self._votes.write(CastVote(act, event.told_at, hashed))
        elif (dislike := reaction_dislike(*meant, is_super=event.is_super)) is not None:
            await self._votes.write(KeepDislike(dislike, event.told_at, hashed))

    async def unreacted(self, event: ReactionEvent) -> None:
        """Take a reaction back."""
        meant = await self._meant(event)
        if meant is None:
            return
        # In a place whose emoji was changed to 👎 it may have been either.
        dislike = reaction_dislike(*meant, is_super=event.is_super)
        act = reaction_act(*meant, is_super=event.is_super)
        writes: list[VoteWrite] = [DropDislike(dislike, event.told_at)] if dislike else []
        writes += [WithdrawVote(act, event.told_at)] if act else []
        if writes:
            await self._votes.write(*writes)

    async def cleared(self, place: Place, message: MessageRef) -> None:
        """Take all reactions of a message back."""
        ballot = await self._ballots.of(place, message)
        if ballot is not None:
            await self._votes.write(ClearReactions(message, self._clock.now()))

    async def cleared_emoji(self, place: Place, message: MessageRef, emoji: str) -> None:
        """Take all reactions with an emoji back, super reactions too."""
        ballot = await self._ballots.of(place, message)
        if ballot is None:
            return
        now = self._clock.now()
        meant = [
            read(ballot, emoji, SOMEBODY, now, is_super=is_super)
            for read in (reaction_act, reaction_dislike)
            for is_super in (False, True)
        ]
        clears = [ClearReactions(message, now, each.message, each.paper) for each in meant if each]
        await self._votes.write(*clears)

    async def messages_deleted(self, messages: Collection[MessageRef]) -> None:
        """Leave the votes of deleted messages as they are, for good."""
        await self._votes.write(CloseBallots(tuple(messages)))

    async def place_gone(self, place: Place) -> None:
        """Leave the votes of a place's messages as they are, for good."""
        await self._votes.write(ClosePlace(place, self._clock.now() - COMPARED_FOR))

    async def session_lost(self, platform: str) -> None:
        """Note that all recent ballots of a platform are to be compared."""
        await self._votes.write(NoteLost(platform, self._clock.now()))

    async def _meant(self, event: ReactionEvent) -> tuple[Ballot, str, Identity, datetime] | None:
        """Return on which ballot which emoji was put by whom and when; None where the message is no ballot.

        Nothing may be awaited between this and the write: so the writes keep the order of the events.
        """
        ballot = await self._ballots.of(event.place, event.message)
        if ballot is None:
            return None
        return ballot, event.emoji, event.identity, event.told_at or self._clock.now()

    # --- Buttons --------------------------------------------------------------------

    async def pressed(self, press: Press) -> Done | Refusal:
        """Cast the vote of a button, or take it back where it was cast."""
        ballot = await self._ballots.of(press.place, press.message)
        if ballot is None or press.number not in ballot.papers:
            return Refusal(UNKNOWN_BALLOT)
        paper = ballot.papers[press.number]
        act = Act(paper, press.identity, ballot.place, Means.BUTTON, self._clock.now(), press.message)
        if await self._votes.write(WithdrawVote(act)):
            still = await self._still(paper, press.identity)
            return Done(" ".join(filter(None, ("Taken back.", still))))
        await self._votes.write(CastVote(act))
        return Done(f"{counted_words(await self.votes_in(ballot.place, paper))} {AGAIN}")

    # --- Commands -------------------------------------------------------------------

    async def vote(self, paper: PaperId, identity: Identity, place: Place) -> tuple[bool, int | None]:
        """Cast a vote by a command.

        Return whether the person had not voted for the paper, by whatever means, and how many votes it has in
        that community then. Of two commands at once both may find that nobody had voted; it is one vote.
        """
        had_voted = bool(await self._votes.standing(paper, identity))
        await self._votes.write(CastVote(Act(paper, identity, place, Means.COMMAND, self._clock.now())))
        return not had_voted, await self.votes_in(place, paper)

    async def unvote(self, paper: PaperId, identity: Identity) -> tuple[bool, str]:
        """Take a person's commands and buttons for a paper back.

        Return whether there were any, and which reactions still stand, in words.
        """
        taken = await self._votes.write(TakeBack(paper, identity))
        return taken > 0, await self._still(paper, identity)

    async def votes_in(self, place: Place, paper: PaperId) -> int | None:
        """Return how many of a place's community voted for a paper; None where the paper is not stored."""
        found = await self._store.papers([paper], scope=await self._scopes.scope_of(place))
        return found[0].votes if found else None

    async def _still(self, paper: PaperId, identity: Identity) -> str:
        acts = await self._votes.standing(paper, identity)
        stands = [(act.means, await self._link(act)) for act in one_of_each(acts)]
        return still_words(stands, paper)

    async def _link(self, act: Act) -> str:
        links = self._links.get(act.place.platform)
        message = MessageRef(message_of(act.message))
        return await links.link(act.place, message) if links and message else ""


def one_of_each(acts: Sequence[Act]) -> list[Act]:
    """Return one act of each means and message: variants of one reaction are told as one."""
    return list({(act.means, message_of(act.message)): act for act in acts}.values())
