"""The terminal as a place to post to: cards are printed, one after the other.

A terminal cannot be asked what it showed, nor can it change or take back anything. So a message whose outcome
was not known is shown again and says so, and what would change a message that stands there is left alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from adapters.terminal.render import print_card
from bot.domain.cards import Card, Heading, Note, Prose
from bot.domain.deliveries import Absent, DeliveryKind, Failed, MessageRef, Rates, Sent
from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE
from bot.ports.delivery import PlaceReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from bot.domain.deliveries import Delivery, FindResult, SendResult
    from bot.domain.places import Identity, Place
    from bot.ports.delivery import Reaction

AGAIN = "Shown again: "
"""What a message begins with that may have been shown before."""


class ServiceConsole(Console):
    """A console that does not end the program when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Let whoever prints deal with it."""
        raise BrokenPipeError


class TerminalMessenger:
    """Satisfies `bot.ports.delivery.Messenger` on one stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._console = ServiceConsole(file=stream, highlight=False)

    @property
    def platform(self) -> str:
        """The platform's word in places."""
        return LOCAL_PLACE.platform

    @property
    def rates(self) -> Rates:
        """A terminal takes all that comes, and at once."""
        return Rates(longest_call=timedelta(seconds=1))

    async def send(self, delivery: Delivery, card: Card) -> SendResult:
        """Print a card, and an empty row after it; an edit changes nothing that stands there."""
        if delivery.kind is DeliveryKind.EDIT:
            return Sent(delivery.parent_message)
        try:
            with self._console.capture() as captured:
                shown = again(card) if delivery.is_unknown else card
                print_card(placed(shown, delivery.place), self._console, whose(delivery.place))
            self._stream.write(captured.get() + "\n")
            self._stream.flush()
        except (OSError, ValueError) as fault:  # ValueError: the stream was closed
            return Failed(f"The terminal takes no text: {type(fault).__name__}.", outcome_known=False)
        return Sent(MessageRef(delivery.key))

    async def publish(self, delivery: Delivery) -> SendResult:
        """Do nothing: nobody follows a terminal."""
        return Sent(delivery.parent_message)

    async def react(self, delivery: Delivery) -> SendResult:
        """Do nothing: nobody reacts in a terminal."""
        return Sent(delivery.parent_message)

    async def reactions(self, _place: Place, _message: MessageRef) -> Sequence[Reaction] | FindResult:
        """Return none."""
        return ()

    async def find(self, _delivery: Delivery) -> FindResult:
        """Find nothing, as a terminal does not tell what it showed."""
        return Absent()

    async def describe(self, _place: Place) -> PlaceReport:
        """Tell that the bot may post."""
        return PlaceReport(can=("post",))

    async def direct(self, identity: Identity) -> Place | None:
        """Return the terminal, for whoever sits at it."""
        return LOCAL_PLACE if identity == LOCAL_PERSON else None


def again(card: Card) -> Card:
    """Mark a card as shown again, in its first words and in its gist."""
    first, *others = card.parts
    if isinstance(first, Heading | Prose | Note):
        return Card((replace(first, text=AGAIN + first.text), *others), AGAIN + card.gist)
    return Card((Note(AGAIN.rstrip()), *card.parts), AGAIN + card.gist)


def placed(card: Card, place: Place) -> Card:
    """Say which place a card is for, where it is not the terminal's own."""
    if place == LOCAL_PLACE:
        return card
    return Card((Note(f"In {place.channel}:"), *card.parts), card.gist)


def whose(place: Place) -> str:
    """Return what commands for a place end in; nothing for the terminal's own."""
    return "" if place == LOCAL_PLACE else f" --place {place}"
