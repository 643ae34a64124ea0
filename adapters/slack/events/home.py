"""App Home: one person's own page, with today's papers, and what is posted in their channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.client.web import Answered
from adapters.slack.messenger.people import Person
from adapters.slack.messenger.refs import PLATFORM, identity_of, place_of
from adapters.slack.render import render
from bot.commands.spec import Invocation
from bot.domain.cards import Card, Entry, Heading, Keep, Note, Part
from bot.domain.wishes import wish_words
from bot.log import logger
from bot.ports.delivery import Standing
from bot.views import card_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.slack.client.web import Web
    from adapters.slack.messenger.people import People
    from bot.core import Core
    from bot.ports import Clock
    from bot.ports.delivery import SubscriptionStore

log = logger("slack")

SHOWN_PAPERS = 5
SHOWN_SUBSCRIPTIONS = 10

MOST_PAGES = 5
CHANNELS_OF_A_PAGE = 200

HELP = "/papers help shows all that can be asked. Here, or in any channel that I am in."
HEADING = Heading("In your channels", level=2, keep=Keep.NEEDED)
TO_YOU = "Here, to you alone"
UNTOLD = "I could not ask Slack which channels you are in. Open this page again in a moment."
NOTHING_HERE = "Nothing is posted in your channels yet: type /papers subscribe in one of them."


class Home:
    """Publishes the page whenever somebody opens it."""

    def __init__(self, core: Core, people: People, web: Web, kept: SubscriptionStore, clock: Clock) -> None:
        self._core = core
        self._people = people
        self._web = web
        self._kept = kept
        self._clock = clock

    async def opened(self, body: Mapping[str, Any]) -> None:
        """Publish a person's page."""
        event, team = body["event"], str(body["team_id"])
        if event.get("tab") != "home":
            return
        user, own = str(event["user"]), str(event["channel"])
        parts = [*await self._today(team, user, own), *await self._posted(team, user, own)]
        card = Card((*parts, Note(HELP, Keep.NEEDED)), "Papers")
        view = {"type": "home", "blocks": list(render(card).blocks)}
        answer = await self._web.call(team, "views.publish", user_id=user, view=view)
        if not isinstance(answer, Answered):
            log.warning("page not published", team=team, why=str(answer))

    async def _today(self, team: str, user: str, channel: str) -> Sequence[Part]:
        """Return today's papers, as this person alone sees them."""
        person = await self._people.person(team, user)
        home, zone = (person.home, person.zone) if isinstance(person, Person) else (team, "")
        place, asked = place_of(team, channel), {"count": SHOWN_PAPERS}
        ask = Invocation("today", place, identity_of(home, user), asked, zone)
        reply = await self._core.answer(ask, private=True)
        return card_of(reply.answer, self._clock.now()).parts

    async def _posted(self, team: str, user: str, own: str) -> list[Part]:
        """Return what is posted in the channels that this person is in; of others they learn nothing.

        `own` is the conversation in which they and the bot are alone.
        """
        standings = [
            one
            for one in await self._kept.server_subscriptions(f"{PLATFORM}:{team}")
            if isinstance(one, Standing)
        ]
        names = await self._channels(team, user) if standings else {}
        if names is None:
            return [HEADING, Note(UNTOLD, Keep.NEEDED)]
        names[own] = TO_YOU
        lines: list[Part] = [
            Entry(names[one.subscription.place.channel], "", sentence=words_of(one))
            for one in standings
            if one.subscription.place.channel in names
        ]
        return [HEADING, *(lines[:SHOWN_SUBSCRIPTIONS] or [Note(NOTHING_HERE, Keep.NEEDED)])]

    async def _channels(self, team: str, user: str) -> dict[str, str] | None:
        """Return the names of the channels that somebody is in, as far as the bot may know them.

        None where Slack does not tell them.
        """
        names: dict[str, str] = {}
        cursor = None
        for _ in range(MOST_PAGES):
            answer = await self._web.call(
                team,
                "users.conversations",
                user=user,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=CHANNELS_OF_A_PAGE,
                cursor=cursor,
            )
            if not isinstance(answer, Answered):
                log.warning("channels not read", team=team, why=str(answer))
                return None
            names |= {str(each["id"]): f"#{each.get('name') or ''}" for each in answer.body["channels"]}
            cursor = (answer.body.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return names


def words_of(standing: Standing) -> str:
    """Say what a subscription is."""
    wish = standing.subscription
    paused = " Paused." if wish.paused_at is not None else ""
    return f"{wish_words(wish)}.{paused}"
