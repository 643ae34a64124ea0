"""`papers run`: the service, or the parts of it that were asked for, until it is stopped."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.terminal import output
from bot import wiring
from bot.cli.loops import all_loaded, run_to_end
from bot.cli.operators import nothing_more, one_value, read_words
from bot.cli.serving_slack import (
    check_slack,
    check_slack_settings,
    has_socket,
    slack_loops,
    slack_routes,
)
from bot.commands.text import nearest
from bot.domain.places import LOCAL_PLACE
from bot.domain.text import and_words, counted, cut
from bot.errors import SettingsError, UsageError
from bot.ports.delivery import Broken
from bot.service import ROLES
from bot.store.open import is_postgres, sqlite_path
from bot.store.running import service_lock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.cli.operators import Given, Operator
    from bot.cli.options import Options
    from bot.config import Settings
    from bot.services.supervising import Loop
    from bot.wiring import App

SERVICE_PATIENCE = timedelta(minutes=5)
"""How long the service lets one read of a source take: nobody waits for it."""


def serve(operator: Operator, options: Options) -> int:
    """Run until stopped; that is how it ends well."""
    given = read_words(operator, options.words[1:])
    nothing_more(operator, given.alone)
    roles = roles_of(operator, given)
    shards = one_value(operator, given, "shards")
    settings = wiring.load_settings()
    check_platforms(operator, settings, roles, shards)
    wiring.configure_log(settings, is_debugging=options.is_debugging, is_service=True)
    # The mark comes first: a restore that is under way would leave an open store with a file that is gone.
    with contextlib.suppress(KeyboardInterrupt), the_only_service(settings):
        run_to_end(work(settings, roles, shards), is_loaded=False)
    output.complain("Stopped.")
    return output.DONE


def roles_of(operator: Operator, given: Given) -> Sequence[str]:
    """Return the roles that were asked for, joined by commas or blanks; all where none was."""
    words = given.named.get("role")
    if words is None:
        return ROLES
    roles = [role for word in words for role in word.split(",") if role]
    if not roles:
        raise UsageError("--role needs a value.", operator.usage)
    for role in roles:
        if role not in ROLES:
            guess = nearest(role, ROLES)
            hint = f" Did you mean {guess}?" if guess else f" There are {and_words(ROLES)}."
            raise UsageError(f"“{cut(role, 40)}” is no role.{hint}", operator.usage)
    return [role for role in ROLES if role in roles]


@contextlib.contextmanager
def the_only_service(settings: Settings) -> Iterator[None]:
    """Hold the mark of the running service, where the database is a file."""
    url = wiring.database_url(settings)
    if is_postgres(url):
        yield
        return
    with service_lock(sqlite_path(url)):
        yield


def check_platforms(
    operator: Operator, settings: Settings, roles: Collection[str], shards: str | None
) -> None:
    """Refuse what cannot listen: shards that are none, and a gateway alone without a token.

    Raises:
        UsageError: the shards are no part of a whole, or there is nothing that they would be of.
        SettingsError: a token is missing.
    """
    if shards is not None and not is_part(shards):
        raise UsageError(f"“{cut(shards, 40)}” is no part of a whole: A-B/N, as 0-3/8.", operator.usage)
    if shards is not None and "gateway" not in roles:
        raise UsageError("--shards is for the role gateway.", operator.usage)
    if settings.discord_token is None and shards is not None:
        raise SettingsError("The gateway listens to Discord: set DISCORD_TOKEN.")
    if settings.discord_token is None and not has_socket(settings) and set(roles) == {"gateway"}:
        raise SettingsError(
            "The gateway listens to Discord, or to Slack over Socket Mode: set DISCORD_TOKEN, or"
            " SLACK_BOT_TOKEN and SLACK_APP_TOKEN."
        )
    check_slack_settings(settings)


def is_part(shards: str) -> bool:
    """Tell whether `A-B/N` or `A/N` names shards that there can be."""
    from adapters.discord.client.shards import parse_shards  # noqa: PLC0415 - for who names some alone

    return parse_shards(shards) is not None


async def work(settings: Settings, roles: Collection[str], shards: str | None) -> None:
    """Run the loops of these roles until cancelled.

    Raises:
        SettingsError: a platform does not take its token.
    """
    from bot.metrics import Metrics  # noqa: PLC0415 - for the service alone
    from bot.service import Service  # noqa: PLC0415 - as above

    metrics = Metrics()
    async with wiring.opened(settings, patience=SERVICE_PATIENCE) as app:
        if app.platforms.discord and {"gateway", "sender"} & set(roles):
            await app.platforms.discord.check_token()
        slack = app.platforms.slack
        if slack:
            await check_slack(slack, settings, roles)
        service = Service(
            app,
            settings,
            metrics,
            app.platforms.messengers,
            gateways=loops_of(app, settings, roles, shards),
            routes=slack_routes(slack, app, settings) if slack and "web" in roles else (),
            readers=[each.messenger for each in (app.platforms.discord, slack) if each],
            roles=roles,
            is_alone=not is_postgres(wiring.database_url(settings)),
        )
        await service.open()
        if app.platforms.discord:
            app.platforms.discord.rest.left_over = lambda: service.left_over("discord")
            app.platforms.discord.rest.shared = lambda: service.aside("discord")
        if slack:
            slack.turn = service.turn
        platforms = {"Discord": app.platforms.discord, "Slack": app.platforms.slack}
        connected = [name for name, platform in platforms.items() if platform]
        output.complain(running_words(roles, await subscriptions_here(app), connected))
        all_loaded()
        await service.run()


def loops_of(app: App, settings: Settings, roles: Collection[str], shards: str | None) -> dict[str, Loop]:
    """Return what listens to platforms and looks after them, by the name under which one process does."""
    found = discord_gateway(app, shards) if "gateway" in roles else {}
    slack = app.platforms.slack
    return found | (slack_loops(slack, app, settings, roles) if slack else {})


def discord_gateway(app: App, shards: str | None) -> dict[str, Loop]:
    """Return what listens to Discord, by its name."""
    discord = app.platforms.discord
    if discord is None:
        return {}
    from adapters.discord.client.shards import parse_shards  # noqa: PLC0415 - for Discord alone

    gateway = discord.gateway(app.core, app.desk, parse_shards(shards) if shards else None)
    return {f"discord gateway {shards}" if shards else "discord gateway": gateway.run}


async def subscriptions_here(app: App) -> int:
    """Count the subscriptions of places in the terminal."""
    count = 0
    async for each in app.desk.delivery.all_subscriptions():
        place = each.place if isinstance(each, Broken) else str(each.subscription.place)
        count += place.startswith(f"{LOCAL_PLACE.platform}:")
    return count


def running_words(roles: Collection[str], here: int, connected: Sequence[str] = ()) -> str:
    """Say what runs, what becomes of it, and what to set where nothing would."""
    parts = "" if set(roles) == set(ROLES) else f" {and_words([role for role in ROLES if role in roles])}"
    running = f"Running{parts} until stopped."
    if connected:
        running = f"{running} With {and_words(connected)}."
    if "sender" not in roles:
        return running
    if here:
        return f"{running} {counted(here, 'subscription')} of the terminal: posts go to standard output."
    if connected:
        return running
    return (
        f"{running} No chat platform has a token and nothing is subscribed in the terminal, so nothing is"
        " posted. Set DISCORD_TOKEN or SLACK_BOT_TOKEN, or try: papers subscribe --at 09:00 --tz Europe/Paris"
    )
