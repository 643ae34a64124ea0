"""How Friday's list grew: what each paper of the sample had at some moments of 24 April 2026, UTC.

README.md here says which figures are real and which are filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS = (date(2026, 4, 22), date(2026, 4, 23), date(2026, 4, 24))
"""The feed days of the sample, Wednesday to Friday."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A list as it stood at one moment: the upvotes and comments of each paper that was on it by then.

    `figures` is None where the file of the day holds them: at the end of the day.
    """

    day: date
    at: datetime
    figures: Mapping[str, tuple[int, int]] | None = None


MOMENTS = (
    Moment(DAYS[0], datetime(2026, 4, 23, 0, 13, 48, tzinfo=UTC)),
    Moment(DAYS[1], datetime(2026, 4, 24, 0, 13, 48, tzinfo=UTC)),
    Moment(
        DAYS[2],
        datetime(2026, 4, 24, 0, 55, tzinfo=UTC),
        {"2604.19734": (2, 0), "2604.21931": (1, 0), "2604.16926": (0, 0)},
    ),
    Moment(
        DAYS[2],
        datetime(2026, 4, 24, 6, 10, tzinfo=UTC),
        {
            "2604.19734": (17, 1),
            "2604.21686": (15, 0),
            "2604.21689": (9, 1),
            "2604.21931": (8, 0),
            "2604.21889": (6, 1),
            "2604.20244": (4, 0),
            "2604.20987": (2, 1),
            "2604.21904": (2, 0),
            "2604.21375": (2, 0),
            "2604.21921": (2, 0),
            "2604.20398": (1, 0),
            "2604.10268": (1, 0),
            "2604.21193": (1, 0),
            "2604.21300": (1, 0),
            "2604.16926": (1, 0),
        },
    ),
    Moment(
        DAYS[2],
        datetime(2026, 4, 24, 9, 18, 18, tzinfo=UTC),
        {
            "2604.21686": (27, 0),
            "2604.19734": (25, 1),
            "2604.21689": (14, 1),
            "2604.21931": (11, 0),
            "2604.21889": (9, 1),
            "2604.20244": (8, 1),
            "2604.20987": (5, 1),
            "2604.21904": (3, 1),
            "2604.21375": (3, 1),
            "2604.21921": (3, 0),
            "2604.20398": (3, 1),
            "2604.10268": (3, 1),
            "2604.21193": (2, 1),
            "2604.21300": (1, 1),
            "2604.16926": (1, 1),
        },
    ),
    Moment(DAYS[2], datetime(2026, 4, 25, 0, 10, 42, tzinfo=UTC)),
)
"""By rising time."""
