"""Answers as messages: what is shown to whom, and what can be pressed below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Attached
from adapters.discord.commands.suggesting import common_zones
from adapters.discord.limits import MAX_CUSTOM_ID, MAX_ROWS
from adapters.discord.render import render_all
from adapters.discord.render.acts import Do, custom_id
from adapters.discord.render.buttons import button, button_rows, select_row
from adapters.discord.render.naming import help_as_typed_here
from adapters.discord.render.payload import Option, Payload
from bot.commands.pressing import HERE, longer, may_be_shown_to_all, pressed_words, settled, typed_words
from bot.commands.text import parse_text
from bot.domain.answers import Citation, DataFile, Done, HelpPage, Refusal
from bot.views import card_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.discord.client.rest import Json
    from bot.commands.spec import Command
    from bot.commands.text import Typed
    from bot.core import Reply
    from bot.domain.answers import PaperPage

ZONE = "zone"
"""The words of the select that asks for a zone; the message says what it is for."""

FOR_THE_ASKER = 1 << 6
"""The flag EPHEMERAL (Receiving and Responding)."""

MOST_COPIED = 2
"""Messages that a text to be copied may take; a file takes more."""

SUFFIXES = {"bibtex": "bib", "ris": "ris"}

NOT_HERE = Refusal("You need the permission Manage Channels here for that. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer in one message, or more where a text to be copied is long."""

    payloads: tuple[Payload, ...]
    is_private: bool
    file: Attached | None = None
    """What comes with the first message."""
    ballot: PaperPage | None = None
    """The page on whose message, the only one, all may vote once it stands."""

    def bodies(self) -> list[Json]:
        """Return the messages as JSON."""
        bodies = [body_of(payload, is_private=self.is_private) for payload in self.payloads]
        if self.file is not None:
            bodies[0] = {**bodies[0], "attachments": [{"id": 0, "filename": self.file.name}]}
        return bodies


def body_of(payload: Payload, *, is_private: bool) -> Json:
    """Return a message as JSON."""
    flags = FOR_THE_ASKER if is_private else 0
    return {**payload.body(), "flags": payload.flags | flags}


def refused(refusal: Refusal, now: datetime) -> Shown:
    """Tell the asker alone why something was not done."""
    return Shown(render_all(card_of(refusal, now)), is_private=True)


def shown(reply: Reply, typed: Typed | None, now: datetime) -> Shown:
    """Show a reply; below a list that could be longer there is a button for more of it."""
    if isinstance(reply.answer, DataFile):
        return with_file(reply.answer, now)
    if isinstance(reply.answer, HelpPage):
        reply = replace(reply, answer=help_as_typed_here(reply.answer))
    typed = settled(reply.answer, typed) if typed else None
    further = longer(reply.answer, typed) if typed else None
    more = button_words(further) if further else ""
    payloads = render_all(card_of(reply.answer, now), more=more)
    if isinstance(reply.answer, Citation) and len(payloads) > MOST_COPIED:
        return with_file(citation_file(reply.answer), now)
    if typed and may_be_shown_to_all(reply.answer, typed, is_private=reply.private):
        payloads = (*payloads[:-1], with_here(payloads[-1], typed))
    return Shown(payloads, reply.private, ballot=reply.ballot)


def citation_file(citation: Citation) -> DataFile:
    """Return a citation as a file: in a dozen messages it is nothing to copy, and floods the channel."""
    paper = citation.paper.paper.id
    name = f"{paper.replace('/', '-')}.{SUFFIXES.get(citation.style, 'txt')}"
    sentence = f"The citation of {paper} is too long for a message, so here it is as a file, for you alone."
    return DataFile(sentence, name, citation.text)


def with_file(answer: DataFile, now: datetime) -> Shown:
    """Give the asker alone a file, and say what it is."""
    payloads = render_all(card_of(Done(answer.sentence), now))
    return Shown(payloads, is_private=True, file=Attached(answer.name, answer.text.encode()))


def button_words(typed: Typed, before: str = "") -> str:
    """Return a command as the words of a button; empty where none has room for it, or it would be misread."""
    words = pressed_words(typed, before)
    has_room = len(custom_id(Do(words))) <= MAX_CUSTOM_ID
    return words if has_room else ""


def with_here(payload: Payload, typed: Typed) -> Payload:
    """Return a list that the asker alone sees with the button that shows it to everyone."""
    words = button_words(typed, f"{HERE} ")
    if not words:
        return payload
    rows = (*payload.components[: MAX_ROWS - 1], *button_rows([button("Show here", Do(words))]))
    return replace(payload, components=rows)


# --- Which zone -----------------------------------------------------------------------


QUESTION = "In which time zone? Nothing is saved until you choose."
OTHERS = "Yours is not there? Type the command again with tz and a city, such as tz: Europe/Lisbon."
ASKED_WITH = re.compile(r"```\n(.+?)\n```", re.DOTALL)


def zone_question(
    typed: Typed, commands: Mapping[str, Command], language: str, now: datetime
) -> Shown | None:
    """Ask for a zone before something is saved; None where the question could not hold what was typed.

    The message keeps the command, so the choice is understood after any restart.
    """
    words = typed_words(typed)
    content = f"{QUESTION}\n```\n{words}\n```\n{OTHERS}"
    if "`" in words or parse_text(words, commands) != typed:
        return None
    options: list[Option] = [
        {"label": zone["name"], "value": zone["value"]} for zone in common_zones(language, now)
    ]
    payload = Payload(content=content, components=(select_row("Your time zone", Do(ZONE), options),))
    return Shown((payload,), is_private=True)


def answered_zone(content: str, zone: str) -> str:
    """Return the words of the command that a question was about, with the zone that was chosen."""
    found = ASKED_WITH.search(content)
    word, _, rest = found[1].partition(" ") if found else ("", "", "")
    return f"{word} tz={zone} {rest}".strip()
