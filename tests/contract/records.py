"""One full record of each kind that an export holds, and one with as little as can be."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from bot.domain.deliveries import MessageRef
from bot.domain.places import Identity, PlaceKind, PlaceProfile
from bot.domain.records import BallotPaper, Forgotten, Hide, Member, Secret
from bot.domain.subscriptions import EVERY_DAY, Empty, Layout, Subscription
from bot.domain.votes import Dislike, Had, Link, Means, Save, Submission
from tests.contract.making import ANA, BEN, CLEO, ELSEWHERE, HERE, HOUR, NEXT_DOOR, NOON, paper_id, vote

if TYPE_CHECKING:
    from bot.ports import Record

ODD = "“ünal” 'q' \"q\" \\ / 李雷 🧪 👩‍🔬 שלום \u202eabc\u202c \t\n {} %s ?1 $1; DROP TABLE acts; --"
"""A text of everything that a careless layer breaks."""

NOBODY = Identity("")
"""Who made it was forgotten since."""

FULL: tuple[Record, ...] = (
    PlaceProfile(HERE, PlaceKind.ANNOUNCEMENT, {"answers": "private", "emoji": "👍", "note": ODD}),
    PlaceProfile(ELSEWHERE),
    Link(CLEO, ANA, NOON),
    Subscription(
        id="morning",
        place=HERE,
        at=(time(9), time(18, 30)),
        tz="Europe/Berlin",
        days=("mon", "wed", "sun"),
        count=25,
        topic='"diffusion policy" | cat:cs.RO -survey “ünal” 李雷 🧪',
        min_upvotes=12,
        layout=Layout.THREAD,
        empty=Empty.QUIET,
        created_by=ANA,
        created_at=NOON - 9 * HOUR,
        paused_at=NOON,
        paused_until=NOON + HOUR,
        pause_reason="The channel is gone.",
    ),
    Subscription(id="0", place=ELSEWHERE, at=(time(0, 5),), tz="UTC", days=EVERY_DAY, layout=Layout.RECAP),
    vote(1, ANA, HERE, means=Means.REACTION, message="8001/99"),
    vote(1, ANA, HERE, means=Means.BUTTON, message="8001/99"),
    vote(1, ANA, HERE),
    vote(1, BEN, NEXT_DOOR, at=NOON.replace(microsecond=1)),
    vote(2, CLEO, ELSEWHERE),
    Had(HERE, paper_id(1), NOON),
    Had(ELSEWHERE, paper_id(1), NOON - HOUR),
    Submission(paper_id(3), HERE, ANA, NOON, note=ODD, hidden_at=NOON + HOUR),
    Submission(paper_id(3), NEXT_DOOR, BEN, NOON),
    Save(ANA, paper_id(1), NOON),
    Save(ANA, paper_id(2), NOON - HOUR),
    Dislike(ANA, paper_id(1), HERE, NOON, "8001/99 down"),
    Dislike(ANA, paper_id(1), HERE, NOON + HOUR, "8001/99 down+tone3"),
    Submission(paper_id(4), NEXT_DOOR, NOBODY, NOON),
    Member("discord:7001", "first"),
    Member("slack:T01", "first"),
    Hide(HERE, paper_id(4), ANA, NOON),
    Hide(NEXT_DOOR, paper_id(4), NOBODY, NOON - HOUR),
    BallotPaper(MessageRef("8001/99"), 0, HERE, paper_id(1), NOON),
    *(BallotPaper(MessageRef("C01/1.5"), number, ELSEWHERE, paper_id(number), NOON) for number in (1, 2, 10)),
    Forgotten("0a1b", NOON),
    Forgotten("ff", NOON - HOUR),
    Secret("forgotten people", "a key that nobody guesses"),
)
KINDS: tuple[type[Record], ...] = tuple(dict.fromkeys(type(record) for record in FULL))
