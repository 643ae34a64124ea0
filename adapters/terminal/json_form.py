"""An answer in the JSON that other programs rely on. A key without a value is left out; 0 is a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.domain.answers import (
    Citation,
    Confirmation,
    DataFile,
    Done,
    HelpPage,
    PaperList,
    PaperPage,
    PlaceWays,
    Preview,
    Ranked,
    Refusal,
    StatusReport,
    SubscriptionList,
    SubscriptionSaved,
    SubscriptionState,
)
from bot.domain.paper_ids import paper_url
from bot.views.papers import page_notes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.domain.answers import Answer, FeedState, LastPost, PersonalAnswer, PlaceAnswer
    from bot.domain.subscriptions import Subscription

Json = str | int | list["Json"] | dict[str, "Json"]
"""What we write. Nothing of ours is a fraction or null; a truth value is an int to Python."""


def json_of(answer: Answer) -> dict[str, Json]:  # noqa: PLR0911 - one for each kind
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
        case DataFile() | Confirmation():
            return personal_form(answer)
        case Refusal(sentence, usage):
            return kept({"kind": "error", "error": sentence, "usage": usage})
        case StatusReport() | SubscriptionSaved() | SubscriptionList() | Preview() | PlaceWays() | Done():
            return place_form(answer)
        case _:
            assert_never(answer)


def personal_form(answer: PersonalAnswer) -> dict[str, Json]:
    """Return what concerns a person."""
    if isinstance(answer, DataFile):
        return {"kind": "file", "done": answer.sentence, "name": answer.name, "text": answer.text}
    return {"kind": "confirmation", "asks": answer.sentence, "type": answer.words}


def place_form(answer: PlaceAnswer) -> dict[str, Json]:
    """Return what concerns a place."""
    match answer:
        case StatusReport():
            return status_form(answer)
        case SubscriptionSaved():
            return saved_form(answer)
        case SubscriptionList():
            return subscriptions_form(answer)
        case Preview():
            return preview_form(answer)
        case PlaceWays(place, ways, before):
            return kept(
                {"kind": "settings", "place": str(place), "settings": dict(ways), "before": dict(before)}
            )
        case Done(sentence, states, undo):
            subscriptions: list[Json] = [subscription_form(state) for state in states]
            return kept({"kind": "done", "done": sentence, "subscriptions": subscriptions, "undo": undo})
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
            "disagreements": list(answer.disagreements),
        }
    )
    return form | {"papers": [paper_form(ranked) for ranked in answer.papers]}


def page_form(answer: PaperPage) -> dict[str, Json]:
    """Return one paper, in a list of one, so that a program reads it as it reads a list."""
    return kept(
        {
            "kind": "paper",
            "title": answer.ranked.listed.paper.title,
            "notes": list(page_notes(answer)),
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
    return kept(
        {
            "place": str(answer.place),
            "feed": feed_form(answer.feed),
            "last_delivery": last_form(answer.last),
            "next": instant_form(answer.next.at if answer.next else None),
            "votes_checked": instant_form(answer.votes_checked),
            "silence": answer.silence,
        }
    )


def last_form(last: LastPost | None) -> dict[str, Json] | None:
    """Return what became of the last post; `outcome` is a word, and why where it did not arrive."""
    if last is None:
        return None
    outcome = f"{last.outcome}: {last.why}" if last.why else last.outcome
    due, done = instant_form(last.due_at), instant_form(last.done_at)
    return kept({"due": due, "done": done, "outcome": outcome, "papers": last.papers})


def feed_form(feed: FeedState | None) -> dict[str, Json] | None:
    """Return what is known of the newest list."""
    if feed is None:
        return None
    return kept({"day": day_form(feed.day), "papers": feed.papers, "fetched": instant_form(feed.fetched_at)})


def subscriptions_form(answer: SubscriptionList) -> dict[str, Json]:
    """Return the subscriptions of a place; those that cannot be read come apart from the others."""
    broken: list[Json] = [{"id": one.id, "why": one.why} for one in answer.broken]
    subscriptions: list[Json] = [subscription_form(state) for state in answer.states]
    return {"subscriptions": subscriptions} | kept({"broken": broken})


def subscription_form(state: SubscriptionState) -> dict[str, Json]:
    """Return one subscription with its next firing."""
    return wish_form(state.subscription, is_paused=state.is_paused) | kept(
        {"next": instant_form(state.next_at[0] if state.next_at else None)}
    )


def wish_form(subscription: Subscription, *, is_paused: bool) -> dict[str, Json]:
    """Return what a subscription is."""
    return kept(
        {
            "id": subscription.id,
            "place": str(subscription.place),
            "at": [f"{at:%H:%M}" for at in subscription.at],
            "tz": subscription.tz,
            "days": list(subscription.days),
            "count": subscription.count,
            "topic": subscription.topic,
            "min_upvotes": subscription.min_upvotes,
            "layout": subscription.layout.value,
            "empty": subscription.empty.value,
            "paused": is_paused,
            "paused_until": instant_form(subscription.paused_until) if is_paused else None,
        }
    )


def saved_form(answer: SubscriptionSaved) -> dict[str, Json]:
    """Return a subscription that was made or changed, as it was before, and what it would bring."""
    before = answer.before
    was = wish_form(before, is_paused=before.paused_at is not None) if before else None
    return kept(
        {
            "kind": "subscription",
            "subscription": subscription_form(answer.state),
            "before": was,
            "next": [instant_form(at) or "" for at in answer.state.next_at],
            "can": list(answer.can),
            "lacks": list(answer.lacks),
            "lists": list(answer.lists),
            "notes": list(answer.notes),
            "undo": answer.undo,
        }
    )


def preview_form(answer: Preview) -> dict[str, Json]:
    """Return an edition as it would be posted, its papers as in a list, and what the filter took."""
    edition = answer.edition
    chosen = [
        Ranked(answer.papers[one.paper], one.because) for one in edition.papers if one.paper in answer.papers
    ]
    form = kept(
        {
            "kind": "preview",
            "posted": answer.is_posted,
            "title": edition.heading,
            "reason": edition.reason,
            "notes": [*edition.notes, *answer.notes],
            "subscription": subscription_form(answer.state),
        }
    )
    return form | {"papers": [paper_form(ranked) for ranked in chosen]}


def day_form(day: date | None) -> str | None:
    """Return a day as `2026-04-24`."""
    return None if day is None else day.isoformat()


def instant_form(instant: datetime | None) -> str | None:
    """Return an instant in UTC, to the second, as `2026-03-20T10:24:50Z`."""
    return None if instant is None else f"{instant:%Y-%m-%dT%H:%M:%S}Z"
