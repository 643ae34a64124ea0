"""`papers plan`: every firing of a span, in UTC and in local time, without doing anything."""

from __future__ import annotations

import heapq
import json
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from adapters.terminal import output
from bot import wiring
from bot.cli.loops import run_to_end
from bot.cli.operators import nothing_more, one_value, read_words
from bot.domain.schedule import firings, zone_of
from bot.domain.text import cut
from bot.errors import UsageError
from bot.ports.delivery import Broken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from bot.cli.operators import Given, Operator
    from bot.cli.options import Options
    from bot.domain.schedule import Firing
    from bot.domain.subscriptions import Standing, Subscription

YEARS = range(1970, 2200)
"""What can be planned: before it clocks were set by other rules, and nobody plans further."""

AT_ONCE = 500
"""Firings that are written in one go."""

Zones = dict[str, str]
"""The zone of each subscription, by id."""


def plan(operator: Operator, options: Options) -> int:
    """Print the firings, ordered by instant and then by subscription."""
    given = read_words(operator, options.words[1:])
    nothing_more(operator, given.alone)
    start, end = moment_of(operator, given, "from"), moment_of(operator, given, "to")
    if end < start:
        raise UsageError("--to is before --from.", operator.usage)
    settings = wiring.load_settings()
    wiring.configure_log(settings, is_debugging=options.is_debugging)

    async def work() -> int:
        async with wiring.opened(settings) as app:
            wishes = [wish async for wish in readable(app.desk.delivery.all_subscriptions(), output.complain)]
        show = show_json if options.as_json else show_lines
        show(merged(wishes, start, end), {wish.id: wish.tz for wish in wishes})
        return output.DONE

    return run_to_end(work())


def moment_of(operator: Operator, given: Given, name: str) -> datetime:
    """Return the instant that an option names; a date is its first moment, and no offset is UTC."""
    text = one_value(operator, given, name)
    if text is None:
        raise UsageError(f"plan needs --{name}.", operator.usage)
    found, shown = instant(text), cut(text, 40)
    if found is None:
        wanted = "an instant such as 2027-01-01T00:00Z, or a date"
        raise UsageError(f"--{name} is {wanted}, not “{shown}”.", operator.usage)
    if found.year not in YEARS:
        years = f"{YEARS[0]} to {YEARS[-1]}"
        raise UsageError(f"--{name} is in the years {years}, not “{shown}”.", operator.usage)
    return found


def instant(text: str) -> datetime | None:
    """Read an ISO instant or date; None if it is neither."""
    try:
        if len(text) == len("2027-01-01"):
            return datetime.combine(date.fromisoformat(text), time(0), UTC)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the offset may lead out of the years 1 to 9999
        return None


async def readable(
    standings: AsyncIterator[Standing | Broken], complain: Callable[[str], None]
) -> AsyncIterator[Subscription]:
    """Yield the subscriptions that can be read; the others are named."""
    async for standing in standings:
        if isinstance(standing, Broken):
            why = standing.why.rstrip(".")
            complain(f"The subscription {standing.id} of {standing.place} is left out: {why}.")
            continue
        wish = standing.subscription
        if wish.paused_at is not None and wish.paused_until is None:
            complain(f"The subscription {wish.id} of {wish.place} is paused until somebody resumes it.")
        yield wish


def merged(wishes: Iterable[Subscription], start: datetime, end: datetime) -> Iterator[Firing]:
    """Yield the firings of all subscriptions together, one after the other as they are worked out."""
    each = (firings(wish, start, end) for wish in wishes)
    return heapq.merge(*each, key=lambda firing: (firing.at, firing.subscription, firing.key))


def show_lines(planned: Iterator[Firing], zones: Zones) -> None:
    """Write firings for people, a line each."""
    is_empty = True
    while some := list(islice(planned, AT_ONCE)):
        is_empty = False
        output.write("".join(f"{line_of(firing, zones[firing.subscription])}\n" for firing in some))
    if is_empty:
        output.write("Nothing is due in that time.\n")


def line_of(firing: Firing, tz: str) -> str:
    """Return a firing as `2027-03-28 01:00 UTC · 2027-03-28 03:00 Europe/Paris · terminal:local/main · …`."""
    local = firing.at.astimezone(zone_of(tz))
    when = f"{firing.at:%Y-%m-%d %H:%M} UTC · {local:%Y-%m-%d %H:%M} {tz}"
    return f"{when} · {firing.place} · {firing.subscription}"


def show_json(planned: Iterator[Firing], zones: Zones) -> None:
    """Write firings for programs, as they come: there may be millions."""
    output.write('{\n  "firings": [')
    before = "\n    "
    while some := list(islice(planned, AT_ONCE)):
        forms = (json.dumps(form_of(firing, zones[firing.subscription])) for firing in some)
        output.write(before + ",\n    ".join(forms))
        before = ",\n    "
    output.write("]\n}\n" if before == "\n    " else "\n  ]\n}\n")


def form_of(firing: Firing, tz: str) -> dict[str, str]:
    """Return a firing in its JSON form."""
    return {
        "place": str(firing.place),
        "subscription": firing.subscription,
        "utc": firing.at.isoformat().replace("+00:00", "Z"),
        "local": firing.at.astimezone(zone_of(tz)).isoformat(),
    }
