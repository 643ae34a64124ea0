"""What a reader gets of each week's best: saved lists replayed through the bot's own choosing.

    python -m benchmarks.replay [FOLDER]

FOLDER holds `daily_papers/*.jsonl.gz` and `upvote_snapshots.csv.gz`. Five papers each weekday, at the moment
of that day's own capture, where that was taken between 06 and 09 UTC; all that became known later does not
exist for it. Judged are the weeks with four such days or more, and 50 papers or more with a final count: the
last one known eight days after the week's Monday, 00:00 UTC. Nothing is tuned to these months.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.measuring import show_table, verdict
from bot.domain.choosing import Sieve, rank
from bot.domain.due import Fire, at_now, begun, fired
from bot.domain.editions import Candidate, window_of
from bot.domain.papers import Figure, Listed, Paper, PaperId
from bot.domain.places import LOCAL_PLACE
from bot.domain.subscriptions import Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.editions import Window

SHARED = Path(__file__).parents[2] / "shared" / "data"

FIRST, LAST = date(2025, 5, 1), date(2026, 2, 28)
MORNING, NOON = time(6), time(9)
DAY = timedelta(days=1)
SETTLED = 8 * DAY

DAYS_OF_A_WEEK = 4
PAPERS_OF_A_WEEK = 50

TOP_TEN, TOP_TWENTY_FIVE, OUTSIDE, LATENESS = 0.95, 0.80, 0.01, 0.5


@dataclass(slots=True)
class Archive:
    """All that was saved: which list each paper is on, and what it had when."""

    titles: dict[PaperId, str] = field(default_factory=dict)
    captured: dict[date, datetime] = field(default_factory=dict)
    listed: dict[PaperId, set[date]] = field(default_factory=lambda: defaultdict(set))
    figures: dict[PaperId, list[Figure]] = field(default_factory=lambda: defaultdict(list))
    comments: dict[tuple[PaperId, datetime], int] = field(default_factory=dict)

    def seen(self, paper: PaperId, now: datetime) -> Sequence[Figure]:
        """Return the figures of a paper that were known at a moment, oldest first."""
        known = self.figures[paper]
        return known[: bisect_right(known, now, key=lambda figure: figure.seen_at)]


def read(folder: Path) -> Archive:
    """Read what was saved."""
    archive = Archive()
    for file in sorted((folder / "daily_papers").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for item in (item for line in lines for item in json.loads(line)["items"]):
                archive.titles[PaperId(item["paper"]["id"])] = item["paper"]["title"]
    with gzip.open(folder / "upvote_snapshots.csv.gz", "rt", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            take(archive, row)
    for known in archive.figures.values():
        known.sort(key=lambda figure: figure.seen_at)
    return archive


def take(archive: Archive, row: dict[str, str]) -> None:
    """Take one snapshot in."""
    paper, day = PaperId(row["paper_id"]), date.fromisoformat(row["batch_date"])
    at = datetime.fromisoformat(row["snapshot_at"])
    archive.listed[paper].add(day)
    archive.figures[paper].append(Figure(int(row["upvotes"]), at))
    archive.comments[paper, at] = int(row["comments"] or 0)
    if row["source"] == "day":
        archive.captured[day] = min(at, archive.captured.get(day, at))


# --- The store's part: what was known at a moment ------------------------------------


def candidates(archive: Archive, window: Window) -> Iterator[Candidate]:
    """Yield the papers of a window as they stood then, as `PlanStore.candidates` has it."""
    now = window.as_of
    known = {
        paper: days
        for paper, all_days in archive.listed.items()
        if (days := {day for day in all_days if now.date() - 10 * DAY <= day <= now.date()})
        and archive.seen(paper, now)
    }
    lists = sorted({day for days in known.values() for day in days}, reverse=True)
    since = window.since or now.date()
    reach = [day for number, day in enumerate(lists) if number < window.lists or day >= since]
    for paper, days in known.items():
        if newest := max((day for day in days if day in reach), default=None):
            yield candidate(archive, paper, newest, reach.index(newest), now)


def candidate(archive: Archive, paper: PaperId, day: date, lists_ago: int, now: datetime) -> Candidate:
    """Return one paper as it stood."""
    seen = archive.seen(paper, now)
    known = Paper(paper, archive.titles.get(paper, paper))
    comments = archive.comments[paper, seen[-1].seen_at]
    listed = Listed(known, day, None, seen[-1].upvotes, comments, 0, seen[-1].seen_at, seen[0])
    return Candidate(listed, lists_ago, min(archive.listed[paper]))


# --- The reader -----------------------------------------------------------------------


def mornings(archive: Archive) -> list[datetime]:
    """Return the moments at which an edition is posted."""
    return [
        at
        for day, at in sorted(archive.captured.items())
        if FIRST <= day <= LAST and at.date() == day and MORNING <= at.time() < NOON
    ]


def replay(archive: Archive) -> dict[PaperId, date]:
    """Post an edition each morning through the bot's own planning; return on which day each paper came."""
    posted: dict[PaperId, date] = {}
    fired_at: datetime | None = None
    for now in mornings(archive):
        # Each day's capture has a minute of its own, so that day's wish is made for it.
        wish = Subscription("reader", LOCAL_PLACE, (now.time().replace(second=0),), "UTC")
        standing = begun(wish, now - timedelta(hours=1))._replace(last_fired_at=fired_at)
        fire = at_now(standing, now)
        assert isinstance(fire, Fire), f"nothing is due at {now}"
        pool = rank(candidates(archive, window_of(standing, now)), now)
        choice = pool.choice(Sieve(wish, had=posted.keys()), fire.firing.local_date)
        posted |= {chosen.paper: now.date() for chosen in choice.papers}
        fired_at = fired(standing, fire).last_fired_at
    return posted


# --- The judgement ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Week:
    """What a reader got of one week."""

    monday: date
    best: Sequence[PaperId]
    """The week's papers by their final count."""
    got: Sequence[PaperId]
    """Those of them that were posted."""

    def share(self, top: int) -> float:
        """Return how much of the week's best the reader got."""
        return mean(paper in self.got for paper in self.best[:top])

    @property
    def outside(self) -> int:
        """How many were posted from outside the week's 50 best."""
        return len(set(self.got) - set(self.best[:PAPERS_OF_A_WEEK]))


def weeks(archive: Archive, posted: dict[PaperId, date]) -> Iterator[Week]:
    """Yield the weeks that can be judged."""
    days = defaultdict(list)
    for at in mornings(archive):
        days[at.date() - at.weekday() * DAY].append(at)
    for monday in (monday for monday, found in sorted(days.items()) if len(found) >= DAYS_OF_A_WEEK):
        settled = datetime.combine(monday, time(), UTC) + SETTLED
        final = {
            paper: seen[-1].upvotes
            for paper, listed in archive.listed.items()
            if monday <= min(listed) < monday + 7 * DAY and (seen := archive.seen(paper, settled))
        }
        if len(final) >= PAPERS_OF_A_WEEK:
            best = sorted(final, key=lambda paper: (-final[paper], paper))
            yield Week(monday, best, [paper for paper in best if paper in posted])


def lateness(archive: Archive, posted: dict[PaperId, date], got: Sequence[PaperId]) -> float:
    """Return how many feed days after their list's the papers came, on average."""
    lists = sorted({day for days in archive.listed.values() for day in days})
    number = {day: index for index, day in enumerate(lists)}
    return mean(number[posted[paper]] - number[min(archive.listed[paper])] for paper in got)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED)
    archive = read(parser.parse_args().folder)
    posted = replay(archive)
    judged = list(weeks(archive, posted))
    got = [paper for week in judged for paper in week.got]
    ten, more = mean(week.share(10) for week in judged), mean(week.share(25) for week in judged)
    outside, late = sum(week.outside for week in judged) / len(got), lateness(archive, posted, got)
    print(f"{len(judged)} weeks, {len(mornings(archive))} mornings, {len(posted)} papers posted\n")
    show_table(
        ("of each week's final best", "is", "wanted", ""),
        [
            ("top 10", f"{ten:.3f}", f"at least {TOP_TEN}", verdict(is_kept=ten >= TOP_TEN)),
            (
                "top 25",
                f"{more:.3f}",
                f"at least {TOP_TWENTY_FIVE}",
                verdict(is_kept=more >= TOP_TWENTY_FIVE),
            ),
            (
                "posted from outside the top 50",
                f"{outside:.4f}",
                f"at most {OUTSIDE}",
                verdict(is_kept=outside <= OUTSIDE),
            ),
            ("feed days late", f"{late:.2f}", f"at most {LATENESS}", verdict(is_kept=late <= LATENESS)),
        ],
    )


if __name__ == "__main__":
    main()
