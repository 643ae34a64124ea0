"""The one analysis of text: for papers and for queries, for the topic matcher and for the search index.

A word is folded (case, accents, compatibility forms), dropped if it is one of the few that carry nothing,
and stemmed. Hyphenated words count in their parts and, besides, joined.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

ANALYSIS_VERSION = 2
"""Rises with each change of what this module returns: a saved index of another version is not used."""

# fmt: off
STOP_WORDS = frozenset((
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "being",
    "both", "but", "by", "can", "could", "did", "do", "does", "during", "each", "for", "from", "had",
    "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "itself",
    "may", "might", "more", "most", "no", "nor", "not", "of", "off", "on", "once", "only", "or",
    "other", "our", "ours", "out", "over", "own", "same", "she", "should", "so", "some", "such", "than",
    "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "too", "under", "until", "up", "very", "was", "we", "were", "what", "when", "where", "which",
    "while", "who", "whom", "why", "will", "with", "would", "you", "your"
))
# fmt: on

TOKEN = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
HYPHEN = re.compile("[-‐‑]")
POSSESSIVE = re.compile(r"['’`´]s\b|['’`´]")
PUNCTUATION = re.compile(r"[\W_]+")

LONGEST_WORD = 40
"""Characters of a word that count; a longer one is no word."""

AGENT_ENDINGS = ("ers", "er", "ors", "or")
SHORTEST_AGENT = 7
"""Letters of the shortest word that may lose its agent's ending: `teacher`, not `paper` or `layer`."""

ABBREVIATED = re.compile(r"[^aeiouy]{2,}[aeiou]?(?<!s)s")
"""The plural of an abbreviation (`llms`, `gpus`, `1990s`): the stemmer looks for a word's vowels first."""

_stemmer = Stemmer("english")


def words_of(text: str) -> list[str]:
    """Return the words of a text in order: stemmed, without stop words, the parts of a hyphenated word alone.

    A text of stop words alone keeps them.
    """
    return [stem(word) for word in kept(spelled_words(text))]


def joined_words_of(text: str) -> list[str]:
    """Return each hyphenated word of a text as one: `selfplay` for `self-play`."""
    return [joined(token) for token in tokens_of(text) if HYPHEN.search(token)]


def joined(token: str) -> str:
    """Return a hyphenated word as one."""
    return stem(HYPHEN.sub("", token))


def tokens_of(text: str) -> list[str]:
    """Return the words of a text as they are spelled, folded, in order; a hyphenated one is whole."""
    return TOKEN.findall(folded(text))


def spelled_words(text: str) -> list[str]:
    """Return the words of a text as they are spelled, folded, in order; of a hyphenated one its parts."""
    return [word for token in tokens_of(text) for word in HYPHEN.split(token)]


def words_of_name(text: str) -> list[str]:
    """Return the words of a name in order, stemmed: all of them, as people are called He, An or You."""
    return [stem(word) for word in spelled_words(text)]


def kept(words: list[str]) -> list[str]:
    """Return the words that carry something; all of them where none does."""
    return [word for word in words if word not in STOP_WORDS] or words


def folded(text: str) -> str:
    """Return a text in small letters without accents and possessive endings."""
    small = without_accents(text)
    return POSSESSIVE.sub("", small) if "'" in small or not small.isascii() else small


def without_accents(text: str) -> str:
    """Return a text in small letters without accents, compatibility forms as the plain ones."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in plain if not unicodedata.combining(character))
    return text.lower()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of a folded word: plurals, verb forms and agents (`teachers`, `teaching`) share one."""
    word = word[:LONGEST_WORD]
    for ending in AGENT_ENDINGS:
        if word.endswith(ending) and len(word) - word.endswith("s") >= SHORTEST_AGENT:
            word = word.removesuffix(ending)
            break
    return word[:-1] if ABBREVIATED.fullmatch(word) else str(_stemmer.stemWord(word))


def squeezed(text: str) -> str:
    """Return a text without case, spaces and punctuation: what makes two titles equal."""
    return PUNCTUATION.sub("", without_accents(text))
