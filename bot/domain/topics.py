"""The topic grammar: what a subscription or a list filters by, and what a search restricts itself to.

    topic  = all { ("|" | "OR") all }        a topic matches if one of the alternatives does
    all    = part { part }                   which matches if all of its parts do
    part   = ["-" | "NOT"] atom              `-` only directly before an atom and after a space
    atom   = word | "a phrase" | field | "(" topic ")"
    field  = ("author:" | "@" | "org:" | "cat:" | "title:") (word | "a phrase")

Any other `x:` is a word, as most titles have one. In a search, brackets group only where an alternative
stands inside them, and an unpaired quote or bracket is punctuation: people paste titles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.topic_matching import PaperWords, has, reasons, terms_of
from bot.domain.topic_nodes import All, Any, Not, Words, positive_leaves
from bot.domain.words import STOP_WORDS, joined, spelled_words, tokens_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.papers import Paper
    from bot.domain.topic_nodes import Node

LONGEST_TOPIC = 1_000
"""Characters; the longest title of a paper has some 250."""

DEEPEST_GROUP = 20
"""Brackets within brackets; nobody needs more, and reading them must not run out of stack."""

QUOTED_CHARS = 40
"""How much of a topic is repeated on either side of a mistake."""

STRAIGHT = str.maketrans("“”„‟«»", '""""""')

FIELDS = ("author", "org", "cat", "title")


# --- What was read ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a paper matches, and why, as a sentence: `no: lacks “agent”; excluded by “-survey”`."""

    matches: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic or query that was understood. `text` is what was written."""

    text: str
    node: Node

    def judge(self, paper: Paper) -> Verdict:
        """Tell whether a paper matches, and why."""
        texts = PaperWords(paper)
        if has(texts, self.node):
            found = [f"“{leaf.text}”" for leaf in positive_leaves(self.node) if has(texts, leaf)]
            return Verdict(matches=True, sentence=f"yes: has {', '.join(found)}" if found else "yes")
        return Verdict(matches=False, sentence=f"no: {'; '.join(dict.fromkeys(reasons(texts, self.node)))}")

    def matches(self, paper: Paper) -> bool:
        """Tell whether a paper matches."""
        return has(PaperWords(paper), self.node)


@dataclass(frozen=True, slots=True)
class TopicMistake:
    """A topic that was not understood: what was read, what was expected after it, and what stands there.

    `found` is how that is told: `“)”`, `the end`.
    """

    before: str
    expected: str
    found: str

    def __str__(self) -> str:
        read = f"After “{shortened(self.before)}” I" if self.before else "I"
        return f"{read} expected {self.expected}, not {self.found}."


def shortened(text: str) -> str:
    """Return the end of a text, where a mistake is."""
    return text if len(text) <= QUOTED_CHARS else f"…{text[-QUOTED_CHARS:]}"


# --- Reading ------------------------------------------------------------------

TOKEN = re.compile(
    r"""\s*(?:
        (?P<exclude>(?:(?<!\S)|(?<=^\()|(?<=[\s(|-]\())-(?=[^\s)|-])|(?<!\S)NOT(?=[\s("]|$))
      | (?P<either>\||(?<!\S)OR(?=[\s(]|$))
      | (?P<open>(?<![^\s()|-])\()
      | (?P<close>\))
      | (?P<phrase>(?:(?:author|org|cat|title):|@)?"[^"]*")
      | (?P<word>[^\s()|"]+)
      | (?P<quote>")
      | (?P<bracket>\()
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a topic: what it is, its text, and where it begins."""

    kind: str
    text: str
    start: int


def parse_topic(text: str) -> Topic | TopicMistake:
    """Read a topic, which wants all its words."""
    return read(text, is_search=False)


def parse_query(text: str) -> Topic | TopicMistake:
    """Read a search, which ranks by its words; `restriction` says what it restricts itself to."""
    return read(text, is_search=True)


def read(text: str, *, is_search: bool) -> Topic | TopicMistake:
    """Read a topic or a search."""
    straight = " ".join(text.translate(STRAIGHT).split())
    if len(straight) > LONGEST_TOPIC:
        return TopicMistake("", f"at most {LONGEST_TOPIC:,} characters", f"{len(straight):,}")
    pieces = pieces_of(straight)
    reader = Reader(straight, without_punctuation(pieces) if is_search else pieces)
    node = reader.whole()
    return node if isinstance(node, TopicMistake) else Topic(straight, node)


def pieces_of(text: str) -> list[Token]:
    """Take a topic apart."""
    return [
        Token(str(found.lastgroup), found[str(found.lastgroup)], found.start(str(found.lastgroup)))
        for found in TOKEN.finditer(text)
        if found.lastgroup
    ]


def without_punctuation(tokens: Sequence[Token]) -> list[Token]:
    """Leave out the brackets that group nothing, and quotes without a partner."""
    grouping: set[int] = set()
    opened: list[int] = []
    alternatives = [index for index, token in enumerate(tokens) if token.kind == "either"]
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(index)
        elif token.kind == "close" and opened:
            start = opened.pop()
            if any(start < other < index for other in alternatives):
                grouping |= {start, index}
    marks = {"open", "close", "quote", "bracket"}
    return [token for index, token in enumerate(tokens) if token.kind not in marks or index in grouping]


class Reader:
    """Reads tokens once, from left to right."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Node | TopicMistake:
        """Read everything."""
        node = self._alternatives()
        if isinstance(node, TopicMistake) or self._peek() is None:
            return node
        return self._mistake("a word or the end")

    def _alternatives(self) -> Node | TopicMistake:
        nodes: list[Node] = []
        while True:
            node = self._all()
            if isinstance(node, TopicMistake):
                return node
            nodes.append(node)
            if self._peek() != "either":
                return nodes[0] if len(nodes) == 1 else Any(tuple(nodes))
            self._at += 1

    def _all(self) -> Node | TopicMistake:
        first = self._at
        nodes: list[Node] = []
        while self._peek() not in {None, "either", "close"}:
            node = self._part()
            if isinstance(node, TopicMistake):
                return node
            nodes.append(node)
        told = telling(nodes)
        if not told:
            self._at = first
            return self._mistake("a word")
        return told[0] if len(told) == 1 else All(tuple(told))

    def _part(self) -> Node | TopicMistake:
        if self._peek() != "exclude":
            return self._atom()
        start = self._tokens[self._at].start
        self._at += 1
        node = self._atom()
        if isinstance(node, TopicMistake):
            return node
        last = self._tokens[self._at - 1]
        text = self._text[start : last.start + len(last.text)]
        # To exclude a mark asks for as little as to want it.
        return Words(text, ()) if is_mark(node) else Not(node, text)

    def _atom(self) -> Node | TopicMistake:
        match self._peek():
            case "open":
                return self._group()
            case "word" | "phrase":
                token = self._tokens[self._at]
                self._at += 1
                return words_in(token)
            case _:
                return self._mistake("a word")

    def _group(self) -> Node | TopicMistake:
        if self._depth >= DEEPEST_GROUP:
            return self._mistake("no more brackets within brackets")
        self._at += 1
        self._depth += 1
        node = self._alternatives()
        self._depth -= 1
        if isinstance(node, TopicMistake):
            return node
        if self._peek() != "close":
            return self._mistake("a closing bracket")
        self._at += 1
        return node

    def _peek(self) -> str | None:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else None

    def _mistake(self, expected: str) -> TopicMistake:
        if not self._tokens and self._text:
            return TopicMistake("", expected, f"“{shortened(self._text)}”")
        if self._peek() is None:
            return TopicMistake(self._text, expected, "the end")
        token = self._tokens[self._at]
        if token.kind == "quote":
            return TopicMistake(self._text, "a closing quote", "the end")
        return TopicMistake(self._text[: token.start].rstrip(), expected, f"“{shortened(token.text)}”")


def telling(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes that ask for something: without marks, and without stop words beside others.

    The texts of papers are read without stop words, so wanting one would find nothing.
    """
    return [node for node in nodes if not is_idle(node)] or [node for node in nodes if not is_mark(node)]


def is_mark(node: Node) -> bool:
    """Tell whether a node is a mark without any word in it, which asks for nothing."""
    return isinstance(node, Words) and not node.terms


def is_idle(node: Node) -> bool:
    """Tell whether a node is a mark, or a plain word that carries nothing."""
    if not isinstance(node, Words) or node.field or node.is_phrase:
        return is_mark(node)
    return STOP_WORDS.issuperset(spelled_words(node.text))


def words_in(token: Token) -> Words:
    """Read a word or phrase, in a field where it begins with one."""
    field, value = field_and_value(token.text)
    if token.kind == "word" and not field:
        return plain_word(value)
    return Words(
        text=token.text if field else token.text.strip('"'),
        terms=tuple(searched_terms(field, value.strip('"'))),
        field=field,
        is_phrase=token.kind == "phrase",
    )


def plain_word(text: str) -> Words:
    """Read a word. One like `on-policy` counts joined alone: what carries in it would find any policy."""
    terms, whole = words_of(text), as_one(text)
    is_rest = len(terms) == 1 < len(spelled_words(text))
    return Words(text, (whole,) if whole and is_rest else tuple(terms), joined=whole)


def field_and_value(text: str) -> tuple[str, str]:
    """Take a field apart, whose name is empty where the text is none: `author:` without a name is a word."""
    spelled_out = f"author:{text[1:]}" if text.startswith("@") else text
    name, _, value = spelled_out.partition(":")
    return (name, value) if name in FIELDS and value.strip('"') else ("", text)


def as_one(value: str) -> str:
    """Return a word as one, hyphenated or not; empty where the value is several words."""
    tokens = tokens_of(value)
    return joined(tokens[0]) if len(tokens) == 1 else ""


def searched_terms(field: str, value: str) -> list[str]:
    """Return the terms that are looked for: of a category the last alone, which names it whole."""
    terms = terms_of(field, value)
    return terms[-1:] if field == "cat" else terms
