"""Papers and answers of every kind, which the tests of wording and of the terminal share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.answers import (
    Answer,
    BrokenSubscription,
    Citation,
    Done,
    FeedState,
    HelpPage,
    LastPost,
    NextPost,
    PaperList,
    PaperPage,
    PlaceWays,
    Preview,
    Ranked,
    Refusal,
    Section,
    StatusReport,
    SubscriptionList,
    SubscriptionSaved,
    SubscriptionState,
)
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import LOCAL_PLACE, Place
from bot.domain.subscriptions import Layout, Subscription

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

FEED = FeedState(FRIDAY, 15, NOW - timedelta(minutes=4))
FRIDAY_NINE = datetime(2026, 4, 24, 7, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 4, 27, 7, tzinfo=UTC)
"""Nine o'clock in Paris."""

WISH = Subscription("k3f9x", LOCAL_PLACE, (time(9),), "Europe/Paris")
STATE = SubscriptionState(WISH, tuple(MONDAY_NINE + timedelta(days=day) for day in range(3)))
PAUSED = SubscriptionState(
    replace(WISH, id="8y54s", topic="teaching", min_upvotes=10, paused_at=NOW), is_paused=True
)
SAVED = SubscriptionSaved(
    STATE,
    None,
    can=("post", "embed", "react"),
    lists=(5, 5, 5, 5, 5),
    notes=("The last five lists would have given 5, 5, 5, 5, 5 papers.",),
    undo="nt5cr8kd",
)
EDITION = Edition(
    key="k3f9x@2026-04-24T12:00",
    kind=EditionKind.SCHEDULED,
    place=LOCAL_PLACE,
    subscription="k3f9x",
    fires_at=NOW,
    local_date=FRIDAY,
    local_time=time(12),
    made_at=NOW,
    heading="Papers · Friday 24 April",
    papers=(
        Chosen(WORLDS.paper.id, ("84 upvotes", "3 votes here")),
        Chosen(HUMANOIDS.paper.id, ("1 upvote",)),
    ),
    notes=("The top 2 of 15 listed so far",),
    footer="Weekdays 09:00 Paris · why these? /papers status",
)
SHOWN = {WORLDS.paper.id: WORLDS, HUMANOIDS.paper.id: HUMANOIDS}
NOTHING = EDITION._replace(
    papers=(), notes=(), reason="Nothing on “teaching” since Fri 24 April: 0 of 15 papers matched."
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
    "status of a day": StatusReport(
        LOCAL_PLACE,
        FEED,
        last=LastPost(
            NOW - timedelta(hours=3),
            "Europe/Paris",
            "delivered",
            5,
            NOW - timedelta(hours=2, minutes=59, seconds=58),
        ),
        next=NextPost(MONDAY_NINE, "Europe/Paris"),
    ),
    "status of a pause": StatusReport(
        LOCAL_PLACE, FEED, "Paused since 08:12 Paris: “resume” goes on.", is_meant=True
    ),
    "subscription saved": SAVED,
    "subscription changed": replace(
        SAVED,
        before=replace(WISH, at=(time(8), time(17, 30)), count=3, topic="agent", layout=Layout.POSTS),
        lacks=("I may not react here: give “Papers” the permission Add Reactions.",),
    ),
    "subscriptions": SubscriptionList(
        LOCAL_PLACE, (STATE, PAUSED), (BrokenSubscription("odd", "its zone is no zone"),)
    ),
    "no subscriptions": SubscriptionList(LOCAL_PLACE, ()),
    "preview": Preview(STATE, EDITION, SHOWN, ("Of 15 papers, 13 are not on “video”.",)),
    "preview of nothing": Preview(STATE, NOTHING, {}),
    "posted": Preview(STATE, EDITION, SHOWN, is_posted=True),
    "ways": PlaceWays(
        LOCAL_PLACE,
        {"emoji": "👍", "answers": "private", "notices": "", "notify": "off", "submit": "everyone"},
        {"answers": "public"},
    ),
    "done": Done(
        "Paused until Tue 28 April, 00:00 Paris: 5 papers, weekdays at 09:00 Paris.", (STATE,), "g7sdgtun"
    ),
    "refusal": Refusal("“2026-W54” is no week.", "papers week [which]", wrong_usage=True),
}
