"""What people do: commands, buttons, and what they say to the bot, answered over the response URL.

Slack was told at once that it has arrived (`client.app`), so what is done here may take its time. Nothing is
remembered between two questions, so every button works after a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.commands import read_mention
from adapters.slack.events.asks import Ask, command_ask, pressed_ask
from adapters.slack.events.modals import is_form
from adapters.slack.events.shortcuts import meant, shortcut_ask

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from adapters.slack.events.answering import Answering
    from adapters.slack.events.firsts import Firsts
    from adapters.slack.events.forms import Forms
    from adapters.slack.events.saying import Saying
    from bot.commands.spec import Command


CHANGE = "help subscribe"
"""What a button stands for that changes a subscription: here a form does that, where it can be opened."""


class Interactions:
    """Answers what people ask; whatever is wrong with a question is logged, and no more."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        *,
        firsts: Firsts,
        answering: Answering,
        saying: Saying,
        forms: Forms,
    ) -> None:
        self._commands = commands
        self._firsts = firsts
        self._answering = answering
        self._saying = saying
        self._forms = forms

    async def command(self, body: Mapping[str, Any]) -> None:
        """Answer a slash command."""
        ask = command_ask(body)
        if ask.words.strip().lower() == "subscribe" and await self._forms.open(ask):
            return
        await self._saying.respond(ask, await self._answering.answer(ask))

    async def pressed(self, body: Mapping[str, Any]) -> None:
        """Answer a button or a menu: for whoever pressed it alone, unless it shows something to all."""
        if is_form(body):
            await self._forms.count(body)
            return
        ask = pressed_ask(body)
        if ask.words == CHANGE and ask.response_url and await self._forms.open(ask):
            return
        if ask.response_url:
            await self._saying.respond(ask, await self._answering.answer(ask))
        elif alone := await self._saying.own_page(ask):
            # It was pressed where no channel is: on somebody's own page.
            await self._saying.say(alone, await self._answering.answer(alone))

    async def submitted(self, body: Mapping[str, Any]) -> None:
        """Submit the paper of a message, as if it had been typed."""
        ask = shortcut_ask(body)
        await self._saying.respond(ask, await self._answering.answer(ask, meant(body, self._commands)))

    async def said(self, body: Mapping[str, Any]) -> None:
        """Answer what was said to the bot, by its name or alone with it: in the thread, once."""
        event = body["event"]
        team, channel, user = str(body["team_id"]), str(event["channel"]), str(event.get("user") or "")
        is_ours = bool(event.get("bot_id") or event.get("subtype"))
        if is_ours or not user or not await self._firsts.is_new(body):
            return
        ask = Ask(team, channel, user, str(event.get("text") or ""), is_direct=channel.startswith("D"))
        answer = await self._answering.answer(ask, read_mention(ask.words, self._commands))
        thread = str(event.get("thread_ts") or event["ts"]) if not ask.is_direct else None
        await self._saying.say(ask, answer, thread)
