"""The one table of commands as Discord has them: `/papers` for everyone, `/papers-admin` for managing.

Discord takes 25 words under one command, and permissions for a command as a whole. What is declared here and
what is typed elsewhere is read by the same rules, so mistakes have the same sentences.
"""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from adapters.discord.client.rest import Answered
from adapters.discord.limits import MAX_COMMAND_DESCRIPTION
from bot.commands.spec import NO, YES, Kind
from bot.commands.text import CHAT_COUNT, STRAIGHT, Pieces, read, unknown_argument
from bot.domain.text import cut
from bot.errors import StoreError
from bot.log import logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.discord.client.rest import Json, Rest
    from bot.commands.spec import Argument, Command
    from bot.commands.text import Mistake, Typed
    from bot.ports import Clock
    from bot.ports.servers import Remembering

log = logger("discord")

EVERYONE, MANAGERS = "papers", "papers-admin"

ABOUT = {
    EVERYONE: "The day's trending machine-learning papers",
    MANAGERS: "What papers-bot posts here, and when",
}

MANAGE_CHANNELS = 1 << 4
"""The permission that managing needs by default (Permissions)."""

SUBCOMMAND, STRING, INTEGER, BOOLEAN = 1, 3, 4, 5
"""Types of options (Application Commands, Application Command Option Type)."""

IN_SERVERS, IN_DMS = 0, 1
"""Where a command is there (Interaction Context Types)."""
ON_SERVERS = 0
"""How the bot is installed: on a server, never for one person (Application Integration Types)."""

TYPES = {
    Kind.COUNT: INTEGER,
    Kind.CHOICE: STRING,
    Kind.SWITCH: BOOLEAN,
    Kind.WORD: STRING,
    Kind.RAW: STRING,
}

SUGGESTED = {"paper", "topic", "tz", "id", "command"}
"""The arguments for which something can be offered while somebody types."""

LONGEST_TEXT = 1_000
"""Characters that an option takes: a topic of that length is none any more."""

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
"""Between two tries to have the commands taken; 200 new ones a day are the most (code 30034)."""


# --- What Discord is told ---------------------------------------------------------------


def command_tree(commands: Mapping[str, Command]) -> list[Json]:
    """Return both commands as Discord takes them."""
    everyone = [command for command in commands.values() if not command.managing]
    managing = [command for command in commands.values() if command.managing]
    return [root(EVERYONE, everyone), {**root(MANAGERS, managing), **for_managers()}]


def root(name: str, commands: Iterable[Command]) -> Json:
    """Return one command with its words."""
    return {
        "name": name,
        "type": 1,
        "description": ABOUT[name],
        "options": [word_of(command) for command in commands],
        "contexts": [IN_SERVERS, IN_DMS],
        "integration_types": [ON_SERVERS],
    }


def for_managers() -> Json:
    """Return what hides a command from members; whoever runs a server may change it there."""
    # The pages say a text of digits; the OpenAPI file has a number, and so does discord.py.
    return {"default_member_permissions": MANAGE_CHANNELS}


def word_of(command: Command) -> Json:
    """Return one word; those of its options that are needed come first, as Discord wants it."""
    arguments = sorted(command.arguments, key=lambda argument: not argument.required)
    return {
        "type": SUBCOMMAND,
        "name": command.word,
        "description": described(command.help),
        "options": [option_of(argument) for argument in arguments],
    }


def option_of(argument: Argument) -> Json:
    """Return one option."""
    option: Json = {
        "type": TYPES[argument.kind],
        "name": argument.name,
        "description": described(argument.help),
        "required": argument.required,
    }
    match argument.kind:
        case Kind.COUNT:
            most = CHAT_COUNT if argument.most is None else argument.most
            option |= {"min_value": argument.least, "max_value": most}
        case Kind.CHOICE:
            option["choices"] = [{"name": choice, "value": choice} for choice in argument.choices]
        case Kind.WORD | Kind.RAW:
            option |= {"max_length": LONGEST_TEXT, "autocomplete": argument.name in SUGGESTED}
        case Kind.SWITCH:
            pass
    return option


def described(text: str) -> str:
    """Return a description as Discord takes it."""
    return cut(text, MAX_COMMAND_DESCRIPTION)


async def keep_commands(
    rest: Rest, application: str, commands: Mapping[str, Command], memory: Remembering
) -> bool:
    """Tell Discord the commands, unless it has them already; False where it did not take them."""
    tree = command_tree(commands)
    digest = sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()
    name = f"discord commands of {application}"
    if await memory.remembered_value(name) == digest:
        return True
    answer = await rest.aside(
        "PUT", "/applications/{application}/commands", body=tree, application=application
    )
    if not isinstance(answer, Answered):
        log.warning("commands not taken", why=str(answer))
        return False
    await memory.remember(name, digest)
    log.info("commands sent", commands=len(tree))
    return True


class CommandKeeper:
    """Sees to it that Discord has the commands, if that takes some tries."""

    def __init__(
        self, rest: Rest, commands: Mapping[str, Command], memory: Remembering, clock: Clock
    ) -> None:
        self._rest = rest
        self._commands = commands
        self._memory = memory
        self._clock = clock

    async def keep(self, application: str) -> None:
        """Return when Discord has them."""
        wait = FIRST_WAIT
        while not await self._is_kept(application):
            await self._clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _is_kept(self, application: str) -> bool:
        try:
            return await keep_commands(self._rest, application, self._commands, self._memory)
        except StoreError as fault:
            log.warning("commands not compared", why=str(fault))
            return False


# --- What somebody gave -------------------------------------------------------------------


def read_options(command: Command, options: Sequence[Json]) -> Typed | Mistake:
    """Read the options of a word as if they had been typed. Discord may still show an older table."""
    names = {argument.name for argument in command.arguments}
    given = {str(option["name"]): text_of(option.get("value")) for option in options}
    if unknown := next((name for name in given if name not in names), ""):
        return unknown_argument(command, unknown)
    return read(command, Pieces({}, given), CHAT_COUNT)


def text_of(value: object) -> str:
    """Return an option's value as somebody would type it."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value).translate(STRAIGHT)
