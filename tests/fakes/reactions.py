"""Reactions on a chat platform in memory: who reacts, what its events say, and what it tells who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.deliveries import Absent, FindResult
from bot.ports.delivery import Reaction
from bot.ports.voting import Tallied, Tally

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain.deliveries import MessageRef
    from bot.domain.places import Identity, Place

Kind = tuple[str, bool]
"""An emoji, and whether it is a super reaction."""


@dataclass(slots=True)
class FakeReactions:
    """Satisfies `bot.ports.voting.ReactionReader`; what it shows is the truth."""

    platform: str = "discord"
    counts: bool = True
    """Whether it counts reactions of many messages in one call (Discord), or tells people alone (Slack)."""
    shown: dict[MessageRef, dict[Kind, set[Identity]]] = field(default_factory=dict)
    """All messages that there are."""
    bots: dict[MessageRef, int] = field(default_factory=dict)
    """How many thumbs of other bots a message bears: they are counted, and left out where people are told."""
    answers: list[FindResult] = field(default_factory=list)
    """What the next calls are answered with instead."""
    asked: list[str] = field(default_factory=list)
    """What was asked, in order: `counts`, or a message."""
    before_answer: Callable[[], Awaitable[None]] | None = None
    """What happens after the platform has looked and before its answer arrives."""

    def react(
        self, message: MessageRef, identity: Identity, emoji: str = "👍", *, is_super: bool = False
    ) -> None:
        self.shown.setdefault(message, {}).setdefault((emoji, is_super), set()).add(identity)

    def unreact(
        self, message: MessageRef, identity: Identity, emoji: str = "👍", *, is_super: bool = False
    ) -> None:
        self.shown[message].get((emoji, is_super), set()).discard(identity)

    async def tallies(self, _place: Place, messages: Sequence[MessageRef]) -> Tallied | FindResult | None:
        if not self.counts:
            return None
        self.asked.append("counts")
        if self.answers:
            return self.answers.pop(0)
        there = {message: self._tallies(message) for message in messages if message in self.shown}
        return Tallied(there, frozenset(messages) - there.keys())

    async def reactions(self, _place: Place, message: MessageRef) -> Sequence[Reaction] | FindResult:
        self.asked.append(message)
        if self.answers:
            return self.answers.pop(0)
        if message not in self.shown:
            return Absent()
        kinds = self.shown[message].items()
        told = [Reaction(emoji, frozenset(people), is_super) for (emoji, is_super), people in kinds]
        if self.before_answer is not None:
            await self.before_answer()
        return told

    def _tallies(self, message: MessageRef) -> list[Tally]:
        kinds = self.shown[message].items()
        tallies = [Tally(emoji, len(people), is_super) for (emoji, is_super), people in kinds]
        others = self.bots.get(message, 0)
        return [*tallies, Tally("👍", others)] if others else tallies
