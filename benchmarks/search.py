"""Search and `similar`: how long a question takes, what the index costs, and how long it holds the loop.

    python -m benchmarks.search [--papers 10000 100000] [--questions 200]

Papers come from the generator. Each kind of question is asked of the index as the bot asks it, parsing
included, and of SQLite's FTS5 (porter, title counted twice, in memory) in the same run, until some seconds
are over. The processor's time counts, of each question the quickest of three, so that other programs count
less. The last kinds are the worst that one can ask.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.generator import Shape, feeds
from benchmarks.ingest import watched_loop
from benchmarks.measuring import MS, p50_p99, percentile, show_table, verdict
from bot.domain.papers import PaperId
from bot.domain.topics import LONGEST_TOPIC, Topic, parse_query
from bot.domain.words import spelled_words
from bot.ports import IndexRow
from bot.search import open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.papers import Paper
    from bot.ports import SearchIndex

FTS = "SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 0, 2, 1, 1), id LIMIT 10"
TRIES = 3
FTS_SECONDS = 2.0
"""How long FTS5 is asked one kind of question."""
ROWS_AT_ONCE = 2_000
"""As `bot.services.searching` reads them."""
LIMIT = 10
MB = 1e6

P99_MS = {10_000: 5.0, 100_000: 30.0}
SHARE_OF_FTS = 0.1
LONGEST_HOLD_MS = 50
SIMILAR = "similar"
USUAL = "three words"


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the bot, and the same to FTS5; where FTS5 cannot be asked that, an empty text."""

    text: str
    fts: str = ""


@dataclass(slots=True)
class Costs:
    """What the index of an archive costs, in seconds and bytes."""

    build_s: float = 0
    one_more_s: float = 0
    save_s: float = 0
    load_s: float = 0
    memory: int = 0
    file: int = 0
    holds_wall_s: list[float] = field(default_factory=list)
    holds_cpu_s: list[float] = field(default_factory=list)


# --- Questions ----------------------------------------------------------------------


class Asking:
    """Makes questions of the words of some papers."""

    def __init__(self, papers: Sequence[Paper], seed: int = 2) -> None:
        self._papers = papers
        self._random = random.Random(seed)
        words = Counter(word for paper in papers[::50] for word in spelled_words(paper.abstract))
        self._common = [word for word, _ in words.most_common(400)]
        pairs = Counter(
            pair
            for paper in papers[::50]
            for pair in zip(
                spelled_words(paper.abstract)[:-1], spelled_words(paper.abstract)[1:], strict=True
            )
        )
        self._common_pairs = [" ".join(pair) for pair, _ in pairs.most_common(20)]
        names = Counter(name for paper in papers[::50] for author in paper.authors for name in author.split())
        self._common_names = [name for name, _ in names.most_common(20)]

    def words(self, count: int) -> list[str]:
        """Return words of a title, as people remember them."""
        title = spelled_words(self._random.choice(self._papers).title)
        return self._random.choices(title, k=count)

    def kinds(self) -> dict[str, Callable[[], Question]]:
        """Return what makes a question of each kind."""
        return {
            "one word": lambda: any_of(self.words(1)),
            "three words": lambda: any_of(self.words(3)),
            "a whole title": lambda: any_of(spelled_words(self._random.choice(self._papers).title)),
            "a phrase": self._phrase,
            "words, one excluded": self._excluding,
            "an author and a word": self._author,
            "the commonest word": lambda: any_of(self._common[:1]),
            "five of the commonest": lambda: any_of(self._random.sample(self._common[:10], 5)),
            "commonest phrases": lambda: phrase(self._random.choice(self._common_pairs)),
            "the commonest names": self._names,
            "excluding the commonest": lambda: Question(f"-{self._random.choice(self._common[:10])}"),
            "1,000 characters": lambda: any_of(self._longest(" ")),
            "1,000 of exclusions": lambda: Question(
                "x " + " ".join(self._longest(" -"))[: LONGEST_TOPIC - 2]
            ),
            "1,000 of phrases": lambda: Question(" | ".join(self._many_phrases())),
        }

    def _phrase(self) -> Question:
        title = spelled_words(self._random.choice(self._papers).title)
        start = self._random.randrange(max(1, len(title) - 1))
        return phrase(" ".join(title[start : start + 2]))

    def _excluding(self) -> Question:
        first, second, without = self.words(3)
        return Question(f"{first} {second} -{without}", f'("{first}" OR "{second}") NOT "{without}"')

    def _author(self) -> Question:
        author = self._random.choice(self._random.choice(self._papers).authors)
        (word,) = self.words(1)
        return Question(f'author:"{author}" {word}', f'authors : "{author}" AND "{word}"')

    def _names(self) -> Question:
        name = self._random.choice(self._common_names)
        return Question(f"@{name}", f'authors : "{name}"')

    def _longest(self, joint: str) -> list[str]:
        words = self._random.sample(self._common, len(self._common))
        kept: list[str] = []
        while words and len(joint.join(kept)) + len(words[-1]) + len(joint) < LONGEST_TOPIC - len(joint):
            kept.append(words.pop())
        return [f"-{word}" for word in kept] if "-" in joint else kept

    def _many_phrases(self) -> Iterator[str]:
        size = 0
        while size < LONGEST_TOPIC - 60:
            pair = f'"{self._random.choice(self._common_pairs)}"'
            size += len(pair) + 3
            yield pair


def any_of(words: Sequence[str]) -> Question:
    """Ask for any of some words."""
    return Question(" ".join(words), " OR ".join(f'"{word}"' for word in words))


def phrase(text: str) -> Question:
    """Ask for a phrase."""
    return Question(f'"{text}"', f'"{text}"')


# --- Measuring ----------------------------------------------------------------------


def timed(ask: Callable[[str], object], texts: Sequence[str], budget_s: float = 60.0) -> list[float]:
    """Return how many seconds each question took, as many as there is time for."""
    taken: list[float] = []
    for text in texts:
        tries = []
        for _ in range(TRIES):
            start = time.thread_time()
            ask(text)
            tries.append(time.thread_time() - start)
        taken.append(min(tries))
        if sum(taken) > budget_s:
            break
    return taken


def bot_search(index: SearchIndex) -> Callable[[str], object]:
    """Return the bot's search, parsing included."""

    def search(text: str) -> object:
        query = parse_query(text)
        assert isinstance(query, Topic), str(query)
        return index.search(query, since=None, limit=LIMIT)

    return search


def fts_of(connection: sqlite3.Connection, papers: Sequence[Paper]) -> Callable[[str], object]:
    """Fill FTS5 and return its search."""
    connection.execute(
        "CREATE VIRTUAL TABLE texts"
        " USING fts5(id UNINDEXED, title, text, authors, tokenize='porter unicode61')"
    )
    connection.executemany(
        "INSERT INTO texts VALUES (?, ?, ?, ?)",
        (
            (paper.id, paper.title, " ".join((paper.abstract, *paper.keywords)), ", ".join(paper.authors))
            for paper in papers
        ),
    )
    return lambda query: connection.execute(FTS, (query,)).fetchall()


def resident() -> int:
    """Return the memory of this process in bytes, where the system tells it."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * 4096


async def built(rows: Sequence[IndexRow], file: Path, costs: Costs) -> SearchIndex:
    """Build the index as the bot does, watching the loop; the last paper alone, as after a fetch."""
    index, before = await open_index(file), resident()
    async with watched_loop() as holds:
        start = time.perf_counter()
        for first in range(0, len(rows) - 1, ROWS_AT_ONCE):
            await index.extend(rows[first : min(first + ROWS_AT_ONCE, len(rows) - 1)])
        costs.build_s = time.perf_counter() - start
        start = time.perf_counter()
        await index.extend(rows[-1:])
        costs.one_more_s = time.perf_counter() - start
        costs.memory = resident() - before
        start = time.perf_counter()
        await index.save()
        costs.save_s = time.perf_counter() - start
        start = time.perf_counter()
        await open_index(file)
        costs.load_s = time.perf_counter() - start
    costs.holds_wall_s, costs.holds_cpu_s = holds.wall_s, holds.cpu_s
    return index


def asked(
    index: SearchIndex, papers: Sequence[Paper], questions: int
) -> list[tuple[str, list[float], list[float]]]:
    """Ask every kind of question; return its name, the bot's times and those of FTS5."""
    found = []
    asking = Asking(papers)
    with closing(sqlite3.connect(":memory:")) as connection:
        fts = fts_of(connection, papers)
        for name, make in asking.kinds().items():
            made = [make() for _ in range(questions)]
            bot_times = timed(bot_search(index), [each.text for each in made])
            fts_times = timed(fts, [each.fts for each in made if each.fts], FTS_SECONDS)
            found.append((name, bot_times, fts_times))
    ids = random.Random(3).choices([paper.id for paper in papers], k=questions)
    found.append((SIMILAR, timed(lambda paper: index.similar(PaperId(paper), LIMIT), ids), []))
    return found


# --- The table ----------------------------------------------------------------------


def show(papers: int, found: Sequence[tuple[str, list[float], list[float]]]) -> None:
    """Print how long questions took, and whether each goal is kept."""
    goal = P99_MS.get(papers, max(P99_MS.values()))
    rows = []
    for name, bot_times, fts_times in found:
        fts = (*p50_p99(fts_times), f"{share_of(bot_times, fts_times):.3f}") if fts_times else ("", "", "")
        kept = verdict(is_kept=percentile(bot_times, 99) * MS < goal)
        rows.append((name, *p50_p99(bot_times), kept, *fts))
    print(f"\n{papers:,} papers: ms a question, p99 below {goal}\n")
    show_table(("", "p50", "p99", "", "FTS5 p50", "p99", "share of its p50"), rows)
    share = min(share_of(bot, fts) for name, bot, fts in found if name == USUAL)
    print(f"\n{USUAL}: {share:.3f} of FTS5's p50 (at most {SHARE_OF_FTS}):", end=" ")
    print(verdict(is_kept=share <= SHARE_OF_FTS))


def share_of(bot_times: Sequence[float], fts_times: Sequence[float]) -> float:
    """Return what share of FTS5's usual time the bot takes."""
    return percentile(bot_times, 50) / percentile(fts_times, 50)


def show_costs(costs: Costs) -> None:
    """Print what the index costs."""
    print(f"\nbuilt in {costs.build_s:.1f} s, {costs.memory / MB:.0f} MB of memory,", end=" ")
    print(f"one paper more in {costs.one_more_s * MS:.0f} ms;", end=" ")
    print(f"saved in {costs.save_s:.2f} s ({costs.file / MB:.0f} MB), loaded in {costs.load_s:.2f} s")
    cpu, wall = max(costs.holds_cpu_s) * MS, max(costs.holds_wall_s) * MS
    print(f"event loop held at most {cpu:.1f} ms ({wall:.1f} ms on the clock;", end=" ")
    print(
        f"99 % of {len(costs.holds_wall_s):,} times {percentile(costs.holds_wall_s, 99) * MS:.1f};", end=" "
    )
    print(f"below {LONGEST_HOLD_MS}): {verdict(is_kept=cpu < LONGEST_HOLD_MS)}")


def measure(count: int, questions: int) -> None:
    """Build an archive and ask it everything."""
    listed = [(feed.day, entry.paper) for feed in feeds(Shape(count)) for entry in feed.entries]
    rows = [IndexRow(revision, paper, day) for revision, (day, paper) in enumerate(listed, 1)]
    costs = Costs()
    gc.freeze()  # else the collector would hold the loop to go through papers that the bot never has at once
    with TemporaryDirectory() as folder:
        file = Path(folder) / "papers.search"
        index = asyncio.run(built(rows, file, costs))
        costs.file = file.stat().st_size
    show(count, asked(index, [row.paper for row in rows], questions))
    show_costs(costs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, nargs="+", default=list(P99_MS))
    parser.add_argument("--questions", type=int, default=200)
    given = parser.parse_args()
    for count in given.papers:
        measure(count, given.questions)


if __name__ == "__main__":
    main()
