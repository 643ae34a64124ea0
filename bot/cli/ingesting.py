"""`papers ingest`: fills the store from the network or from files, and says what came."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.terminal.progress import shown_progress
from bot import wiring
from bot.cli.loops import run_to_end
from bot.cli.operators import one_value, read_words
from bot.cli.reports import Report
from bot.domain.periods import ARCHIVE_START, feed_day, is_list_day, parse_day
from bot.domain.text import counted, cut, full_day
from bot.errors import PapersError, UsageError
from bot.ports import SourceFault
from bot.services.fetching import CURRENT_LISTS, list_days
from bot.sources.files import saved_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from bot.cli.operators import Given, Operator
    from bot.cli.options import Options
    from bot.domain.papers import Skipped
    from bot.services.ingest import Taken, TakenFile
    from bot.wiring import App

WAYS = ("date", "since", "from", "search")
"""The ways to say what is wanted, of which one may be given."""

SEARCHED = 50
"""Papers that a search at the source brings at most."""

PATIENCE = timedelta(seconds=60)
"""How long one read may take with all its waiting: somebody looks on, and can repeat it."""

WHYS_SHOWN = 3
SENTENCE_CHARS = 200


@dataclass(slots=True)
class Tally:
    """What came so far, of all lists and files together."""

    lists: int = 0
    papers: int = 0
    changed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """How many items were skipped, by why."""

    def add(self, *, lists: int, papers: int, changed: int, skipped: Iterable[Skipped]) -> None:
        """Count what one list or file brought."""
        self.lists += lists
        self.papers += papers
        self.changed += changed
        self.skipped.update(item.why for item in skipped)

    def words(self) -> Iterator[str]:
        """Yield the lines that sum it up."""
        yield f"In all: {counted(self.lists, 'list')}, {papers_words(self.papers, self.changed)}."
        if self.skipped:
            whys = "; ".join(f"{why} ({count:,})" for why, count in self.skipped.most_common(WHYS_SHOWN))
            yield f"Skipped {counted(self.skipped.total(), 'item')}: {cut(whys, SENTENCE_CHARS)}."


def papers_words(papers: int, changed: int) -> str:
    """Return how many papers there were, and whether anything about them was new."""
    return counted(papers, "paper") + (", nothing new" if papers and not changed else "")


def ingest(operator: Operator, options: Options) -> int:
    """Take in what was asked for, and return the exit status: 1 where some of it could not be had."""
    given = read_words(operator, options.words[1:])
    hint = " Files and folders come after --from." if given.alone else ""
    if given.alone:
        raise UsageError(f"I did not expect “{cut(given.alone[0], 60)}”.{hint}", operator.usage)
    if len(given.named) > 1:
        raise UsageError(f"Give one of {', '.join('--' + way for way in WAYS)}.", operator.usage)
    settings = wiring.load_settings()
    wiring.configure_log(settings, is_debugging=options.is_debugging)
    report = Report(options.as_json)

    async def work() -> str:
        async with wiring.opened(settings, patience=PATIENCE) as app:
            return await take(operator, given, app, report)

    return report.end(run_to_end(work()))


async def take(operator: Operator, given: Given, app: App, report: Report) -> str:
    """Take in what was asked for; return what failed, empty where nothing did."""
    if "from" in given.named:
        return await take_files(operator, given.named["from"], app, report)
    if "search" in given.named:
        return await take_search(operator, " ".join(given.named["search"]), app, report)
    return await take_days(await wanted_days(operator, given, app), app, report)


# --- Days -----------------------------------------------------------------------


async def wanted_days(operator: Operator, given: Given, app: App) -> Sequence[date]:
    """Return the days whose lists are wanted, oldest first.

    Raises:
        PapersError: A day is none, is still ahead, or was before the first list.
    """
    today = feed_day(app.desk.clock.now())
    if day := one_value(operator, given, "date"):
        return [checked_day(day, today, operator)]
    if since := one_value(operator, given, "since"):
        first = checked_day(since, today, operator)
        days = (first + timedelta(days=later) for later in range((today - first).days + 1))
        return [day for day in days if is_list_day(day)]
    is_fresh = await app.desk.store.last_feed(today) is None
    return sorted(list_days(today, CURRENT_LISTS if is_fresh else 1))


def checked_day(text: str, today: date, operator: Operator) -> date:
    """Read a day that may have a list."""
    day = parse_day(text, today)
    if day is None:
        raise UsageError(f"“{cut(text, 60)}” is no date. Dates are written like {today}.", operator.usage)
    if day > today:
        raise PapersError(f"{full_day(day)} is still ahead; today's list is of {full_day(today)}.")
    if day < ARCHIVE_START:
        raise PapersError(f"There was no list on {full_day(day)}: the first is of {full_day(ARCHIVE_START)}.")
    return day


async def take_days(days: Sequence[date], app: App, report: Report) -> str:
    """Fetch lists one after the other. A source that does not answer at all is asked no more."""
    tally, faults = Tally(), []
    with shown_progress("Fetching", app.desk.clock.monotonic) as progress:
        for done, day in enumerate(days):
            progress(done, len(days), str(day))
            taken = await app.desk.ingesting.fetch_day(day)
            if isinstance(taken, SourceFault):
                faults.append(f"{day}: {taken}")
                if not taken.answered:
                    break
                continue
            report.say(f"{day}: {papers_words(taken.papers, taken.changed)}")
            count_list(tally, taken)
    if tally.lists and (len(days) > 1 or tally.skipped):
        say_all(report, tally)
    return days_failed(faults, some_came=tally.lists > 0)


def count_list(tally: Tally, taken: Taken) -> None:
    """Count one list."""
    tally.add(lists=1, papers=taken.papers, changed=taken.changed, skipped=taken.skipped)


def say_all(report: Report, tally: Tally) -> None:
    """Say the lines that sum it up."""
    for line in tally.words():
        report.say(line)


def days_failed(faults: Sequence[str], *, some_came: bool) -> str:
    """Say which days could not be fetched, and what to do."""
    if not faults:
        return ""
    advice = "What came is kept; do it again for the rest." if some_came else "Try again later."
    return f"{faults_words(faults)}. {advice}"


def faults_words(faults: Sequence[str]) -> str:
    """Return the first faults, and how many more there are."""
    shown = "; ".join(cut(fault, SENTENCE_CHARS) for fault in faults[:WHYS_SHOWN])
    more = len(faults) - WHYS_SHOWN
    return f"{shown}; and {more:,} more" if more > 0 else shown


# --- Files ----------------------------------------------------------------------


async def take_files(operator: Operator, paths: Sequence[str], app: App, report: Report) -> str:
    """Take in saved answers."""
    if not paths:
        raise UsageError("--from needs a file or a folder.", operator.usage)
    try:
        files = [file for path in paths for file in saved_files(Path(path))]
    except FileNotFoundError as fault:
        raise PapersError(f"There is no file or folder {cut(str(fault.args[0]), SENTENCE_CHARS)}.") from None
    if not files:
        return f"There is no .json, .jsonl or .gz file in {cut(', '.join(paths), SENTENCE_CHARS)}."
    with shown_progress("Reading", app.desk.clock.monotonic) as progress:
        taken = await app.desk.ingesting.take_files(files, progress)
    tally = Tally()
    for file in taken:
        report.say(f"{file.name}: {file_words(file)}")
        tally.add(lists=file.lists, papers=file.papers, changed=file.changed, skipped=file.skipped)
    say_all(report, tally)
    faults = [str(fault) for file in taken for fault in file.faults]
    return f"{faults_words(faults)}. All else is kept." if faults else ""


def file_words(file: TakenFile) -> str:
    """Return what one file brought."""
    if file.known:
        return "taken in before"
    return f"{counted(file.lists, 'list')}, {papers_words(file.papers, file.changed)}"


# --- Search ---------------------------------------------------------------------


async def take_search(operator: Operator, query: str, app: App, report: Report) -> str:
    """Take in what Hugging Face finds for a text."""
    if not query.strip():
        raise UsageError("--search needs a query.", operator.usage)
    found = await app.desk.ingesting.search(query, SEARCHED)
    if isinstance(found, SourceFault):
        return f"{found}. Try again later."
    report.say(f"Hugging Face finds {counted(len(found), 'paper')} for “{cut(query, 60)}”.")
    return ""
