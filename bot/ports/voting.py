"""What voting is told by the platforms, and what it asks of the store and of them.

The adapters turn their events into `ReactionEvent` and `Press` and hand them to whatever satisfies
`VoteListener` (`bot.services.voting.Voting`). They may hand over anything that concerns a message, ours or
not: what is no ballot is dropped there. Of one message, what came first must be handed over first; the calls
need not be waited for in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.answers import Done, Refusal
    from bot.domain.ballots import Ballot, Stand
    from bot.domain.deliveries import FindResult, MessageRef
    from bot.domain.papers import PaperId
    from bot.domain.places import Identity, Place
    from bot.domain.votes import Act, Dislike
    from bot.ports.delivery import Reaction


# --- What the platforms tell --------------------------------------------------


class ReactionEvent(NamedTuple):
    """Somebody put a reaction on a message, or took it away."""

    place: Place
    """Where the event says that it was; in a thread it is another place than the ballot was posted to."""
    message: MessageRef
    """As `Sent` had it when the message was posted; no two messages of one platform have the same."""
    identity: Identity
    emoji: str
    """As the platform writes it: `👍🏽`, Discord's `name:id` or `<:name:id>`, Slack's `+1::skin-tone-3`."""
    told_at: datetime | None = None
    """When it was done, where the platform says so (Slack's `event_ts`): then events may come in any order.

    None (Discord): events of one message come in their order.
    """
    is_super: bool = False
    """A super reaction of Discord (`burst`): another one than the plain reaction with the same emoji."""
    is_bot: bool = False
    """Whether a bot did it, ours included, as far as the platform tells."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a Vote button. `number` is that of its paper in the message: 0 for its only one."""

    place: Place
    message: MessageRef
    number: int
    identity: Identity


class VoteListener(Protocol):
    """Whom an adapter hands what happens on messages. Only a broken store raises (StoreError)."""

    async def reacted(self, event: ReactionEvent) -> None:
        """Somebody reacted."""

    async def unreacted(self, event: ReactionEvent) -> None:
        """Somebody took a reaction away. Who did it need not be known not to be a bot."""

    async def cleared(self, place: Place, message: MessageRef) -> None:
        """All reactions were taken off a message (Discord: MESSAGE_REACTION_REMOVE_ALL)."""

    async def cleared_emoji(self, place: Place, message: MessageRef, emoji: str) -> None:
        """All reactions with an emoji were taken off a message (MESSAGE_REACTION_REMOVE_EMOJI)."""

    async def messages_deleted(self, messages: Collection[MessageRef]) -> None:
        """Messages were deleted: their votes stay, and they are not compared any more."""

    async def place_gone(self, place: Place) -> None:
        """A place was deleted, or the bot was put out of it: as if its messages were deleted."""

    async def session_lost(self, platform: str) -> None:
        """Events of a platform may have been missed until now.

        To be told whenever a new session begins: after one that could not be resumed, and at each start.
        """

    async def pressed(self, press: Press) -> Done | Refusal:
        """Cast or take back the vote of a button, and return what its presser alone is told."""


# --- What a platform is asked -------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """How many reactions with an emoji a message bears, our own left out; other bots may be among them."""

    emoji: str
    count: int
    is_super: bool = False


@dataclass(frozen=True, slots=True)
class Tallied:
    """What a platform says of some messages; one that is not there any more is left out of both."""

    tallies: Mapping[MessageRef, Sequence[Tally]] = field(default_factory=dict)
    gone: frozenset[MessageRef] = frozenset()
    """Those that were deleted, as far as the answer shows it."""


class ReactionReader(Protocol):
    """A chat platform, as far as reactions are read. All calls are of the lowest priority."""

    @property
    def platform(self) -> str:
        """The platform's word in places: `discord`."""

    async def tallies(self, place: Place, messages: Sequence[MessageRef]) -> Tallied | FindResult | None:
        """Count the reactions on messages of one place in as few calls as can be.

        None where the platform tells people and counts in the same call (Slack): then people are asked for
        at once. A message that the answer holds in neither part is asked for by itself.
        """

    async def reactions(self, place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        """Return who reacted to a message with which emoji; Absent where it was deleted."""


class MessageLinks(Protocol):
    """A chat platform, as far as its messages have addresses."""

    @property
    def platform(self) -> str:
        """The platform's word in places: `discord`."""

    async def link(self, place: Place, message: MessageRef) -> str:
        """Return the address of a message that was posted to a place; empty where it has none."""


# --- What the store keeps -----------------------------------------------------


class CastVote(NamedTuple):
    """Keep an act; one that is there already is as if it was done now.

    Where it is told when it was done (`told_at`, which is the act's `at` then), it counts only if it was not
    taken back since, and if its person (`hashed`) did not ask to be forgotten since.
    """

    act: Act
    told_at: datetime | None = None
    hashed: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawVote:
    """Take one act back, whenever it was done; where `told_at` is known, only if it was done before."""

    act: Act
    """`at` is when it is taken back."""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take the votes for a paper back that a person gave by commands and buttons, as whichever identity."""

    paper: PaperId
    identity: Identity


@dataclass(frozen=True, slots=True)
class KeepDislike:
    """Keep that somebody dislikes a paper; `told_at` and `hashed` as in `CastVote`."""

    dislike: Dislike
    told_at: datetime | None = None
    hashed: str = ""


@dataclass(frozen=True, slots=True)
class DropDislike:
    """Take a dislike back, whenever it was given; where `told_at` is known, only if it was given before."""

    dislike: Dislike
    """`at` is when it is taken back."""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClearReactions:
    """Take reactions of everybody back: all of a message, or those with a name (`reaction_name`).

    Votes and dislikes alike.
    """

    message: MessageRef
    at: datetime
    name: str | None = None
    paper: PaperId | None = None


@dataclass(frozen=True, slots=True)
class CloseBallots:
    """Compare these messages with their platform no more; their votes stay."""

    messages: tuple[MessageRef, ...]


@dataclass(frozen=True, slots=True)
class ClosePlace:
    """Compare no message of a place that was posted since an instant any more."""

    place: Place
    since: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A reaction that the platform shows and the store lacks, with the keyed hash of its person."""

    stand: Stand
    hashed: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Bring a ballot's reactions to what the platform shows.

    What changed since `asked_at` is left alone: the platform's list may be older. Nobody is brought back who
    asked to be forgotten after the message was posted.
    """

    ballot: Ballot
    missing: tuple[Missing, ...]
    extra: tuple[Stand, ...]
    asked_at: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class MarkChecked:
    """Note that the votes of messages were compared with the platform's."""

    messages: tuple[MessageRef, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteLost:
    """Note that events of a platform may have been missed up to an instant."""

    platform: str
    at: datetime


ActWrite = CastVote | WithdrawVote | TakeBack | ClearReactions
"""What people do that is counted."""

DislikeWrite = KeepDislike | DropDislike
"""What people do that is counted nowhere."""

BallotWrite = CloseBallots | ClosePlace | Settle | MarkChecked | NoteLost
"""What becomes of ballots."""

VoteWrite = ActWrite | DislikeWrite | BallotWrite


@dataclass(frozen=True, slots=True)
class OpenBallot:
    """A ballot that is still compared, with how many reactions are stored for each paper that has any."""

    ballot: Ballot
    stored: Mapping[PaperId, int] = field(default_factory=dict)


class VoteStore(Protocol):
    """Acts and ballots. Writes are values, done all or none and grouped into few commits."""

    async def write(self, *writes: VoteWrite) -> int:
        """Do the writes in order, all or none, once committed; return how many rows they changed."""

    async def ballots(self, messages: Sequence[MessageRef]) -> Mapping[MessageRef, Ballot]:
        """Return the ballots that messages are; one that is none is left out."""

    async def standing(self, paper: PaperId, identity: Identity) -> Sequence[Act]:
        """Return what a person did for a paper and still stands, as whichever identity, the oldest first."""

    async def ballot_places(self, platform: str, since: datetime) -> Sequence[Place]:
        """Return the places with open ballots since an instant, that with the newest first."""

    async def open_ballots(self, place: Place, since: datetime) -> Sequence[OpenBallot]:
        """Return the ballots of a place since an instant that are still compared, the newest first."""

    async def reactions_on(self, message: MessageRef) -> Collection[Stand]:
        """Return the reactions that are stored of a message."""

    async def checked_at(self, place: Place) -> datetime | None:
        """Return when votes of a place were last compared with the platform's; None: never."""

    async def lost_at(self, platform: str) -> datetime | None:
        """Return until when events of a platform were last missed; None: never."""

    async def secret(self, name: str, made: str) -> str:
        """Return what is kept under a name, by all processes alike; what was made now, where nothing is."""

    async def forget_withdrawals(self, before: datetime) -> int:
        """Forget what was withdrawn before an instant; return how many rows went."""
