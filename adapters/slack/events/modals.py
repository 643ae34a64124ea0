"""The form that `subscribe` alone opens: when, in which zone, on which days, how many, about what.

What is filled in is read by the same rules as what is typed. The form keeps where it was asked for, so it is
understood after any restart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.slack.events.asks import Ask, team_of
from adapters.slack.limits import MAX_OPTION, MAX_OPTIONS
from adapters.slack.markup import clipped, escaped, shown
from adapters.slack.render.payload import context, plain_text
from bot.commands.text import CHAT_COUNT, Pieces, read
from bot.domain.plain import one_line, size
from bot.domain.schedule import zone_of
from bot.domain.text import counted
from bot.domain.wishes import days_words
from bot.domain.zones import folded, is_zone, zone_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.commands.spec import Command
    from bot.commands.text import Mistake, Typed
    from bot.domain.subscriptions import Subscription

    Json = dict[str, Any]

CALLBACK = "p1.subscribe"
"""What names the form; `p1` is the version of its fields."""

TOPIC = "topic"
FOUND = "found"
"""The block that says what a topic would have matched."""

ASK_FOR_IT = "Press Enter in the topic to see what it would choose now."

LONGEST_TOPIC = 300
FOUND_ROOM = 500

DAYS = {
    "weekdays": "Weekdays",
    "daily": "Every day",
    "weekends": "Weekends",
    "mon": "Mondays",
    "tue": "Tuesdays",
    "wed": "Wednesdays",
    "thu": "Thursdays",
    "fri": "Fridays",
    "sat": "Saturdays",
    "sun": "Sundays",
}
COUNTS = {str(count): f"{count} papers" for count in (3, 5, 10, 15, 25)}

ALL_TOPICS = "all"
"""What is meant by a topic that was emptied."""

FALLBACK_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Presets:
    """What stands in the form before anything is filled in."""

    tz: str
    at: str = "09:00"
    days: str = "weekdays"
    count: int = 5
    topic: str = ""


def usual_presets(zone: str) -> Presets:
    """Return what stands there where nothing is posted yet, in the asker's own zone."""
    return Presets(zone if is_zone(zone) else FALLBACK_ZONE)


def presets_of(wish: Subscription) -> Presets | None:
    """Return a subscription as the form shows it; None where it has no room for all of it."""
    if len(wish.at) != 1 or size(wish.topic) > LONGEST_TOPIC:
        return None
    days = days_words(wish.days)
    days = days if days in DAYS else ",".join(wish.days)
    return Presets(wish.tz, f"{wish.at[0]:%H:%M}", days, wish.count, wish.topic)


# --- The form ------------------------------------------------------------------------------


def subscribe_view(ask: Ask, presets: Presets, now: datetime) -> Json:
    """Return the form."""
    days, count = presets.days, str(presets.count)
    all_days = DAYS if days in DAYS else {**DAYS, days: days_words(tuple(days.split(",")))}
    counts = COUNTS if count in COUNTS else {**COUNTS, count: counted(presets.count, "paper")}
    kept = {"team": ask.team, "channel": ask.channel, "response_url": ask.response_url}
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(kept),
        "title": plain_text("Papers in this channel"),
        "submit": plain_text("Subscribe"),
        "close": plain_text("Cancel"),
        "blocks": [
            field("at", "Time", {"type": "timepicker", "initial_time": presets.at}),
            field("tz", "Time zone", zone_field(presets.tz, now)),
            field("days", "Days", select_field(all_days, days)),
            field("count", "How many", select_field(counts, count)),
            topic_field(presets.topic),
            {**context(escaped(ASK_FOR_IT)), "block_id": FOUND},
        ],
    }


def with_found(view: Mapping[str, Any], found: str) -> Json:
    """Return the form with what its topic would have chosen; what is filled in stays."""
    told = {**context(escaped(clipped(one_line(found), FOUND_ROOM)) or ASK_FOR_IT), "block_id": FOUND}
    blocks = [told if block.get("block_id") == FOUND else block for block in view.get("blocks") or ()]
    kept = ("type", "callback_id", "private_metadata", "title", "submit", "close")
    return {**{name: view[name] for name in kept if name in view}, "blocks": blocks}


def field(name: str, label: str, element: Json) -> Json:
    """Return one field."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {**element, "action_id": name},
    }


def select_field(choices: Mapping[str, str], usual: str) -> Json:
    """Return a field with few choices."""
    options = [choice(label, value) for value, label in choices.items()]
    return {"type": "static_select", "options": options, "initial_option": choice(choices[usual], usual)}


def zone_field(zone: str, now: datetime) -> Json:
    """Return the field of the zone, which offers what fits while somebody types."""
    return {"type": "external_select", "min_query_length": 1, "initial_option": zone_choice(zone, now)}


def topic_field(topic: str) -> Json:
    """Return the field of the topic, which may be left empty."""
    element: Json = {
        "type": "plain_text_input",
        "max_length": LONGEST_TOPIC,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        **({"initial_value": topic} if topic else {}),
    }
    return {**field(TOPIC, "Topic", element), "optional": True, "dispatch_action": True}


def choice(label: str, value: str) -> Json:
    """Return one choice."""
    return {"text": plain_text(shown(label, MAX_OPTION)), "value": value}


def zone_choice(name: str, now: datetime) -> Json:
    """Return a zone with the time of day there: whoever chooses sees whether it is their own."""
    return choice(f"{name} · now {now.astimezone(zone_of(name)):%H:%M}", name)


def zone_options(body: Mapping[str, Any], now: datetime) -> list[Json]:
    """Return the zones whose city or name has what is typed, those whose city begins so first."""
    wanted = folded(str(body.get("value") or ""))
    if not wanted:
        return []
    found = sorted(ranked_zones(wanted))
    return [zone_choice(name, now) for _, name in found[:MAX_OPTIONS]]


def ranked_zones(wanted: str) -> Iterator[tuple[bool, str]]:
    """Yield the zones that fit, each with whether its city begins otherwise."""
    for known, name in zone_names().items():
        if wanted in known:
            yield not known.rpartition("/")[2].startswith(wanted), name


# --- What was filled in -------------------------------------------------------------------------


def is_form(body: Mapping[str, Any]) -> bool:
    """Tell whether something was done in the form."""
    return (body.get("view") or {}).get("callback_id") == CALLBACK


def ask_in(body: Mapping[str, Any]) -> Ask:
    """Return who filled the form in, and where it was asked for.

    Raises:
        KeyError: it lacks what each form has.
        ValueError: it is of another time.
    """
    kept = json.loads(body["view"]["private_metadata"])
    return Ask(
        str(kept["team"]),
        str(kept["channel"]),
        str(body["user"]["id"]),
        "subscribe",
        str(kept["response_url"]),
        is_direct=str(kept["channel"]).startswith("D"),
    )


def is_of_its_team(body: Mapping[str, Any], ask: Ask) -> bool:
    """Tell whether a form comes back from the workspace that it was opened in."""
    return team_of(body) == ask.team


def given_in(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what is filled in, by the names of arguments."""
    values = (view.get("state") or {}).get("values") or {}
    found = {name: text_of((fields or {}).get(name) or {}) for name, fields in values.items()}
    emptied = {TOPIC: ALL_TOPICS} if had_topic(view) and not found.get(TOPIC) else {}
    return {name: text for name, text in found.items() if text} | emptied


def had_topic(view: Mapping[str, Any]) -> bool:
    """Tell whether a topic stood in the form before anything was filled in."""
    blocks = view.get("blocks") or ()
    return any((block.get("element") or {}).get("initial_value") for block in blocks)


def text_of(value: Mapping[str, Any]) -> str:
    """Return what one field holds, as somebody would type it."""
    chosen = (value.get("selected_option") or {}).get("value")
    return str(chosen or value.get("selected_time") or value.get("value") or "").strip()


def read_form(command: Command, view: Mapping[str, Any]) -> Typed | Mistake:
    """Read what is filled in as if it had been typed."""
    names = {argument.name for argument in command.arguments}
    given = {name: text for name, text in given_in(view).items() if name in names}
    return read(command, Pieces({}, given), CHAT_COUNT)
