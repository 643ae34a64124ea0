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

from bot.domain.words import (
    STOP_WORDS,
    joined,
    joined_words_of,
    spelled_words,
    tokens_of,
    words_of,
    words_of_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.papers import Paper

LONGEST_TOPIC = 1_000
"""Characters; the longest title of a paper has some 250."""

DEEPEST_GROUP = 20
"""Brackets within brackets; nobody needs more, and reading them must not run out of stack."""

QUOTED_CHARS = 40
"""How much of a topic is repeated on either side of a mistake."""

STRAIGHT = str.maketrans("“”„‟«»", '""""""')

FIELDS = ("author", "org", "cat", "title")


# --- What a topic is made of --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row: one word, the parts of a hyphenated one, or a phrase; in any text or in one field.

    `joined` is a single or hyphenated word as one: `self-play` and `selfplay` count as much.
    """

    text: str
    terms: tuple[str, ...]
    field: str = ""
    joined: str = ""
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What must not match."""

    node: Node
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """Parts that must all match."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Alternatives, one of which must match."""

    nodes: tuple[Node, ...]


Node = Words | Not | All | Any


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


# --- Whether a paper matches --------------------------------------------------


class PaperWords:
    """The words of a paper's texts, each analysed when it is first asked for."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._rows: dict[str, tuple[tuple[str, ...], ...]] = {}
        self._joined: frozenset[str] | None = None

    def rows(self, field: str) -> tuple[tuple[str, ...], ...]:
        """Return the words of a field in rows; a phrase stands within one row. No field: all texts."""
        if field not in self._rows:
            texts = texts_of(self._paper, field)
            names = self.rows("author") + self.rows("org") if not field else ()
            self._rows[field] = (*(tuple(terms_of(field, text)) for text in texts), *names)
        return self._rows[field]

    def has_joined(self, word: str) -> bool:
        """Tell whether a hyphenated word stands joined in any text, or one word that is the same."""
        if self._joined is None:
            texts = (text for field in ("", "author", "org") for text in texts_of(self._paper, field))
            self._joined = frozenset(
                {term for text in texts for term in joined_words_of(text)}.union(*self.rows(""))
            )
        return word in self._joined


def texts_of(paper: Paper, field: str) -> tuple[str, ...]:
    """Return the texts of a paper that a field looks at; without a field, what it is about."""
    match field:
        case "author":
            return paper.authors
        case "org":
            return (paper.organization,)
        case "cat":
            return paper.categories
        case "title":
            return (paper.title,)
        case _:
            return (paper.title, paper.abstract, *paper.keywords)


def terms_of(field: str, text: str) -> list[str]:
    """Return the terms of a text in a field: words, or a category (`cs.cl`) after its archive (`cs`)."""
    match field:
        case "cat":
            category = text.strip().lower()
            return list(dict.fromkeys((category.partition(".")[0], category)))
        case "author" | "org":
            return words_of_name(text)
        case _:
            return words_of(text)


def has(texts: PaperWords, node: Node) -> bool:
    """Tell whether a paper's texts match."""
    match node:
        case Words():
            return has_words(texts, node)
        case Not(inner):
            return not has(texts, inner)
        case All(nodes):
            return all(has(texts, inner) for inner in nodes)
        case Any(nodes):
            return any(has(texts, inner) for inner in nodes)


def has_words(texts: PaperWords, words: Words) -> bool:
    """Tell whether the words stand in a row in one text, or joined."""
    if any(in_row(words.terms, row) for row in texts.rows(words.field)):
        return True
    is_spelled_apart = not words.field and bool(words.joined)
    return is_spelled_apart and texts.has_joined(words.joined)


def in_row(terms: Sequence[str], row: Sequence[str]) -> bool:
    """Tell whether terms stand next to one another in a row."""
    if len(terms) == 1:
        return terms[0] in row
    starts = range(len(row) - len(terms) + 1)
    return any(tuple(row[start : start + len(terms)]) == tuple(terms) for start in starts)


def reasons(texts: PaperWords, node: Node) -> Iterator[str]:
    """Yield why a node does not match, in words."""
    match node:
        case Words():
            yield f"lacks “{node.text}”"
        case Not():
            yield f"excluded by “{node.text}”"
        case All(nodes):
            yield from (why for inner in nodes if not has(texts, inner) for why in reasons(texts, inner))
        case Any(nodes) if all(isinstance(inner, Words) for inner in nodes):
            yield f"lacks any of {', '.join(f'“{leaf.text}”' for leaf in positive_leaves(node))}"
        case Any(nodes):
            yield from (why for inner in nodes for why in reasons(texts, inner))


def positive_leaves(node: Node) -> Iterator[Words]:
    """Yield the words that speak for a paper: all but the excluded ones."""
    match node:
        case Words():
            yield node
        case Not():
            return
        case All(nodes) | Any(nodes):
            for inner in nodes:
                yield from positive_leaves(inner)


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


def restriction(node: Node) -> Node | None:
    """Return what a search is restricted to: phrases, exclusions and fields; None where it is to nothing.

    A plain word only ranks, so alternatives with a plain word among them restrict nothing.
    """
    match node:
        case Words():
            return node if node.is_phrase or node.field else None
        case Not():
            return node
        case All(nodes):
            kept = tuple(inner for inner in map(restriction, nodes) if inner is not None)
            return All(kept) if kept else None
        case Any(nodes):
            parts = [restriction(inner) for inner in nodes]
            kept = tuple(inner for inner in parts if inner is not None)
            return Any(kept) if len(kept) == len(parts) else None
