"""Topics that are offered while somebody types one: the last word is completed, all before it stays."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from adapters.discord.limits import MAX_CHOICE
from bot.domain.words import without_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.papers import Paper

LAST = re.compile(r"(?P<before>.*?(?:^|[\s(|])-?)(?P<last>\"[^\"]*|[^\s(|\"]*)\Z", re.DOTALL)
"""What is being typed, behind all that is typed: a word, or a phrase whose quotation marks are open."""

LEAST_LETTERS = 2
"""So many letters are typed before what has them inside is offered too."""


def terms_of(papers: Iterable[Paper]) -> list[str]:
    """Return what papers are about, the most frequent first: their keywords, and their organisations."""
    counts = Counter[str]()
    for paper in papers:
        counts.update(filter(None, dict.fromkeys(written(word.lower()) for word in paper.keywords)))
        if organization := written(paper.organization):
            counts[f"org:{organization}"] += 1
    return [term for term, _ in counts.most_common()]


def written(words: str) -> str:
    """Return words as a topic has them: a phrase in quotation marks; nothing where there is no word."""
    phrase = " ".join(words.replace('"', " ").split())
    return phrase if phrase.isalnum() or not phrase else f'"{phrase}"'


def topics_like(text: str, kept: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Return topics that begin as the text does: those kept here, then the text with its last word completed.

    What would be longer than a choice may be is left out: cut, it would be another topic.
    """
    found = LAST.match(text.lstrip())
    before, last = (found["before"], found["last"]) if found else (text, "")
    here = [topic for topic in kept if plain(topic).startswith(plain(text.strip()))]
    ranked = sorted(terms, key=lambda term: rank(term, last))
    whole = [before + term for term in ranked if rank(term, last) < NOWHERE]
    return [topic for topic in dict.fromkeys((*here, *whole)) if len(topic) <= MAX_CHOICE]


NOWHERE = 3


def rank(term: str, last: str) -> int:
    """Return how well a term completes what is being typed, 0 being best; NOWHERE where it does not."""
    wanted, whole = plain(last).strip('"'), plain(term).replace('"', "")
    bare = whole.removeprefix("org:")
    if bare.startswith(wanted) or whole.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in bare.split()):
        return 1
    return 2 if len(wanted) > LEAST_LETTERS and wanted in bare else NOWHERE


def plain(text: str) -> str:
    """Return a text without case and accents."""
    return without_accents(text).lower()
