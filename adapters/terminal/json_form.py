"""An answer in the JSON that other programs rely on. A key without a value is left out; 0 is a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import Citation, HelpPage, PaperList, PaperPage, Ranked, Refusal, StatusReport
from bot.domain.paper_ids import paper_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.domain.answers import Answer, FeedState

Json = str | int | list["Json"] | dict[str, "Json"]
"""What we write. Nothing of ours is a fraction, a truth value or null."""


def json_of(answer: Answer) -> dict[str, Json]:
    """Return an answer in its JSON form, keys in the order in which product.md names them."""
    match answer:
        case PaperList():
            return list_form(answer)
        case PaperPage():
            return page_form(answer)
        case Citation(paper, style, text):
            return kept({"kind": "citation", "paper": paper.paper.id, "format": style, "text": text})
        case HelpPage():
            return help_form(answer)
        case StatusReport():
            return status_form(answer)
        case Refusal(sentence, usage):
            return kept({"kind": "error", "error": sentence, "usage": usage})
        case _:
            assert_never(answer)


def kept(form: Mapping[str, Json | None]) -> dict[str, Json]:
    """Return the keys that have a value: not None, an empty text, an empty list or an empty object."""
    return {key: value for key, value in form.items() if value is not None and value not in ("", [], {})}


def list_form(answer: PaperList) -> dict[str, Json]:
    """Return a list, its sections run together. `papers` is there for an empty list too."""
    form = kept(
        {
            "kind": "list",
            "title": answer.title,
            "feed_date": day_form(answer.feed_date),
            "notes": list(answer.notes),
        }
    )
    return form | {"papers": [paper_form(ranked) for ranked in answer.papers]}


def page_form(answer: PaperPage) -> dict[str, Json]:
    """Return one paper, in a list of one, so that a program reads it as it reads a list."""
    return kept(
        {
            "kind": "paper",
            "title": answer.ranked.listed.paper.title,
            "notes": list(answer.notes),
            "papers": [paper_form(answer.ranked)],
        }
    )


def paper_form(ranked: Ranked) -> dict[str, Json]:
    """Return one paper with its figures."""
    listed, paper = ranked.listed, ranked.listed.paper
    return kept(
        {
            "id": paper.id,
            "title": paper.title,
            "authors": list(paper.authors),
            "organization": paper.organization,
            "published": instant_form(paper.published_at),
            "feed_date": day_form(listed.feed_day),
            "upvotes": listed.upvotes,
            "comments": listed.comments,
            "votes": listed.votes,
            "summary": paper.abstract,
            "url": paper_url(listed),
            "code": paper.code_url,
            "because": list(ranked.because),
        }
    )


def help_form(answer: HelpPage) -> dict[str, Json]:
    """Return help: each line's words with what they do."""
    lines: list[Json] = [{"words": words, "help": does} for words, does in answer.lines]
    return kept({"kind": "help", "title": answer.title, "lines": lines, "notes": list(answer.notes)})


def status_form(answer: StatusReport) -> dict[str, Json]:
    """Return how things stand in a place."""
    return kept({"place": str(answer.place), "feed": feed_form(answer.feed), "silence": answer.silence})


def feed_form(feed: FeedState | None) -> dict[str, Json] | None:
    """Return what is known of the newest list."""
    if feed is None:
        return None
    return kept({"day": day_form(feed.day), "papers": feed.papers, "fetched": instant_form(feed.fetched_at)})


def day_form(day: date | None) -> str | None:
    """Return a day as `2026-04-24`."""
    return None if day is None else day.isoformat()


def instant_form(instant: datetime | None) -> str | None:
    """Return an instant in UTC, to the second, as `2026-03-20T10:24:50Z`."""
    return None if instant is None else f"{instant:%Y-%m-%dT%H:%M:%S}Z"
