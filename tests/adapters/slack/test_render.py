"""Cards as Block Kit: what people read, and that nothing breaks a limit or an escape."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.limits import MAX_HEADER, MAX_TOTAL
from adapters.slack.markup import clipped, escaped, link, unescaped
from adapters.slack.render import render, render_all
from adapters.slack.render.acts import Do, Vote, act_of, value_of
from adapters.slack.render.payload import total
from bot.domain.answers import PaperList, PaperPage, Ranked, Section
from bot.domain.cards import Action, Actions, Card, Code, Entry, Fact, Facts, Heading, Keep, Note, Prose
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.plain import one_line, size
from bot.sample.moments import DAYS, MOMENTS
from bot.sample.source import items_at
from bot.sources.daily import feed_of
from bot.views import card_of
from tests.fakes.slack_checks import message_faults
from tests.views.samples import ANSWERS, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.slack.render import Payload
    from adapters.slack.render.payload import Json


def faults(payload: Payload) -> list[str]:
    return list(message_faults(payload.body()))


def texts(payload: Payload) -> Iterator[str]:
    """Yield what stands in sections, in order."""
    for block in payload.blocks:
        if block["type"] == "section":
            yield block["text"]["text"]


def pressed(payload: Payload) -> list[Json]:
    """Return all elements."""
    found: list[Json] = []
    for block in payload.blocks:
        found += block.get("elements", []) if block["type"] == "actions" else []
        found += [block["accessory"]] if "accessory" in block else []
    return found


def papers(count: int, sentence: str = "One sentence.") -> Card:
    entries = [
        Entry(f"Paper {at}: Long", f"https://arxiv.org/abs/2604.{at:05d}", at, sentence, (Fact("5 upvotes"),))
        for at in range(1, count + 1)
    ]
    return Card((Heading("Papers · Friday 24 April"), *entries, Note("Weekdays 09:00 Paris")), "papers")


# --- How it reads -------------------------------------------------------------------------


@pytest.mark.parametrize("room", [MAX_HEADER, MAX_HEADER + 1, 1_000])
def test_a_heading_is_told_to_its_end_however_long_it_is(room: int) -> None:
    sentence = f"Your code is k3f9x2ab. {'x' * room}"[: room - 24] + " Give it to nobody else."
    [block] = render(Card((Heading(sentence),), sentence)).blocks
    assert block["type"] == ("header" if room <= MAX_HEADER else "section")
    assert sentence in block["text"]["text"]


def test_a_digest_of_five_has_a_vote_button_and_a_menu_beside_each_paper() -> None:
    payload = render(papers(5))
    kinds = [block["type"] for block in payload.blocks]
    assert kinds == ["header", "divider", *["section"] * 10, "context"]
    title, rest = payload.blocks[2:4]
    assert title["text"]["text"] == "*1 · <https://arxiv.org/abs/2604.00001|Paper 1: Long>*"
    assert title["accessory"]["text"]["text"] == "Vote"
    assert title["accessory"]["accessibility_label"] == "Vote for 1, Paper 1: Long"
    assert act_of(title["accessory"]["value"]) == Vote(PaperId("2604.00001"), 1)
    assert rest["text"]["text"] == "One sentence.\n5 upvotes"
    assert [each["text"]["text"] for each in rest["accessory"]["options"]] == [
        "Abstract",
        "Similar papers",
        "Cite",
    ]


def test_ten_papers_have_a_vote_button_each_and_one_menu_of_abstracts() -> None:
    elements = pressed(render(papers(10)))
    assert [each["type"] for each in elements].count("button") == 10
    [menu] = [each for each in elements if each["type"] == "static_select"]
    assert len(menu["options"]) == 10
    assert act_of(menu["options"][0]["value"]) == Do("show 2604.00001")


def test_twenty_five_papers_all_stay_with_two_menus_below() -> None:
    payload = render(papers(25, "A sentence that says what it is about, and how. " * 4))
    menus = pressed(payload)
    assert [each["placeholder"]["text"] for each in menus] == ["Vote for a paper", "Read an abstract"]
    text = "\n".join(texts(payload))
    assert all(f"*{number} · " in text for number in range(1, 26))
    assert "A sentence that says" in text
    assert faults(payload) == []


def test_votes_so_far_stand_on_the_button() -> None:
    card = papers(1)
    entry = card.parts[1]
    assert isinstance(entry, Entry)
    entry = replace(entry, votes=3)
    elements = pressed(render(replace(card, parts=(entry,))))
    assert elements[0]["text"]["text"] == "Vote (3)"


def test_the_text_of_a_notification_is_the_gist() -> None:
    assert render(replace(papers(2), gist="2 papers: A & B")).text == "2 papers: A &amp; B"


def test_what_is_needed_least_is_left_out_and_counted() -> None:
    long = [Entry("t" * 290, f"https://arxiv.org/abs/2604.{at:05d}", at) for at in range(1, 61)]
    payload = render(Card((Heading("Many"), *long), "many"))
    [foot] = [block for block in payload.blocks if block["type"] == "context"]
    assert "more had no room here." in foot["elements"][0]["text"]
    assert faults(payload) == []
    assert "*1 · " in "\n".join(texts(payload))


def test_prose_that_was_cut_says_so() -> None:
    payload = render(Card((Prose("A whole sentence of the abstract. " * 200),), "x"))
    assert "\n".join(texts(payload)).endswith("…")
    assert faults(payload) == []


def test_a_text_to_be_copied_keeps_its_lines_and_all_of_it() -> None:
    code = "\n".join(f"  author{at} = {{Somebody & Other}}," for at in range(600))
    payloads = render_all(Card((Heading("Citation"), Code(code)), "Citation"))
    assert len(payloads) > 1
    shown = "\n".join(text for payload in payloads for text in texts(payload))
    assert all(f"author{at} = {{Somebody &amp; Other}}," in shown for at in range(600))
    assert [fault for payload in payloads for fault in faults(payload)] == []


@pytest.mark.parametrize("line", ["&" * 9_000, f"{'&' * 1_390} " * 6, "<" * 1_399 + " x" * 2_000])
def test_signs_that_slack_writes_longer_break_no_section(line: str) -> None:
    payloads = render_all(Card((Code(line),), "Citation"))
    assert [faults(payload) for payload in payloads] == [[]] * len(payloads)
    shown = "".join(text for payload in payloads for text in texts(payload))
    assert unescaped(shown).count(line[0]) == line.count(line[0])


def test_actions_are_buttons_and_those_by_number_are_not_on_a_list() -> None:
    actions = Actions((Action("Read 1", "show 1"), Action("Preview", "preview")))
    elements = pressed(render(Card((*papers(1).parts, actions), "x"), more="today 25"))
    labels = [each["text"]["text"] for each in elements if each["type"] == "button"]
    assert labels == ["Vote", "Preview", "More papers"]


def test_a_page_names_its_paper_on_its_buttons() -> None:
    page = next(answer for answer in ANSWERS.values() if isinstance(answer, PaperPage))
    elements = pressed(render(card_of(page, NOW)))
    assert elements[0]["accessibility_label"].startswith("Vote for Worlds")
    assert any("· Worlds" in each["text"]["text"] for each in elements[1:])


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_within_the_limits(name: str) -> None:
    for payload in render_all(card_of(ANSWERS[name], NOW)):
        assert faults(payload) == []
        assert payload.blocks


# --- Foreign text --------------------------------------------------------------------------


def test_a_channel_has_its_name_where_all_is_ours() -> None:
    heading = Heading("Saved: 5 papers in slack:T1/C1, weekdays 09:00 Paris.")
    shown = render(Card((heading, Prose("Not in slack:T1/D1."), Note("See slack:T1/C2.")), heading.text))
    assert list(texts(shown)) == [
        "*Saved: 5 papers in <#C1>, weekdays 09:00 Paris.*\nNot in this conversation."
    ]
    assert "See <#C2>." in str(shown.blocks[-1])
    assert shown.text == "Saved: 5 papers in <#C1>, weekdays 09:00 Paris."
    assert faults(shown) == []


def test_a_message_that_is_named_can_be_opened() -> None:
    address = "https://slack.com/archives/C1/p1777000000000100"
    [text] = texts(render(Card((Heading(f"Your vote still counts, by your reaction on {address}."),), "g")))
    assert text == f"*Your vote still counts, by your reaction on <{address}|that message>.*"


def test_in_a_papers_words_nothing_is_a_channel() -> None:
    paper = Entry("In slack:T1/C1", "https://arxiv.org/abs/2604.00001", sentence="See slack:T1/C1.")
    assert "<#" not in str(render(Card((Heading("slack:T1/C1"), paper), "slack:T1/C1")).body())


@pytest.mark.parametrize(
    ("text", "mrkdwn"),
    [
        pytest.param("a < b & c > d", "a &lt; b &amp; c &gt; d", id="entities"),
        pytest.param("<!channel> <@U1> <#C1>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt;", id="pings"),
        pytest.param("*bold* here", "*\u200bbold* here", id="bold"),
        pytest.param("snake_case_name", "snake_case_name", id="inside a word"),
        pytest.param("5 * 6 * 7", "5 * 6 * 7", id="alone"),
        pytest.param("a :fire: b", "a :\u200bfire: b", id="emoji"),
        pytest.param("> quoted", "\u200b&gt; quoted", id="quote"),
    ],
)
def test_foreign_text_has_no_effect(text: str, mrkdwn: str) -> None:
    assert escaped(text) == mrkdwn


@pytest.mark.parametrize(
    ("url", "mrkdwn"),
    [
        ("https://a.example/x?a=1&b=2", "<https://a.example/x?a=1&amp;b=2|T>"),
        ("https://a.example/|x>y", "<https://a.example/%7Cx%3Ey|T>"),
        ("javascript:alert(1)", "T"),
        ("http://[", "T"),
    ],
)
def test_only_web_addresses_are_linked(url: str, mrkdwn: str) -> None:
    assert link("T", url) == mrkdwn


@given(st.text())
def test_what_was_escaped_reads_as_it_was(text: str) -> None:
    assert unescaped(escaped(text)).replace("\u200b", "") == text.replace("\u200b", "")


@given(st.text(), st.integers(3, 80))
def test_what_is_clipped_has_room(text: str, room: int) -> None:
    assert size(escaped(clipped(one_line(text), room))) <= room


@given(st.sampled_from([Vote(PaperId("hep-th/9901001")), Vote(PaperId("2604.1"), 3), Do("on 2026-04-24 25")]))
def test_an_act_is_read_as_it_was_written(act: Vote | Do) -> None:
    assert act_of(value_of(act)) == act


@pytest.mark.parametrize("value", ["", "p2:vote:1:2604.1", "vote", "p1:vote:x:2604.1"])
def test_other_values_are_no_acts(value: str) -> None:
    assert act_of(value) is None


REAL = [
    entry.paper
    for day in DAYS
    for entry in feed_of(items_at([m for m in MOMENTS if m.day == day][-1]), day, NOW).entries
]

NASTY = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            *("<!channel>", "<@U1>", "&lt;!here>", "|>", "\u202e\u200b", "$\\frac{a}{b}$"),
            *("*" * 90, "`" * 50, "😀" * 2_000, "人" * 5_000, "x" * 9_000, "a. B" * 3_000, '"' * 9_000),
            "https://a.example/" + "y" * 600,
        ]
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> Paper:
    """Draw a real paper of which something is missing, longer, or hostile."""
    paper = draw(st.sampled_from(REAL))
    for name in draw(st.sets(st.sampled_from(["title", "abstract", "tldr", "organization", "code_url"]))):
        text = getattr(paper, name)
        at = draw(st.integers(0, len(text)))
        paper = replace(paper, **{name: draw(st.sampled_from(["", text[at:]])) + draw(NASTY) + text[:at]})
    if draw(st.booleans()):
        paper = replace(paper, authors=tuple(draw(st.lists(NASTY, max_size=5))) * draw(st.integers(0, 120)))
    return paper


@settings(deadline=None)
@given(st.lists(mutated(), min_size=1, max_size=25), st.integers(0, 10**12))
def test_any_papers_are_rendered_within_the_limits(chosen: list[Paper], votes: int) -> None:
    ranked = tuple(
        Ranked(Listed(paper, upvotes=votes, votes=votes), (paper.tldr[:400], "12 in the last 3 hours"))
        for paper in chosen
    )
    answers = (PaperList(chosen[0].title, (Section(ranked),)), PaperPage(ranked[0]))
    for answer in answers:
        for payload in render_all(card_of(answer, NOW)):
            assert faults(payload) == []
            assert total(payload.blocks) <= MAX_TOTAL
            json.dumps(payload.body()).encode()


PARTS = st.one_of(
    st.builds(Heading, NASTY, st.integers(1, 2)),
    st.builds(Prose, NASTY, st.sampled_from(Keep)),
    st.builds(Entry, NASTY, st.sampled_from(["", "https://arxiv.org/abs/2604.1", "x"]), sentence=NASTY),
    st.builds(Facts, st.tuples(st.builds(Fact, NASTY, NASTY)), NASTY),
    st.builds(Code, NASTY),
    st.builds(Actions, st.tuples(st.builds(Action, NASTY, NASTY))),
    st.builds(Note, NASTY, st.sampled_from(Keep)),
)


@settings(deadline=None)
@given(st.lists(PARTS, max_size=40), NASTY)
def test_any_card_is_rendered_within_the_limits(parts: list[Heading], gist: str) -> None:
    for payload in render_all(Card(tuple(parts), gist)):
        assert faults(payload) == []
        assert total(payload.blocks) <= MAX_TOTAL
