"""Discord's Markdown as its apps read it: what a person sees, and what of it is a link or would ping.

A reader of its own, so that cards can be looked at and tests can ask what an escaped text really shows. The
rules are those of https://support.discord.com/hc/en-us/articles/210298617 and of the open parsers made after
its apps (discord-markdown-parser and others): escapes, emphasis, spoilers, code, links, headings, quotes,
lists, mentions, emoji, times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ESCAPE = r"\\(?P<escaped>[^0-9A-Za-z\s])"
WORDS = r"(?:\\.|\[[^\[\]]*\]|[^\[\]\\])+?"
ADDRESS = r"https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*"
INLINE = re.compile(
    "|".join(
        (
            ESCAPE,
            r"```(?:[\w+-]*\n)?(?P<block>.+?)```",
            r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)",
            r"\|\|(?P<spoiler>.+?)\|\|",
            r"\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)",
            r"__(?P<under>(?:\\.|[^\\])+?)__(?!_)",
            r"~~(?P<struck>.+?)~~",
            r"(?<!\w)_(?P<slanted>(?:\\.|[^_\\])+?)_(?!\w)",
            r"\*(?=\S)(?P<starred>(?:\\.|[^*\\])+?)(?<!\s)\*(?!\*)",
            rf"\[(?P<words>{WORDS})\]\(<?(?P<target>{ADDRESS})>?\)",
            r"<(?P<angled>https?://[^\s>]+)>|(?P<bare>https?://[^\s<]+[^<.,:;\"')\]\s])",
            r"<t:(?P<time>-?\d+)(?::\w)?>",
            r"<(?P<mention>@!?\d+|@&\d+|#\d+|a?:\w+:\d+|/[\w -]+:\d+|id:\w+)>",
            r"(?P<everyone>@(?:everyone|here))",
            r":(?P<emoji>[\w+-]+):",
        )
    ),
    re.DOTALL,
)
LINE = re.compile(
    r"(?P<hashes>#{1,3}) +(?=\S)|(?P<small>-# +(?=\S))"
    r"|(?P<quote>>(?:>>)? +)|(?P<item> *(?:[-*]|\d+\.) +(?=\S))"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text as it is shown. `kind` is empty for plain text; `target` is a link's."""

    text: str
    kind: str = ""
    target: str = ""
    inner: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a paragraph, a heading, a quote, an item of a list, or a block of code."""

    kind: str
    spans: tuple[Span, ...]


def rows_of(markdown: str) -> list[Row]:
    """Return a text as the rows that Discord shows."""
    rows: list[Row] = []
    for at, piece in enumerate(re.split(r"```(?:[\w+-]*\n)?(.+?)\n?```", markdown, flags=re.DOTALL)):
        if at % 2:
            rows.append(Row("code", (Span(piece),)))
        elif piece.strip("\n"):
            rows += [row_of(line) for line in piece.strip("\n").split("\n")]
    return rows


def row_of(line: str) -> Row:
    """Return one line, its mark taken off."""
    found = LINE.match(line)
    if found is None:
        return Row("", tuple(spans_of(line)))
    kind = f"h{len(found['hashes'])}" if found["hashes"] else found.lastgroup or ""
    return Row(kind, tuple(spans_of(line[found.end() :])))


def spans_of(markdown: str) -> list[Span]:
    """Return the pieces of one line."""
    spans: list[Span] = []
    at = 0
    for found in INLINE.finditer(markdown):
        spans += [Span(markdown[at : found.start()])] if found.start() > at else []
        spans.append(span_of(found))
        at = found.end()
    return [*spans, *([Span(markdown[at:])] if at < len(markdown) else [])]


def span_of(found: re.Match[str]) -> Span:
    """Return one piece that means something."""
    if found["escaped"]:
        return Span(found["escaped"])
    if found["target"]:
        inner = tuple(spans_of(found["words"]))
        return Span(shown(inner), "link", found["target"], inner)
    if address := found["angled"] or found["bare"]:
        return Span(address, "link", address)
    for kind in ("time", "mention", "everyone", "emoji", "code", "block"):
        if found[kind] is not None:
            return Span(found[kind], kind)
    kind = found.lastgroup or ""
    inner = tuple(spans_of(found[kind]))
    return Span(shown(inner), kind, inner=inner)


def shown(spans: tuple[Span, ...]) -> str:
    """Return the text of pieces as a person reads it."""
    return "".join(span.text for span in spans)


def flat(spans: tuple[Span, ...]) -> list[Span]:
    """Return all pieces, those within others too."""
    return [each for span in spans for each in (span, *flat(span.inner))]


def text_of(markdown: str) -> str:
    """Return a text as a person reads it, without any mark."""
    return "\n".join(shown(row.spans) for row in rows_of(markdown))
