"""Time zones as people name them: any of the IANA database, or its city alone.

Names come from the pinned package tzdata, as the times themselves do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from bot.domain.text import cut

QUOTED_CHARS = 40
"""How much of what somebody typed is repeated in an answer."""

LIKENESS = 0.7
"""How like a name must be to be offered, 1 being the same."""

REGIONS = frozenset(
    (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)
"""The regions whose zones are named after places; the others (`Etc`, `US`) are kept whole in words."""

OFFSET = re.compile(r"(?:utc|gmt)? ?[+\N{MINUS SIGN}-] ?\d{1,2}(?::?\d{2})?")

INNER_HYPHEN = re.compile("(?<=[a-z])-(?=[a-z])")

KNOWN_AS = {
    "America/Los_Angeles": ("pt", "pst", "pdt", "san francisco", "seattle"),
    "America/Denver": ("mt", "mdt"),
    "America/Chicago": ("ct", "cst", "cdt"),
    "America/New_York": ("et", "edt", "nyc", "boston", "washington"),
    "America/Sao_Paulo": ("brt",),
    "Europe/London": ("bst",),
    "Europe/Berlin": ("cest", "munich", "münchen", "hamburg"),
    "Europe/Zurich": ("geneva",),
    "Europe/Madrid": ("barcelona",),
    "Europe/Rome": ("milan",),
    "Europe/Helsinki": ("eest",),
    "Europe/Moscow": ("msk",),
    "Asia/Kolkata": ("ist", "mumbai", "delhi", "new delhi", "bangalore"),
    "Asia/Shanghai": ("beijing", "shenzhen"),
    "Asia/Hong_Kong": ("hkt",),
    "Asia/Singapore": ("sgt",),
    "Asia/Seoul": ("kst",),
    "Asia/Tokyo": ("jst", "osaka", "kyoto"),
    "Australia/Sydney": ("aest", "aedt"),
}
"""What people write that is no name of the database. It is offered, never taken: `CST` may be China's too."""


WINTER_ONLY = {"EST": "America/New_York", "MST": "America/Denver"}
"""Names of the database that keep winter time all year, and the zone that is mostly meant by them.

Who writes `EST` mostly means New York, and gets each post an hour late all summer. `HST` is left alone
(Hawaii has no summer time), as are `EST5EDT`, `CET` and their like (which have it).
"""


@dataclass(frozen=True, slots=True)
class ZoneMistake:
    """A zone that nobody knows, and those that were probably meant."""

    given: str
    meant: tuple[str, ...] = ()

    def __str__(self) -> str:
        unknown = f"I don't know the zone “{cut(self.given, QUOTED_CHARS)}”."
        if self.meant:
            return f"{unknown} Did you mean {' or '.join(self.meant)}?"
        if OFFSET.fullmatch(folded(self.given)):
            return f"{unknown} An offset knows no summer time: name a city, such as Europe/Paris."
        return f"{unknown} Zones are named after cities, such as Europe/Paris."


@cache
def zone_names() -> dict[str, str]:
    """Return every zone of the database by its folded name."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {folded(name): name for name in sorted(names)}


@cache
def current_zones() -> frozenset[str]:
    """Return the zones that stand for a place today; the others are older names of theirs, or no place."""
    rows = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines()
    return frozenset(row.split("\t")[2] for row in rows if not row.startswith("#"))


def parse_zone(text: str) -> str | ZoneMistake:
    """Return the zone that a text names, in the database's spelling: `europe/paris`, `Paris`, `New York`."""
    wanted = folded(text)
    if wanted in zone_names():
        return zone_names()[wanted]
    found = zones_of_city(wanted)
    if len(found) == 1:
        return found[0]
    return ZoneMistake(text.strip(), found or nearest_zones(wanted))


def winter_words(zone: str) -> str:
    """Say of a zone without summer time which one that has it may be meant; empty for all others."""
    usual = WINTER_ONLY.get(zone)
    return f"{zone} has no summer time: for {zone_words(usual)}'s own clocks name {usual}." if usual else ""


def is_zone(text: str) -> bool:
    """Tell whether a text names a zone; quicker than `parse_zone`, which looks for what was meant."""
    wanted = folded(text)
    return wanted in zone_names() or len(zones_of_city(wanted)) == 1


def zones_of_city(city: str) -> tuple[str, ...]:
    """Return the zones that are called after a city (folded): its current one, else all of that name.

    Mere offsets are left out: Etc/GMT+2 is two hours behind UTC, not ahead.
    """
    names = [
        name
        for known, name in zone_names().items()
        if known.endswith(f"/{city}") and not name.startswith("Etc/")
    ]
    current = [name for name in names if name in current_zones()]
    return tuple(current[:1] or names)


def nearest_zones(wanted: str) -> tuple[str, ...]:
    """Return the zone whose name, or whose city, is most like a folded text, if any is like it at all."""
    known_as = tuple(name for name, others in KNOWN_AS.items() if wanted in map(folded, others))
    if known_as or OFFSET.fullmatch(wanted):
        return known_as
    likeness = SequenceMatcher(b=wanted[:QUOTED_CHARS])
    best, nearest = LIKENESS, ""
    for known, name in sorted(zone_names().items(), key=lambda each: each[1] not in current_zones()):
        likeness.set_seq1(known if "/" in wanted else known.rpartition("/")[2])
        if likeness.quick_ratio() > best and (ratio := likeness.ratio()) > best:
            best, nearest = ratio, name
    return (nearest,) if nearest else ()


def folded(text: str) -> str:
    """Return a zone's name without case, accents, and the marks that stand for blanks."""
    plain = unicodedata.normalize("NFKD", text.strip(" /"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    return " ".join(INNER_HYPHEN.sub(" ", letters).replace("_", " ").split())


def zone_words(name: str) -> str:
    """Return a zone in words: `Paris` for Europe/Paris, `New York`; one that names no place as it is."""
    region, _, rest = name.partition("/")
    return rest.rpartition("/")[2].replace("_", " ") if region in REGIONS and rest else name
