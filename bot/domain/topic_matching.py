"""Whether a paper matches a topic, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.topic_nodes import All, Any, Not, Words, positive_leaves
from bot.domain.words import joined_words_of, words_of, words_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.papers import Paper
    from bot.domain.topic_nodes import Node


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
