"""Each delivery of an edition in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cards import Action, Actions, Card, Entry, Facts, Heading, Note, Prose
from bot.domain.deliveries import Delivery, DeliveryKind
from bot.domain.editions import Chosen, Edition, EditionKind
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import Place
from bot.views.editions import delivery_card, place_closed_words, words_of, yesterday_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACE = Place("discord", "guild", "channel")
FIRED = datetime(2026, 4, 24, 7, tzinfo=UTC)
NOTE = "The top 5 of 15 listed so far"
FOOTER = "Weekdays 09:00 Paris · why these? /papers status"
PLAIN = Listed(
    Paper(
        PaperId("2604.21686"),
        "WorldMark: A Unified Benchmark Suite for Interactive Video World Models",
        tldr="Same scenes, same controls, one score for interactive video models.",
        authors=("Xiaojie Xu", *"ABCDEFG"),
    ),
    feed_day=date(2026, 4, 24),
    upvotes=27,
)
RISEN = Listed(
    Paper(
        PaperId("2604.19734"),
        "UniT: Toward a Unified Physical Language for Human-to-Humanoid Policy Learning and World Modeling",
        abstract="Teaches humanoids from human video. A second sentence.",
        organization="xpeng-robotics",
        code_url="https://github.com/xpeng-robotics/UniT",
    ),
    feed_day=date(2026, 4, 23),
    upvotes=140,
    comments=1,
    votes=2,
)
BECAUSE = {RISEN.paper.id: ("138 upvotes", "2 votes here", "listed Thursday, 9 → 138 upvotes since")}


def edition(papers: Sequence[Listed] = (PLAIN, RISEN), reason: str = "") -> Edition:
    chosen = tuple(Chosen(each.paper.id, BECAUSE.get(each.paper.id, ())) for each in papers)
    day, at = date(2026, 4, 24), time(9)
    heading = "Papers · Friday 24 April"
    return Edition(
        "sub@2026-04-24T09:00", EditionKind.SCHEDULED, PLACE, "sub", FIRED, day, at, FIRED, heading,
        chosen, (NOTE,), FOOTER, reason,
    )  # fmt: skip


def delivery(kind: DeliveryKind = DeliveryKind.POST, part: int = 0, text: str = "") -> Delivery:
    return Delivery("key", PLACE, kind, FIRED, edition="sub@2026-04-24T09:00", part=part, text=text)


def card(owed: Delivery, of: Edition, papers: Sequence[Listed] = (PLAIN, RISEN)) -> Card:
    return delivery_card(owed, of, by_id(papers))


def by_id(papers: Sequence[Listed]) -> Mapping[PaperId, Listed]:
    return {each.paper.id: each for each in papers}


def visible(shown: Card) -> list[str]:
    """Return the rows of text that a person sees."""
    rows: list[str] = []
    for part in shown.parts:
        match part:
            case Entry():
                lead = "" if part.number is None else f"{part.number} · "
                rows += [lead + part.title, part.sentence, words_of(part.facts)]
            case Heading(text) | Note(text) | Prose(text):
                rows.append(text)
            case Facts(facts):
                rows.append(words_of(facts))
            case Actions():
                pass  # nothing of the text: a button, or words to type below it
            case _:
                pytest.fail(f"nobody expects {part}")
    return [row for row in rows if row]


def test_a_digest_is_heading_notes_three_lines_a_paper_and_footer() -> None:
    assert visible(card(delivery(), edition())) == [
        "Papers · Friday 24 April",
        NOTE,
        "1 · WorldMark: A Unified Benchmark Suite for Interactive Video World Models",
        "Same scenes, same controls, one score for interactive video models.",
        "Xiaojie Xu + 7 · 27 upvotes",
        "2 · UniT: Toward a Unified Physical Language for Human-to-Humanoid Policy Learning …",
        "Teaches humanoids from human video.",
        "xpeng-robotics · 140 upvotes · 2 votes here · listed Thursday, 9 → 138 upvotes since",
        FOOTER,
    ]


@pytest.mark.parametrize("kind", [DeliveryKind.POST, DeliveryKind.EDIT])
def test_a_hidden_paper_leaves_its_number_alone(kind: DeliveryKind) -> None:
    shown = delivery_card(delivery(kind), edition(), by_id([PLAIN, RISEN]), {PLAIN.paper.id})
    rows = visible(shown)
    assert rows[2:4] == ["1 · Hidden by a moderator", visible(card(delivery(), edition()))[5]]
    assert shown.gist == "2 papers for Friday 24 April: Hidden by a moderator; UniT"
    assert "WorldMark" not in str(shown)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("layout", ["posts", "thread"])
def test_an_edit_shows_what_its_message_showed(layout: str, part: int) -> None:
    of = edition()._replace(layout=layout)
    posted = DeliveryKind.REPLY if layout == "thread" else DeliveryKind.POST
    assert card(delivery(DeliveryKind.EDIT, part), of) == card(delivery(posted, part), of)
    hidden = delivery_card(delivery(DeliveryKind.EDIT, part), of, by_id([PLAIN, RISEN]), {PLAIN.paper.id})
    assert ("WorldMark" in str(card(delivery(posted, part), of)), "WorldMark" in str(hidden)) == (
        part == 1,
        False,
    )


def test_a_digest_leads_to_the_whole_of_the_newest_list_that_it_is_from() -> None:
    more = Actions((Action("More papers", "on 2026-04-24 25"),))
    assert card(delivery(), edition()).parts[-1] == more
    hidden = delivery_card(delivery(DeliveryKind.EDIT), edition(), by_id([PLAIN, RISEN]), {PLAIN.paper.id})
    assert hidden.parts[-1] == more
    older = card(delivery(), edition([RISEN]), [RISEN]).parts[-1]
    assert older == Actions((Action("More papers", "on 2026-04-23 25"),))


def test_nothing_leads_to_a_list_where_there_was_none() -> None:
    unlisted = replace(PLAIN, feed_day=None)
    shown = [
        card(delivery(), edition([unlisted]), [unlisted]),
        card(delivery(), edition()._replace(kind=EditionKind.RECAP)),
        card(delivery(), edition(reason="Nothing today.", papers=())),
    ]
    assert not any(isinstance(part, Actions) for each in shown for part in each.parts)


def test_a_message_of_its_own_names_two_authors_and_all_that_there_is_to_open() -> None:
    rich = replace(
        PLAIN,
        paper=replace(
            PLAIN.paper, code_url="https://code.example", code_stars=1204, project_url="https://p.example"
        ),
        votes=3,
        comments=2,
    )
    [entry] = [
        part
        for part in card(delivery(part=1), edition([rich])._replace(layout="posts"), [rich]).parts
        if isinstance(part, Entry)
    ]
    assert words_of(entry.facts) == (
        "Xiaojie Xu, A + 6 · 27 upvotes · 3 votes here · 2 comments · code (1,204 stars) · project page"
    )
    assert entry.votes == rich.votes


def test_latex_is_readable_before_anything_is_cut() -> None:
    paper = replace(
        PLAIN.paper, title=r"$\pi^3$: " + "long " * 13 + r"$\mathcal{O}(n^2)$", tldr=r"At $\sim$5\%."
    )
    [entry] = [
        part
        for part in card(delivery(), edition([PLAIN]), [replace(PLAIN, paper=paper)]).parts
        if isinstance(part, Entry)
    ]
    assert entry.title == "π³: " + "long " * 13 + "O(n²)"
    assert entry.sentence == "At ∼5%."


def test_a_notification_says_it_in_one_line() -> None:
    assert card(delivery(), edition()).gist == "2 papers for Friday 24 April: WorldMark; UniT"


def test_a_thread_is_a_heading_and_a_reply_for_each_paper() -> None:
    heading = card(delivery(DeliveryKind.THREAD), edition())
    assert visible(heading) == ["Papers · Friday 24 April", NOTE, "2 papers in this thread.", FOOTER]
    assert heading.gist == "2 papers for Friday 24 April: WorldMark; UniT"
    [entry] = card(delivery(DeliveryKind.REPLY, 2), edition()).parts
    assert isinstance(entry, Entry)
    assert (entry.number, entry.title) == (2, RISEN.paper.title)


def test_posts_are_one_paper_each_and_say_what_is_common_once() -> None:
    first, last = (visible(card(delivery(part=part), edition())) for part in (1, 2))
    assert (first[0], first[-1]) == (NOTE, "Papers · Friday 24 April · 1 of 2")
    assert first[1].startswith("1 · WorldMark")
    assert last[0].startswith("2 · UniT")
    assert last[-2:] == ["Papers · Friday 24 April · 2 of 2", FOOTER]
    assert NOTE not in last


def test_an_empty_edition_is_its_reason_alone() -> None:
    reason = "Nothing on “teaching” since Mon 20 April: 0 of 84 papers matched."
    shown = card(delivery(), edition((), reason), ())
    assert (visible(shown), shown.gist) == ([reason], reason)


@pytest.mark.parametrize("kind", [DeliveryKind.NOTICE, DeliveryKind.EDIT])
def test_a_text_of_its_own_goes_before_the_edition(kind: DeliveryKind) -> None:
    shown = card(delivery(kind, text="Nothing since Monday."), edition())
    assert (visible(shown), shown.gist) == (["Nothing since Monday."], "Nothing since Monday.")


def test_an_edit_without_a_text_shows_the_edition_as_it_is_now() -> None:
    assert card(delivery(DeliveryKind.EDIT), edition()) == card(delivery(), edition())


def test_a_paper_that_is_not_stored_any_more_still_has_its_identifier_and_page() -> None:
    [entry] = (part for part in card(delivery(), edition((PLAIN,)), ()).parts if isinstance(part, Entry))
    assert (entry.title, entry.url) == ("2604.21686", "https://arxiv.org/abs/2604.21686")


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400)
COUNTS = st.integers(0, 10**7)
PAPERS = st.builds(
    Paper,
    id=st.from_regex(r"26(0[1-9]|1[0-2])\.[0-9]{5}", fullmatch=True).map(PaperId),
    title=WORDS,
    abstract=WORDS,
    tldr=WORDS,
    organization=WORDS,
    authors=st.lists(WORDS, max_size=700).map(tuple),
    code_url=st.just("https://github.com/some/where") | st.just(""),
    code_stars=st.none() | COUNTS,
)
LISTED = st.builds(Listed, PAPERS, upvotes=COUNTS, comments=COUNTS, votes=COUNTS)


@given(papers=st.lists(LISTED, min_size=5, max_size=5, unique_by=lambda one: one.paper.id))
@settings(deadline=None, max_examples=80)
def test_five_papers_are_at_most_1_500_visible_characters(papers: list[Listed]) -> None:
    rows = visible(card(delivery(), edition(papers), papers))
    assert sum(len(row) + 1 for row in rows) <= 1_500
    assert all(f" {each.upvotes:,} upvote" in f" {' '.join(rows)}" for each in papers)


def test_who_is_told_that_a_place_is_closed_reads_why_and_what_to_do() -> None:
    assert place_closed_words(PLACE, "I may not send messages there.") == (
        "Nothing can be posted in discord:guild/channel any more: I may not send messages there. "
        "Its subscriptions are paused. When that is set right, “resume” there goes on with them; "
        "no paper is lost."
    )


def test_the_operator_reads_the_most_frequent_reasons_first() -> None:
    dropped = {f"reason {each}.": each for each in range(1, 8)}
    assert yesterday_words(date(2026, 4, 24), dropped) == (
        "28 deliveries could not be made on Friday 24 April: 7 × reason 7; 6 × reason 6; 5 × reason 5; "
        "4 × reason 4; 3 × reason 3; and 2 other reasons."
    )


@pytest.mark.parametrize(
    ("hours", "upvotes", "told"),
    [
        (24, 61, "61 upvotes · 34 more upvotes since posted"),
        (24, 28, "28 upvotes · 1 more upvote since posted"),
        (24, 27, "27 upvotes"),
        (24, 20, "20 upvotes"),
        (3, 61, "61 upvotes"),
    ],
)
@pytest.mark.parametrize("part", [0, 1])
def test_the_day_after_a_message_tells_what_came_since(
    hours: int, upvotes: int, told: str, part: int
) -> None:
    of = edition()
    first = of.papers[0]._replace(because=("27 upvotes",))
    of = of._replace(papers=(first, *of.papers[1:]))
    due_at = of.made_at + timedelta(hours=hours)
    edit = delivery(DeliveryKind.EDIT, part)._replace(due_at=due_at)
    rows = visible(
        delivery_card(edit, of, by_id([replace(PLAIN, upvotes=upvotes), replace(RISEN, upvotes=138)]))
    )
    assert any(f"{told} ·" in f"{row} ·" for row in rows), rows
    assert sum("since posted" in row for row in rows) == ("since posted" in told)
