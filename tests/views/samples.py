"""Papers and answers of every kind, which the tests of wording and of the terminal share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.domain.answers import (
    Answer,
    Citation,
    FeedState,
    HelpPage,
    PaperList,
    PaperPage,
    Ranked,
    Refusal,
    Section,
    StatusReport,
)
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import LOCAL_PLACE, Place

NOW = datetime(2026, 4, 24, 10, tzinfo=UTC)
FRIDAY = date(2026, 4, 24)

WORLDS = Listed(
    Paper(
        PaperId("2604.21686"),
        "Worlds: A Benchmark for [interactive] Video Models",
        abstract="Video models answer to controls. We put them to one test, e.g. the same scenes. It helps.",
        authors=("Ada One", "Ben Two", "Cleo Three", "Dan Four", "Eve Five", "Fay Six", "Gus Seven"),
        published_at=datetime(2026, 4, 22, 17, 59, 58, tzinfo=UTC),
        tldr="Same scenes, same controls, one score.",
        keywords=("video", "benchmark"),
        categories=("cs.CV", "cs.AI"),
        code_url="https://github.com/worlds/worlds",
        code_stars=1204,
        project_url="https://worlds.example",
    ),
    feed_day=FRIDAY,
    position=1,
    upvotes=84,
    comments=1,
    votes=3,
    seen_at=NOW - timedelta(minutes=4),
)

HUMANOIDS = Listed(
    Paper(
        PaperId("2512.19734"),
        "One Language for Humanoids",
        abstract="Humanoids learn from video of people.",
        authors=("Hal Eight", "Ida Nine"),
        published_at=datetime(2025, 12, 19, tzinfo=UTC),
        organization="Humanoid Works",
        code_url="https://github.com/humanoids/one",
    ),
    feed_day=date(2026, 4, 23),
    upvotes=1,
)

BARE = Listed(Paper(PaperId("hep-th/9901001"), ""))
"""All that is known when only its identifier is."""

CROWD = Listed(
    Paper(
        PaperId("2604.00001"),
        "A Paper of Many",
        abstract="人" * 400,
        authors=tuple(f"Author {number}" for number in range(644)),
    ),
    feed_day=FRIDAY,
    upvotes=12_345,
)

YOUNG_LIST = PaperList(
    "Today's papers · Friday 24 April",
    (
        Section((Ranked(WORLDS, ("84 upvotes", "12 in the last 3 hours", "3 votes here")),)),
        Section((Ranked(HUMANOIDS, ("1 upvote",)), Ranked(BARE)), "Thursday"),
    ),
    FRIDAY,
    ("1 so far on Friday's list; the others are Thursday's best.",),
)

EMPTY_LIST = PaperList(
    "Papers · Saturday 25 April", (), date(2026, 4, 25), ("There are no lists on weekends.",)
)

ANSWERS: dict[str, Answer] = {
    "young list": YOUNG_LIST,
    "empty list": EMPTY_LIST,
    "bare empty list": PaperList("Nothing at all", (Section(()),)),
    "page": PaperPage(Ranked(WORLDS, ("84 upvotes", "3 votes here")), ("Number 1 of your last list here.",)),
    "page of a bare paper": PaperPage(Ranked(BARE)),
    "page of a crowd": PaperPage(Ranked(CROWD)),
    "citation": Citation(WORLDS, "bibtex", "@misc{one2026worlds,\n  title = {Worlds}\n}"),
    "help": HelpPage(
        "papers-bot", (("today [count]", "Today's papers."), ("help", "This.")), ("papers help today",)
    ),
    "status": StatusReport(LOCAL_PLACE, FeedState(FRIDAY, 15, NOW - timedelta(minutes=4))),
    "silence": StatusReport(Place("discord", "1", "2"), None, "No list is here yet. Type: papers ingest"),
    "refusal": Refusal("“2026-W54” is no week.", "papers week [which]", wrong_usage=True),
}
