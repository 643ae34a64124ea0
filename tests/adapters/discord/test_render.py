"""Cards as Discord's messages: what they say, what can be pressed, what they look like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.limits import MAX_DESCRIPTION, MAX_EMBEDS_TOTAL, MAX_OPTIONS
from adapters.discord.render import marked_key, render, render_all
from adapters.discord.render.acts import Choose, Do, Read, Vote, act_of, custom_id
from bot.domain.answers import Citation, Done, PaperList, PaperPage, Ranked, Section
from bot.domain.cards import Action, Actions, Card, Code, Entry, Fact, Facts, Heading, Keep, Note, Prose
from bot.domain.deliveries import DeliveryKind
from bot.domain.papers import Listed, Paper, PaperId
from bot.domain.places import Place
from bot.domain.plain import size
from bot.views import card_of
from bot.views.editions import edition_card, line_card, place_closed_words
from tests.adapters.discord.showing import KEY, components, faults, labels, visible
from tests.views.samples import ANSWERS, EDITION, HUMANOIDS, NOTHING, NOW, SHOWN, WORLDS, YOUNG_LIST
from tools.discord_markdown import rows_of

DIGEST = edition_card(EDITION, SHOWN, 0)
OTHER_KEY = KEY[::-1]
HERE = Place("discord", "123456789012345678", "987654321098765432")


def many(count: int, title: str = "A paper of some length, as they are") -> Card:
    """Return a list of papers."""
    entries = [
        Entry(
            f"{title} {number}",
            f"https://arxiv.org/abs/2604.{number:05}",
            number,
            "One sentence on it, which is as long as sentences of abstracts are when they are short.",
            (Fact("12 upvotes", keep=Keep.ALWAYS), Fact("code", "https://code.example", Keep.NICE)),
        )
        for number in range(1, count + 1)
    ]
    return Card((Heading("Papers"), *entries), "Papers")


# --- What it says ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_within_all_limits_and_means_nothing_else(name: str) -> None:
    assert faults(card_of(ANSWERS[name], NOW)) == []


def test_a_digest_is_one_frame_of_three_lines_a_paper() -> None:
    body = render(DIGEST, key=KEY).body()
    [embed] = body["embeds"]
    assert embed["title"] == "Papers · Friday 24 April"
    assert visible(body).splitlines() == [
        "Papers · Friday 24 April",
        "The top 2 of 15 listed so far",
        "",
        "1 · Worlds: A Benchmark for [interactive] Video Models",
        "Same scenes, same controls, one score.",
        "Ada One + 6 · 84 upvotes · 3 votes here · 1 comment · code (1,204 stars) · project page",
        "",
        "2 · One Language for Humanoids",
        "Humanoids learn from video of people.",
        "Humanoid Works · 1 upvote · code",
        "Weekdays 09:00 Paris · why these? /papers status",
    ]
    assert "[Worlds: A Benchmark for \\[interactive\\] Video Models](https://hugg" in embed["description"]
    assert not {"fields", "image", "thumbnail"} & set(embed)


def test_five_papers_are_at_most_1_500_visible_characters() -> None:
    words = "Long words " * 30
    papers = {
        PaperId(f"2604.0000{number}"): Listed(
            Paper(
                PaperId(f"2604.0000{number}"),
                words,
                abstract=words,
                authors=(words,) * 9,
                code_url="https://c.example",
            ),
            upvotes=1_000,
            comments=100,
            votes=100,
        )
        for number in range(5)
    }
    chosen = tuple(EDITION.papers[0]._replace(paper=paper, because=()) for paper in papers)
    body = render(edition_card(EDITION._replace(papers=chosen), papers, 0), key=KEY).body()
    assert len(visible(body)) <= 1_500


def test_a_thread_begins_with_a_heading_and_each_paper_is_told_alone() -> None:
    heading = render(edition_card(EDITION, SHOWN, 0, DeliveryKind.THREAD), key=KEY).body()
    assert visible(heading).splitlines()[1:3] == ["The top 2 of 15 listed so far", "2 papers in this thread."]
    reply = render(edition_card(EDITION, SHOWN, 1, DeliveryKind.REPLY), key=KEY).body()
    assert visible(reply).splitlines()[0] == "1 · Worlds: A Benchmark for [interactive] Video Models"
    assert labels(reply) == ["Vote 1 (3)", "Read abstract 1"]
    assert len(reply["components"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        NOTHING.reason,
        "Hugging Face has not answered since 06:40 Paris. What it lists later comes in the next edition.",
    ],
)
def test_an_empty_edition_and_a_notice_are_one_line(text: str) -> None:
    body = render(line_card(text), key=KEY).body()
    assert visible(body) == text
    assert body["components"] == []


def test_a_place_is_a_channel_that_can_be_opened() -> None:
    notice = render(line_card(place_closed_words(HERE, "I may not send messages there."))).body()
    assert notice["embeds"][0]["description"].startswith("Nothing can be posted in <#987654321098765432> any")
    address = "https://discord.com/channels/1234/5678/91011"
    still = render(card_of(Done(f"Your vote still counts, by your reaction on {address}."), NOW)).body()
    assert address in still["embeds"][0]["description"]
    status = render(Card((Heading(f"All well in {HERE}"), Note("Nothing.", Keep.NEEDED)), "")).body()
    assert status["embeds"][0]["description"] == "### All well in <#987654321098765432>\nNothing."
    assert "title" not in status["embeds"][0]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Paused: “resume” goes on.", "Paused: “/papers-admin resume” goes on."),
        ("“unsubscribe k3f9x” removes it.", "“/papers-admin unsubscribe k3f9x” removes it."),
        ("“help search” tells more.", "“/papers help search” tells more."),
        ("“unvote 2604.00001” takes it back.", "“/papers unvote 2604.00001” takes it back."),
        ("It counts, by “vote”, which you typed.", "It counts, by “/papers vote”, which you typed."),
        ("By “settings community=code”.", "By “/papers-admin settings community=code”."),
        ("“hide hep-th/9901001 off” shows it.", "“/papers-admin hide hep-th/9901001 off” shows it."),
    ],
)
def test_commands_are_named_as_they_are_typed_on_discord(words: str, shown: str) -> None:
    for part in (Prose(words), Heading(words), Note(words), Facts((Fact(words),))):
        assert visible(render(Card((part,), "")).body()) == shown
    subscription = Entry("k3f9x · 5 papers, daily at 09:00 UTC", "", sentence=words)
    assert shown in visible(render(Card((subscription,), "")).body())
    paper = Entry("A paper", "https://arxiv.org/abs/2604.00001", 1, sentence=words)
    assert words in visible(render(Card((paper, Prose(words)), "")).body())


@pytest.mark.parametrize(
    "words",
    [
        "Nothing on “resume” since Monday.",
        "I don't know the zone “Paaris”.",
        "Nothing that I have stored matches “resume”.",
        "Found for “help”",
        "0 of 6 papers on Thursday's list match “preview”.",
        "Note: “help wanted”",
        "Note: “show us how you pause”",
        "Changed: topic “pause” → “resume”.",
        "“hide” is no date.",
    ],
)
def test_what_people_write_is_never_taken_for_a_command(words: str) -> None:
    assert visible(render(Card((Note(words),), "")).body()) == words


def test_a_title_of_a_paper_never_becomes_a_channel() -> None:
    paper = replace(WORLDS.paper, title=f"On {HERE}", abstract=f"In {HERE}.", tldr=f"At {HERE}.")
    cards = [
        card_of(PaperPage(Ranked(replace(WORLDS, paper=paper))), NOW),
        edition_card(EDITION, {**SHOWN, paper.id: replace(WORLDS, paper=paper)}, 0),
    ]
    for card in cards:
        assert "<#" not in str(render(card).body())
        assert str(HERE) in visible(render(card).body())


def test_a_time_is_told_in_the_reader_s_zone_once_a_line() -> None:
    facts = tuple(Fact(f"Mon 09:0{number}", at=NOW) for number in range(3))
    body = render(Card((Facts(facts, label="Next posts"),), "")).body()
    assert body["embeds"][0]["description"] == (
        f"**Next posts:** Mon 09:00 (your time: <t:{int(NOW.timestamp())}:f>) · Mon 09:01 · Mon 09:02"
    )


def test_text_to_be_copied_stands_in_a_plain_message_and_no_letter_is_lost() -> None:
    body = render(card_of(ANSWERS["citation"], NOW)).body()
    assert body["embeds"] == []
    assert body["content"].endswith("```\n@misc{one2026worlds,\n  title = {Worlds}\n}\n```")
    long = "\n".join(f"  author{number} = {{{'word ' * 20}}}," for number in range(60))
    parts = render_all(card_of(Citation(WORLDS, "bibtex", long), NOW))
    copied = "\n".join(code for part in parts for code in codes(part.body()["content"]))
    assert len(parts) > len(("one", "another"))
    assert copied.split() == long.split()


def codes(markdown: str) -> list[str]:
    return [row.spans[0].text for row in rows_of(markdown) if row.kind == "code"]


def test_a_card_of_nothing_still_says_its_gist() -> None:
    assert visible(render(Card((), "Nothing *here*")).body()) == "Nothing *here*"
    assert visible(render(Card((Note(" "),), "")).body()) == "…"


# --- What is left out ------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 10, 11, 25])
@pytest.mark.parametrize("title", ["Short", "An exceptionally long title of a paper, " * 6, "[*_`|" * 50])
def test_no_entry_of_the_longest_list_is_lost(count: int, title: str) -> None:
    assert faults(many(count, title)) == []


def test_sentences_go_before_titles_and_the_last_ones_first() -> None:
    body = render(many(25, "An exceptionally long title of a paper, " * 3)).body()
    sentences = [line for line in visible(body).splitlines() if line.startswith("One sentence")]
    rows = visible(body).splitlines()
    assert 0 < len(sentences) < 25
    assert [row.startswith("One sentence") for row in rows if row[:3] != "12 " and row][2::2][
        : len(sentences) - 1
    ]
    assert sum(size(embed["description"]) for embed in body["embeds"]) <= MAX_EMBEDS_TOTAL


def test_what_has_no_room_is_counted() -> None:
    body = render(many(400)).body()
    shown = sum(
        line.startswith(tuple(f"{number} · " for number in range(1, 401)))
        for line in visible(body).splitlines()
    )
    assert 0 < shown < 400
    assert visible(body).splitlines()[-1] == f"{400 - shown} more had no room here."


def test_a_long_abstract_is_cut_at_the_end_of_a_sentence() -> None:
    sentences = [f"Sentence {number} has some words in it." for number in range(400)]
    body = render(Card((Heading("Title"), Prose(" ".join(sentences))), "")).body()
    shown = body["embeds"][0]["description"]
    assert shown.endswith("words in it. …")
    assert " ".join(sentences).startswith(shown.removesuffix(" …"))
    assert size(shown) > MAX_DESCRIPTION - 150


def test_the_least_needed_is_left_out_first() -> None:
    filler = Prose("Word word. " * 360, Keep.ALWAYS)
    card = Card(
        (Note("spare " * 300, Keep.SPARE), filler, Note("needed " * 300, Keep.NEEDED), Code("copied")), ""
    )
    shown = visible(render(card, key=KEY).body())
    assert "needed" in shown
    assert "copied" in shown
    assert "spare" not in shown


# --- What can be pressed -----------------------------------------------------------------


def test_a_digest_has_a_button_a_paper_a_select_and_more() -> None:
    body = render(DIGEST, key=KEY).body()
    assert labels(body) == ["Vote 1 (3)", "Vote 2", "Read an abstract", "More papers"]
    vote, second, read, more = (act_of(part["custom_id"]) for part in components(body))
    assert (vote, second) == (Vote(WORLDS.paper.id, 1, KEY), Vote(HUMANOIDS.paper.id, 2, KEY))
    assert (read, more) == (Read(KEY), Do("on 2026-04-24 25"))
    assert components(body)[2]["options"] == [
        {"label": "1 · Worlds: A Benchmark for [interactive] Video Models", "value": WORLDS.paper.id},
        {"label": "2 · One Language for Humanoids", "value": HUMANOIDS.paper.id},
    ]
    assert len(body["components"]) == 3


def test_one_card_in_many_channels_has_the_key_of_each_and_no_trace_of_the_others() -> None:
    first = render(DIGEST, key=KEY).body()
    text, labels_before = visible(first), labels(first)
    first["embeds"][0]["title"] = "spoilt"
    first["components"].clear()
    other = render(DIGEST, key=OTHER_KEY).body()
    assert (visible(other), labels(other)) == (text, labels_before)
    assert marked_key((each["custom_id"] for each in components(other)), ()) == OTHER_KEY


def test_a_vote_changes_the_button_and_no_id() -> None:
    later = edition_card(EDITION, {**SHOWN, HUMANOIDS.paper.id: replace(HUMANOIDS, votes=1_204)}, 0)
    before, after = render(DIGEST, key=KEY).body(), render(later, key=KEY).body()
    assert labels(after)[1] == "Vote 2 (1,204)"
    ids = [[part["custom_id"] for part in components(body)] for body in (before, after)]
    assert ids[0] == ids[1]


def test_the_page_of_a_paper_names_it_on_its_buttons() -> None:
    body = render(card_of(ANSWERS["page"], NOW)).body()
    assert labels(body) == ["Vote · Worlds (3)", "More like this · Worlds", "Cite this · Worlds"]
    assert body["embeds"][0]["url"] == f"https://arxiv.org/abs/{WORLDS.paper.id}"


def test_a_list_that_could_be_longer_has_more_and_nothing_that_means_another_list() -> None:
    [payload] = render_all(card_of(YOUNG_LIST, NOW), more="on 2026-04-24 25")
    assert labels(payload.body())[-2:] == ["Read an abstract", "More papers"]
    assert all(
        label.startswith(("Vote", "Read an abstract", "More papers")) for label in labels(payload.body())
    )


def test_of_many_papers_one_is_chosen_to_vote_for() -> None:
    body = render(many(25), key=KEY).body()
    assert labels(body) == ["Vote for a paper", "Read an abstract"]
    vote, read = components(body)
    assert act_of(vote["custom_id"]) == Choose(KEY)
    assert [len(select["options"]) for select in (vote, read)] == [MAX_OPTIONS, MAX_OPTIONS]


def test_a_hidden_paper_can_neither_be_voted_for_nor_read() -> None:
    body = render(edition_card(EDITION, SHOWN, 0, hidden={WORLDS.paper.id}), key=KEY).body()
    assert labels(body) == ["Vote 2", "Read abstract 2", "More papers"]
    assert "1 · Hidden by a moderator" in visible(body)


def test_words_too_long_for_a_button_are_shown_to_be_typed() -> None:
    words = "search " + "diffusion policy " * 8
    body = render(Card((Heading("Title"), Actions((Action("Again", words),))), "")).body()
    assert body["components"] == []
    assert visible(body).splitlines()[-1] == f"Again: {words.strip()}"


@pytest.mark.parametrize(
    "act",
    [
        Vote(PaperId("2604.21686"), 25, KEY),
        Vote(PaperId("hep-th/9901001")),
        Vote(PaperId("2604.21686"), key=KEY),
        Choose(KEY),
        Choose(),
        Read(KEY),
        Do("on 2026-04-24 25"),
        Do("search a:b:c\nd"),
    ],
)
def test_an_act_is_read_as_it_was_written(act: Vote | Choose | Read | Do) -> None:
    assert act_of(custom_id(act)) == act
    assert len(custom_id(act)) <= 60


@pytest.mark.parametrize(
    "strange", ["", "p1", "p1:vote", "p2:read:", "p1:vote:x:2604.21686:k", "p1:do:", "other:1"]
)
def test_a_foreign_id_is_no_act(strange: str) -> None:
    assert act_of(strange) is None


# --- How a message is known again ----------------------------------------------------------


@pytest.mark.parametrize(
    "card",
    [
        DIGEST,
        edition_card(EDITION, SHOWN, 0, DeliveryKind.THREAD),
        edition_card(EDITION, SHOWN, 2),
        edition_card(NOTHING, {}, 0),
        card_of(ANSWERS["page"], NOW),
        card_of(ANSWERS["citation"], NOW),
        many(25),
    ],
)
def test_history_shows_the_key_of_every_delivery(card: Card) -> None:
    body = render(card, key=KEY).body()
    ids = [part["custom_id"] for part in components(body)]
    assert marked_key(ids, [embed.get("url", "") for embed in body["embeds"]]) == KEY
    answer = render(card).body()
    assert marked_key([part["custom_id"] for part in components(answer)], []) == ""


def test_a_silent_post_notifies_nobody_and_none_pings() -> None:
    loud, silent = render(DIGEST, key=KEY).body(), render(DIGEST, key=KEY, silent=True).body()
    assert (loud["flags"], silent["flags"]) == (0, 1 << 12)
    assert loud["allowed_mentions"] == {"parse": []}


def test_lists_of_sections_keep_their_headings() -> None:
    card = card_of(
        PaperList("Today", (Section((Ranked(WORLDS),)), Section((Ranked(HUMANOIDS),), "Thursday"))), NOW
    )
    description = render(card).body()["embeds"][0]["description"]
    assert "\n\n### Thursday\n**2 · " in description
