"""What concerns a place, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.answers import (
    Done,
    LastPost,
    NextPost,
    PlaceWays,
    Preview,
    StatusReport,
    SubscriptionList,
    SubscriptionSaved,
    SubscriptionState,
)
from bot.domain.cards import Actions, Card, Entry, Facts, Heading, Keep, Note, Prose
from bot.domain.places import LOCAL_PLACE, Place
from bot.domain.subscriptions import Layout
from bot.views import card_of
from tests.views.samples import (
    ANSWERS,
    EDITION,
    FEED,
    FRIDAY_NINE,
    MONDAY_NINE,
    NOW,
    PAUSED,
    SAVED,
    SHOWN,
    STATE,
    WISH,
)

NINE = NOW - timedelta(hours=3)
"""Nine o'clock in Paris, this Friday."""


def lines(card: Card) -> list[str]:
    """Return a card line by line, labels before their facts."""
    found = []
    for part in card.parts:
        match part:
            case Heading(text) | Prose(text) | Note(text):
                found.append(text)
            case Facts(facts, label):
                words = " · ".join(fact.text for fact in facts)
                found.append(f"{label}: {words}" if label else words)
    return found


def actions(card: Card) -> dict[str, str]:
    return {
        action.label: action.words
        for part in card.parts
        if isinstance(part, Actions)
        for action in part.actions
    }


# --- Status -----------------------------------------------------------------------


def test_status_tells_the_last_post_and_the_next() -> None:
    assert lines(card_of(ANSWERS["status of a day"], NOW)) == [
        "All well in the terminal",
        "Last list: 24 April, 15 papers, fetched 4 minutes ago",
        "Last post: today 09:00 Paris, 5 papers, delivered 2 seconds after it was due",
        "Next post: Monday 27 April 09:00 Paris (in 3 days)",
    ]


def test_when_the_last_and_next_posts_are_is_told_as_instants_too() -> None:
    """So that a platform can show each reader their own time."""
    for card, instants in (
        (card_of(ANSWERS["status of a day"], NOW), [FRIDAY_NINE, MONDAY_NINE]),
        (card_of(SAVED, NOW), list(SAVED.state.next_at)),
    ):
        facts = [fact for part in card.parts if isinstance(part, Facts) for fact in part.facts]
        assert [fact.at for fact in facts if fact.at] == instants


def test_status_tells_when_votes_were_checked() -> None:
    checked = NOW - timedelta(minutes=12)
    shown = card_of(StatusReport(Place("discord", "1", "2"), FEED, votes_checked=checked), NOW)
    assert lines(shown)[-1] == "Votes: checked against Discord 12 minutes ago"


def test_where_nothing_is_posted_status_says_how_to_set_it_up() -> None:
    shown = card_of(StatusReport(LOCAL_PLACE, FEED, has_subscriptions=False), NOW)
    assert lines(shown)[-1] == "Next post: none; “subscribe” sets posts up"


def test_what_was_asked_for_is_no_fault() -> None:
    assert lines(card_of(ANSWERS["status of a pause"], NOW)) == [
        "All well in the terminal",
        "Last list: 24 April, 15 papers, fetched 4 minutes ago",
        "Paused since 08:12 Paris: “resume” goes on.",
    ]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (LastPost(NINE, "UTC", "delivered", 1, NINE), "today 07:00 UTC, 1 paper, delivered on time"),
        (
            LastPost(NINE - timedelta(days=1), "UTC", "delivered", 2, NINE),
            "yesterday 07:00 UTC, 2 papers, delivered 1 day after it was due",
        ),
        (
            LastPost(NINE - timedelta(days=2), "UTC", "dropped", 2, NINE, "The channel is gone."),
            "Wed 22 April 07:00 UTC, 2 papers, could not be made: The channel is gone",
        ),
        (LastPost(NINE, "UTC", "waiting", 5), "today 07:00 UTC, 5 papers, still on its way"),
        (
            LastPost(NINE, "UTC", "unknown", 5, why="no answer in time"),
            "today 07:00 UTC, 5 papers, still on its way: no answer in time",
        ),
        (LastPost(NINE, "UTC", "nothing", why="Nothing new."), "today 07:00 UTC, no papers"),
        (LastPost(NINE, "UTC", "delivered", 0, NINE), "today 07:00 UTC, no papers, delivered on time"),
    ],
)
def test_what_became_of_the_last_post(last: LastPost, words: str) -> None:
    assert f"Last post: {words}" in lines(card_of(StatusReport(LOCAL_PLACE, FEED, last=last), NOW))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=40), "Friday 24 April 10:00 UTC (in 40 seconds)"),
        (timedelta(hours=7), "Friday 24 April 17:00 UTC (in 7 hours)"),
        (timedelta(hours=23), "Saturday 25 April 09:00 UTC (tomorrow)"),
        (timedelta(days=300), "Thursday 18 February 2027 10:00 UTC (in 300 days)"),
    ],
)
def test_when_the_next_post_is(ahead: timedelta, words: str) -> None:
    report = StatusReport(LOCAL_PLACE, FEED, next=NextPost(NOW + ahead, "UTC"))
    assert f"Next post: {words}" in lines(card_of(report, NOW))


# --- Subscriptions ------------------------------------------------------------------


def test_a_new_subscription_reads_like_the_mock_up() -> None:
    assert lines(card_of(SAVED, NOW)) == [
        "Saved: 5 papers in the terminal, weekdays at 09:00 Paris, all topics.",
        "Next posts: Mon 27 April 09:00 · Tue 28 April 09:00 · Wed 29 April 09:00",
        "I can post, embed and react here.",
        "The last five lists would have given 5, 5, 5, 5, 5 papers.",
    ]
    assert actions(card_of(SAVED, NOW)) == {
        "Post one now": "preview id=k3f9x post=yes",
        "Preview": "preview id=k3f9x",
        "Change": "help subscribe",
        "Undo": "subscriptions undo=nt5cr8kd",
    }


def test_a_change_tells_before_and_after_and_what_is_lacking() -> None:
    shown = card_of(ANSWERS["subscription changed"], NOW)
    assert lines(shown)[:2] == [
        "Changed: times 08:00 and 17:30 → 09:00; count 3 → 5; topic “agent” → all; layout posts → digest.",
        "Now: 5 papers in the terminal, weekdays at 09:00 Paris, all topics.",
    ]
    assert "I may not react here: give “Papers” the permission Add Reactions." in lines(shown)
    assert "I can post, embed and react here." not in lines(shown)


def test_what_was_left_as_it_was_says_so() -> None:
    shown = card_of(SubscriptionSaved(STATE, WISH), NOW)
    assert lines(shown)[0] == "As it was: 5 papers in the terminal, weekdays at 09:00 Paris, all topics."
    assert "Undo" not in actions(shown)


def test_each_subscription_is_listed_by_its_id() -> None:
    entries = [part for part in card_of(ANSWERS["subscriptions"], NOW).parts if isinstance(part, Entry)]
    assert [(entry.title, entry.sentence) for entry in entries] == [
        ("k3f9x · 5 papers, weekdays at 09:00 Paris, all topics", "Next post Mon 27 April 09:00."),
        (
            "8y54s · 5 papers, weekdays at 09:00 Paris, on “teaching”, from 10 upvotes on",
            "Paused: “resume” goes on.",
        ),
        ("odd · cannot be read", "its zone is no zone"),
    ]
    assert lines(card_of(ANSWERS["subscriptions"], NOW))[0] == "3 subscriptions in the terminal"


def test_a_button_says_which_of_several_subscriptions_it_acts_on() -> None:
    assert actions(card_of(ANSWERS["subscriptions"], NOW)) == {
        "Pause k3f9x": "pause k3f9x",
        "Remove k3f9x": "unsubscribe k3f9x",
        "Resume 8y54s": "resume 8y54s",
        "Remove 8y54s": "unsubscribe 8y54s",
        "Remove odd": "unsubscribe odd",
    }
    listed = ANSWERS["subscriptions"]
    assert isinstance(listed, SubscriptionList)
    assert list(actions(card_of(replace(listed, states=listed.states[:1], broken=()), NOW))) == [
        "Preview",
        "Pause",
        "Remove",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            replace(PAUSED, subscription=replace(WISH, paused_until=MONDAY_NINE)),
            "Paused until Mon 27 April 09:00.",
        ),
        (
            replace(PAUSED, subscription=replace(WISH, pause_reason="The channel is gone.")),
            "Stopped: The channel is gone. “resume” goes on.",
        ),
    ],
)
def test_a_pause_is_told_with_its_end_or_its_reason(state: SubscriptionState, words: str) -> None:
    [entry] = [
        part
        for part in card_of(SubscriptionList(LOCAL_PLACE, (state,)), NOW).parts
        if isinstance(part, Entry)
    ]
    assert entry.sentence == words


def test_what_can_be_done_next_fits_the_first_subscription() -> None:
    assert actions(card_of(SubscriptionList(LOCAL_PLACE, (STATE,)), NOW))["Pause"] == "pause k3f9x"
    assert actions(card_of(SubscriptionList(LOCAL_PLACE, (PAUSED,)), NOW))["Resume"] == "resume 8y54s"
    assert lines(card_of(ANSWERS["no subscriptions"], NOW)) == [
        "No subscription in the terminal",
        "“subscribe” makes one.",
    ]


def test_what_was_done_tells_the_next_post_and_how_to_undo_it() -> None:
    shown = card_of(ANSWERS["done"], NOW)
    assert lines(shown)[1].startswith("Next posts: Mon 27 April 09:00")
    assert actions(shown) == {"Undo": "subscriptions undo=g7sdgtun"}
    assert lines(card_of(Done("Hidden here: it."), NOW)) == ["Hidden here: it."]


# --- Previews and ways ----------------------------------------------------------------


def test_a_preview_is_the_edition_and_says_that_nothing_was_posted() -> None:
    shown = card_of(ANSWERS["preview"], NOW)
    assert lines(shown) == [
        "This would be posted here now; nothing has been.",
        "Papers · Friday 24 April",
        "The top 2 of 15 listed so far",
        "Weekdays 09:00 Paris · why these? /papers status",
        "Of 15 papers, 13 are not on “video”.",
        "Next post: Mon 27 April 09:00",
    ]
    assert actions(shown) == {"Post it now": "preview id=k3f9x post=yes"}
    assert len([part for part in shown.parts if isinstance(part, Entry)]) == 2


def test_why_notices_cannot_be_told_stands_below_the_change() -> None:
    why = "I cannot post in discord:1/2 now: the channel is not there any more."
    ways = PlaceWays(LOCAL_PLACE, {"notices": "discord:1/2"}, {"notices": ""}, (why,))
    assert lines(card_of(ways, NOW))[1] == why


def test_what_is_on_its_way_cannot_be_posted_again_from_there() -> None:
    shown = card_of(ANSWERS["posted"], NOW)
    assert lines(shown)[0] == "On its way here:"
    assert actions(shown) == {}


def test_a_preview_of_nothing_has_its_reason() -> None:
    shown = card_of(ANSWERS["preview of nothing"], NOW)
    assert lines(shown)[:2] == [
        "A post here would have no papers now:",
        "Nothing on “teaching” since Fri 24 April: 0 of 15 papers matched.",
    ]
    assert actions(shown) == {}


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (Layout.POSTS, "Each paper comes in a message of its own."),
        (Layout.THREAD, "The papers come in a thread under the heading."),
    ],
)
def test_a_preview_says_how_it_would_be_laid_out(layout: Layout, words: str) -> None:
    state = replace(STATE, subscription=replace(WISH, layout=layout))
    assert words in lines(card_of(Preview(state, EDITION, SHOWN), NOW))


def test_a_preview_of_arguments_says_how_to_keep_them() -> None:
    shown = card_of(Preview(STATE, EDITION, SHOWN, is_kept=False), NOW)
    assert lines(shown)[-1] == "To have it so, give the same words to “subscribe”."
    assert actions(shown) == {}


def test_ways_are_listed_and_a_change_can_be_taken_back() -> None:
    shown = card_of(ANSWERS["ways"], NOW)
    assert lines(shown) == [
        "Changed: answers public → private.",
        "emoji: 👍",
        "answers: private",
        "notices: whoever set it up, privately",
        "notify: off",
        "submit: everyone",
    ]
    assert actions(shown) == {"Undo": "settings answers=public"}
    ways = PlaceWays(LOCAL_PLACE, {"notices": "discord:1/2"}, {"notices": ""})
    assert actions(card_of(ways, NOW)) == {"Undo": "settings notices=none"}


def test_what_must_be_read_is_kept_longest() -> None:
    shown = card_of(ANSWERS["subscription changed"], NOW)
    assert [part.keep for part in shown.parts if isinstance(part, Facts)].count(Keep.ALWAYS) == 1
