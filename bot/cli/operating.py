"""What the operator's commands do around the database and the service, and what they say of it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.terminal import output
from bot import wiring
from bot.cli.loops import run_to_end
from bot.cli.operators import nothing_more, read_words, the_file
from bot.cli.reports import Report
from bot.domain.text import counted, cut
from bot.errors import PapersError
from bot.store import backup as backups
from bot.store.open import index_path, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from typing import TextIO

    from bot.cli.operators import Operator
    from bot.cli.options import Options
    from bot.config import Settings
    from bot.services.transfer import Imported
    from bot.store.steps import Migrated

STANDARD = "-"
"""The FILE that means standard input or output."""

FAULTS_SHOWN = 3


def settings_for(options: Options) -> Settings:
    """Read the settings, and log as they say."""
    settings = wiring.load_settings()
    wiring.configure_log(settings, is_debugging=options.is_debugging)
    return settings


# --- The database ---------------------------------------------------------------


def migrate_database(operator: Operator, options: Options) -> int:
    """Bring the schema up to date."""
    no_arguments(operator, options)
    done = run_to_end(migrate(wiring.database_url(settings_for(options))))
    report = Report(options.as_json)
    for sentence in migrated_words(done):
        report.say(sentence)
    return report.end()


def migrated_words(done: Migrated) -> Iterator[str]:
    """Yield what migrating did."""
    if done.before == done.now:
        yield f"The schema was up to date already (version {done.now})."
        return
    yield f"The schema is up to date (version {done.now}; it was {done.before or 'not there'})."
    if done.copy is not None:
        yield f"What was there before is in {done.copy}."


def back_up(operator: Operator, options: Options) -> int:
    """Make a copy."""
    target = Path(the_file(operator, options))
    run_to_end(backups.backup(wiring.database_url(settings_for(options)), target))
    report = Report(options.as_json)
    report.say(f"Everything is in {target}.")
    return report.end()


def restore(operator: Operator, options: Options) -> int:
    """Put a copy back."""
    source = Path(the_file(operator, options))
    url = wiring.database_url(settings_for(options))
    done = run_to_end(backups.restore(url, source))
    # It is of what was there before, and is made again with the next search.
    index_path(url).unlink(missing_ok=True)
    report = Report(options.as_json)
    report.say(f"The database is as {source} has it.")
    if done.kept is not None:
        report.say(f"What was there before is in {done.kept}.")
    return report.end()


def no_arguments(operator: Operator, options: Options) -> None:
    """Refuse any word behind a command that takes none."""
    nothing_more(operator, read_words(operator, options.words[1:]).alone)


# --- Export and import ----------------------------------------------------------


def export(operator: Operator, options: Options) -> int:
    """Write what people made, as lines."""
    from bot.services.transfer import export_lines  # noqa: PLC0415 - for this command alone

    target = the_file(operator, options)
    settings = settings_for(options)

    async def work() -> int:
        async with wiring.opened(settings) as app:
            lines = export_lines(app.desk.store, app.desk.delivery)
            if target == STANDARD:
                return await write_lines(lines, output.write)
            with opened_target(Path(target)) as file:
                return await write_lines(lines, file.write)

    count = run_to_end(work())
    if target == STANDARD:
        return output.DONE
    report = Report(options.as_json)
    report.say(f"{counted(count, 'record')} {'is' if count == 1 else 'are'} in {target}.")
    return report.end()


async def write_lines(lines: AsyncIterator[str], write: Callable[[str], object]) -> int:
    """Write the lines, and return how many there were."""
    count = 0
    async for line in lines:
        write(line + "\n")
        count += 1
    return count


@contextlib.contextmanager
def opened_target(target: Path) -> Iterator[TextIO]:
    """Open a file that gets its name once it is whole; a pipe or a device is written to as it stands."""
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as stream:
            yield stream
        return
    whole = target.resolve()
    part = whole.with_name(f"{whole.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def import_records(operator: Operator, options: Options) -> int:
    """Take in what was exported."""
    from bot.services.transfer import import_lines  # noqa: PLC0415 - for this command alone

    source = the_file(operator, options)
    settings = settings_for(options)
    lines = lines_in(source)

    async def work() -> Imported:
        async with wiring.opened(settings) as app:
            return await import_lines(app.desk.store, lines, app.desk.clock.now())

    done = run_to_end(work())
    report = Report(options.as_json)
    if done.faults:
        shown = "; ".join(cut(str(fault), 200) for fault in done.faults[:FAULTS_SHOWN])
        more = len(done.faults) - FAULTS_SHOWN
        return report.end(f"Nothing was imported: {shown}" + (f"; and {more:,} more." if more > 0 else "."))
    report.say(imported_words(done))
    return report.end()


def lines_in(source: str) -> list[str]:
    """Read a file of lines, or standard input; before the loop runs, so that a signal ends the waiting."""
    try:
        if source == STANDARD:
            return sys.stdin.buffer.read().decode().split("\n")
        return Path(source).read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        name = "Standard input" if source == STANDARD else source
        raise PapersError(f"{name} is no text in UTF-8, so nothing was imported.") from None


def imported_words(done: Imported) -> str:
    """Say what an import kept."""
    there = sum(done.already_there.values())
    already = f" {there:,} {'was' if there == 1 else 'were'} there already." if there else ""
    return f"Imported {kinds_words(done.new) or 'nothing'}.{already}"


def kinds_words(counts: Mapping[str, int]) -> str:
    """Return `3 votes, 1 subscription`."""
    plurals = {"had": "papers had", "community": "servers of communities", "forgotten": "forgotten people"}
    return ", ".join(counted(count, kind, plurals.get(kind, "")) for kind, count in counts.items() if count)


# --- The demo -------------------------------------------------------------------


def demo(operator: Operator, options: Options) -> int:
    """Tell the story."""
    no_arguments(operator, options)
    run_to_end(play())
    return output.DONE


async def play() -> None:
    """Tell the story, and then answer whoever sits there."""
    from adapters.terminal.demo import talk, tell, typed_line  # noqa: PLC0415 - for the demo alone

    console = output.console_for_people()
    async with wiring.staged() as stage:
        await tell(stage, console)
        if sys.stdin.isatty() and console.is_terminal:
            await talk(stage, console, lambda: typed_line("papers> "))


# --- What other modules do, each loaded for its own command alone -----------------------------


def ingest(operator: Operator, options: Options) -> int:
    """Fill the store."""
    from bot.cli.ingesting import ingest as fill  # noqa: PLC0415 - loads the reading of files

    return fill(operator, options)


def run(operator: Operator, options: Options) -> int:
    """Be the service."""
    from bot.cli.serving import serve  # noqa: PLC0415 - loads all that a service does

    return serve(operator, options)


def plan(operator: Operator, options: Options) -> int:
    """List firings."""
    from bot.cli.planning import plan as list_firings  # noqa: PLC0415 - loads all of scheduling

    return list_firings(operator, options)


def doctor(operator: Operator, options: Options) -> int:
    """Check everything."""
    from bot.cli.doctoring import doctor as check  # noqa: PLC0415 - loads what it checks

    return check(operator, options)


def slack_manifest(operator: Operator, options: Options) -> int:
    """Print the manifest."""
    from bot.cli.slack_app import slack_manifest as show  # noqa: PLC0415 - loads Slack's side of the table

    return show(operator, options)


WORK: dict[str, Callable[[Operator, Options], int]] = {
    "demo": demo,
    "ingest": ingest,
    "run": run,
    "plan": plan,
    "doctor": doctor,
    "slack-manifest": slack_manifest,
    "migrate": migrate_database,
    "backup": back_up,
    "restore": restore,
    "export": export,
    "import": import_records,
}
