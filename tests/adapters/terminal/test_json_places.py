"""What concerns a place, in the JSON of the contract."""

from __future__ import annotations

import json
from dataclasses import replace

from adapters.terminal.json_form import json_of
from bot.domain.answers import SubscriptionSaved
from tests.views.samples import ANSWERS, NOW, STATE, WISH

WISH_FORM = {
    "id": "k3f9x",
    "place": "terminal:local/main",
    "at": ["09:00"],
    "tz": "Europe/Paris",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "count": 5,
    "min_upvotes": 0,
    "layout": "digest",
    "empty": "once",
    "paused": False,
}


def test_subscriptions_have_every_key_in_its_order() -> None:
    paused = WISH_FORM | {"id": "8y54s", "topic": "teaching", "min_upvotes": 10, "paused": True}
    assert json_of(ANSWERS["subscriptions"]) == {
        "subscriptions": [WISH_FORM | {"next": "2026-04-27T07:00:00Z"}, paused],
        "broken": [{"id": "odd", "why": "its zone is no zone"}],
    }
    first = json_of(ANSWERS["subscriptions"])["subscriptions"]
    assert isinstance(first, list)
    assert json.dumps(first[0]) == json.dumps(WISH_FORM | {"next": "2026-04-27T07:00:00Z"})


def test_no_subscriptions_are_an_empty_list() -> None:
    assert json_of(ANSWERS["no subscriptions"]) == {"subscriptions": []}


def test_status_has_the_form_of_the_contract() -> None:
    assert json_of(ANSWERS["status of a day"]) == {
        "place": "terminal:local/main",
        "feed": {"day": "2026-04-24", "papers": 15, "fetched": "2026-04-24T09:56:00Z"},
        "last_delivery": {
            "due": "2026-04-24T07:00:00Z",
            "done": "2026-04-24T07:00:02Z",
            "outcome": "delivered",
            "papers": 5,
        },
        "next": "2026-04-27T07:00:00Z",
    }
    checked = replace(ANSWERS["status of a day"], votes_checked=NOW)  # type: ignore[arg-type]
    assert json_of(checked)["votes_checked"] == "2026-04-24T10:00:00Z"
    assert json_of(ANSWERS["status of a pause"])["silence"] == "Paused since 08:12 Paris: “resume” goes on."


def test_what_was_saved_comes_with_what_was_before() -> None:
    form = json_of(ANSWERS["subscription saved"])
    assert form["subscription"] == WISH_FORM | {"next": "2026-04-27T07:00:00Z"}
    assert (form["lists"], form["undo"]) == ([5, 5, 5, 5, 5], "nt5cr8kd")
    assert form["next"] == ["2026-04-27T07:00:00Z", "2026-04-28T07:00:00Z", "2026-04-29T07:00:00Z"]
    assert "before" not in form
    assert json_of(SubscriptionSaved(STATE, WISH))["before"] == WISH_FORM


def test_a_preview_is_read_like_a_list() -> None:
    form = json_of(ANSWERS["preview"])
    papers = form["papers"]
    assert isinstance(papers, list)
    assert [paper["because"] for paper in papers if isinstance(paper, dict)] == [
        ["84 upvotes", "3 votes here"],
        ["1 upvote"],
    ]
    assert (form["kind"], form["posted"], form["title"]) == ("preview", False, "Papers · Friday 24 April")
    assert form["notes"] == ["The top 2 of 15 listed so far", "Of 15 papers, 13 are not on “video”."]
    assert json_of(ANSWERS["preview of nothing"])["papers"] == []


def test_ways_and_deeds() -> None:
    form = json_of(ANSWERS["ways"])
    assert (form["kind"], form["before"]) == ("settings", {"answers": "public"})
    assert json_of(ANSWERS["done"])["undo"] == "g7sdgtun"
