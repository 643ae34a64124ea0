"""How good the search is: questions with known answers, through the bot's own parser and index.

    python -m benchmarks.quality [--data FOLDER] [--fts QUESTIONS]

SciFact has a claim as question and the abstracts that tell about it as answers. Of the daily papers, a
paper's own first keywords ask for it, once as it is stored and once without its keywords. SQLite's FTS5
answers the same questions, but only some of each kind, as it takes most of the time. Related papers are
looked for among those with keywords: of others nobody can say whether they are related. Nothing in the index
was chosen by these figures; the spans are 95 % by resampling questions.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import math
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.measuring import percentile, show_table, verdict
from bot.domain.papers import Feed, Paper, PaperId
from bot.domain.topics import TopicMistake, parse_query
from bot.domain.words import spelled_words
from bot.ports import IndexRow
from bot.search import open_index
from bot.sources.files import saved_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.ports import SearchIndex

    Search = Callable[[str], Sequence[str]]
    """Gives the best ten papers for a question."""

DATA = Path(__file__).parents[2] / "shared" / "data"

DEPTH = 10
SIMILAR = 5
RARE = 60
"""Papers that share a keyword with more others than that need not be related."""
RESAMPLES = 1_000
GOALS = {"SciFact": 0.70, "1 keyword": 0.35, "2 keywords": 0.69, "3 keywords": 0.90}
SIMILAR_GOAL = 0.18
FTS_QUESTIONS = 400

FTS = """SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 0, 2, 1), id LIMIT 10"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the papers that answer it."""

    text: str
    answers: frozenset[str]


# --- The two collections ------------------------------------------------------------


def scifact(folder: Path) -> tuple[list[Paper], list[Question]]:
    """Read SciFact: abstracts as papers, claims as questions."""
    papers = [
        Paper(PaperId(str(each["_id"])), each["title"], each["text"])
        for each in json_lines(folder / "corpus.jsonl.gz")
    ]
    answers: dict[str, set[str]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if int(row["score"]) > 0:
                answers.setdefault(row["query-id"], set()).add(row["corpus-id"])
    texts = {str(each["_id"]): each["text"] for each in json_lines(folder / "queries.jsonl.gz")}
    return papers, [Question(texts[query], frozenset(known)) for query, known in answers.items()]


def json_lines(file: Path) -> Iterator[dict[str, str]]:
    """Yield the objects of a compressed file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def daily_papers(folder: Path) -> list[Paper]:
    """Read the daily papers, each once."""
    feeds = (feed for file in saved_files(folder) for feed in file.feeds() if isinstance(feed, Feed))
    return list({entry.paper.id: entry.paper for feed in feeds for entry in feed.entries}.values())


def keyword_questions(papers: Sequence[Paper], keywords: int) -> list[Question]:
    """Ask for each paper by its first keywords, as many as that."""
    return [
        Question(" ".join(paper.keywords[:keywords]), frozenset((paper.id,)))
        for paper in papers
        if len(paper.keywords) >= keywords
    ]


# --- What is measured ---------------------------------------------------------------


def ndcg(found: Sequence[str], answers: frozenset[str]) -> float:
    """Return the normalised discounted cumulative gain of the first ten."""
    gain = sum(1 / math.log2(rank + 1) for rank, paper in enumerate(found[:DEPTH], 1) if paper in answers)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(DEPTH, len(answers)) + 1))
    return gain / ideal


async def index_of(papers: Sequence[Paper]) -> SearchIndex:
    """Build the bot's index."""
    index = await open_index(None)
    await index.extend([IndexRow(revision, paper, None) for revision, paper in enumerate(papers, 1)])
    return index


def bot_search(index: SearchIndex) -> Search:
    """Return the bot's own search."""

    def search(text: str) -> list[str]:
        query = parse_query(text)
        if isinstance(query, TopicMistake):
            return []
        return [hit.paper for hit in index.search(query, since=None, limit=DEPTH)]

    return search


def fts_search(connection: sqlite3.Connection, papers: Sequence[Paper]) -> Search:
    """Return SQLite's search for any of the words, stemmed, the title counted twice."""
    connection.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, title, text, tokenize='porter unicode61')"
    )
    rows = [(paper.id, paper.title, " ".join((paper.abstract, *paper.keywords))) for paper in papers]
    connection.executemany("INSERT INTO texts VALUES (?, ?, ?)", rows)

    def search(text: str) -> list[str]:
        any_word = " OR ".join(f'"{word}"' for word in spelled_words(text))
        return [str(paper) for (paper,) in connection.execute(FTS, (any_word,))] if any_word else []

    return search


def spread_of(scores: Sequence[float]) -> str:
    """Return the mean and the span in which it lies in 95 of 100 resamplings."""
    dice = random.Random(1)
    means = [
        mean(dice.choices(scores, k=len(scores))) for _ in range(min(RESAMPLES, 2_000_000 // len(scores)))
    ]
    return f"{mean(scores):.3f} [{percentile(means, 2.5):.3f}, {percentile(means, 97.5):.3f}]"


def tell(progress: str) -> None:
    """Say how far it is, beside the table."""
    print(f"{time.process_time():6.1f} s  {progress}", file=sys.stderr, flush=True)


def sample(questions: Sequence[Question], most: int) -> Sequence[Question]:
    """Return some of the questions, spread over all of them."""
    return questions[:: max(1, math.ceil(len(questions) / most))]


def scores_of(search: Search, questions: Sequence[Question]) -> list[float]:
    """Ask the questions."""
    return [ndcg(search(each.text), each.answers) for each in questions]


def collection_rows(
    papers: Sequence[Paper], asked: Mapping[str, Sequence[Question]], fts_questions: int, *, suffix: str = ""
) -> Iterator[list[str]]:
    """Ask one collection all its questions, the bot and FTS5."""
    tell(f"an index of {len(papers):,} papers")
    index = asyncio.run(index_of(papers))
    with closing(sqlite3.connect(":memory:")) as connection:
        fts = fts_search(connection, papers)
        for name, questions in asked.items():
            own = scores_of(bot_search(index), questions)
            tell(f"{name}{suffix}: {mean(own):.3f}")
            goal = "" if suffix else f"{GOALS[name]:.2f} {verdict(is_kept=mean(own) >= GOALS[name])}"
            others = scores_of(fts, sample(questions, fts_questions))
            spreads = spread_of(own), spread_of(others)
            yield [name + suffix, f"{len(questions):,}", *spreads, f"{len(others):,}", goal]


def similar_share(papers: Sequence[Paper]) -> list[float]:
    """Return for each paper which share of the first five has a rare keyword of its own."""
    judged = [paper for paper in papers if paper.keywords]
    index = asyncio.run(index_of([replace(paper, keywords=()) for paper in judged]))
    keywords = {paper.id: {keyword.lower() for keyword in paper.keywords} for paper in judged}
    counts = Counter(keyword for each in keywords.values() for keyword in each)
    rare = {
        paper: {keyword for keyword in each if 1 < counts[keyword] <= RARE}
        for paper, each in keywords.items()
    }
    shares = []
    for paper, words in rare.items():
        if words:
            hits = index.similar(paper, SIMILAR) or ()
            shares.append(sum(bool(words & rare[hit.paper]) for hit in hits) / SIMILAR)
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fts", type=int, default=FTS_QUESTIONS, help="questions of each kind to FTS5")
    given = parser.parse_args()
    claims, claimed = scifact(given.data / "retrieval" / "scifact")
    papers = daily_papers(given.data / "daily_papers")
    asked = {f"{count} keyword{'s' * (count > 1)}": keyword_questions(papers, count) for count in (1, 2, 3)}
    bare = [replace(paper, keywords=()) for paper in papers]
    rows = [
        *collection_rows(claims, {"SciFact": claimed}, given.fts),
        *collection_rows(bare, asked, given.fts),
        *collection_rows(papers, asked, given.fts, suffix=", stored too"),
    ]
    show_table(("nDCG@10", "questions", "the bot", "FTS5", "its questions", "at least"), rows)
    tell("similar papers")
    shares = similar_share(papers)
    print(
        f"\nsimilar: {spread_of(shares)} of the first five share a keyword that at most {RARE} papers have",
        end=" ",
    )
    print(f"(at least {SIMILAR_GOAL}): {verdict(is_kept=mean(shares) >= SIMILAR_GOAL)}")


if __name__ == "__main__":
    main()
