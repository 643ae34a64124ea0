"""Managing from the shell, over a real store: each command is a process's worth of opening and closing it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.cli import run
from tests.postgres import emptied_postgres_url
from tests.sqlite import empty_sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Papers = Callable[..., dict[str, object]]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty database."""
    if request.param == "sqlite":
        yield empty_sqlite_url(tmp_path)
        return
    schema = emptied_postgres_url()
    with asyncio.Runner() as runner:
        yield runner.run(schema.__aenter__())
        runner.run(schema.__aexit__(None, None, None))


@pytest.fixture
def papers(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Papers:
    """Return what runs a command with --json in a fresh folder; a refusal is told by its status."""
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("MAX_PER_PLACE", "2")
    monkeypatch.chdir(tmp_path)

    def papers(*words: str, status: int = 0) -> dict[str, object]:
        assert run([*words, "--json"]) == status
        told = json.loads(capsys.readouterr().out)
        assert isinstance(told, dict)
        return told

    return papers


def listed(papers: Papers, *words: str) -> list[dict[str, object]]:
    found = papers("subscriptions", *words)["subscriptions"]
    assert isinstance(found, list)
    return found


def test_a_subscription_from_beginning_to_end(papers: Papers) -> None:
    made = papers("subscribe", "--at", "09:00", "--tz", "Europe/Paris", "--min-upvotes", "3")
    [one] = listed(papers)
    assert made["subscription"] == one
    assert (one["at"], one["tz"], one["count"], one["min_upvotes"]) == (["09:00"], "Europe/Paris", 5, 3)
    changed = papers("subscribe", "9pm", "--topic", "tool", "use")
    assert changed["before"] == {key: value for key, value in one.items() if key != "next"}
    assert [each["topic"] for each in listed(papers)] == ["tool use"]
    papers("subscriptions", "--undo", str(changed["undo"]))
    assert listed(papers) == [one]
    papers("pause", "--until", "3 days")
    assert [each["paused"] for each in listed(papers)] == [True]
    papers("resume")
    gone = papers("unsubscribe")
    assert listed(papers) == []
    papers("subscriptions", "--undo", str(gone["undo"]))
    assert [each["id"] for each in listed(papers)] == [one["id"]]


def test_every_place_is_managed_from_the_shell(papers: Papers) -> None:
    told = papers("subscribe", "--place", "discord:1/2")
    assert told["lacks"] == ["I cannot post here now: Discord is not connected to this papers-bot."]
    assert listed(papers) == []
    assert len(listed(papers, "--place", "discord:1/2")) == 1


def test_a_bare_switch_is_a_yes_and_the_cap_is_a_setting(papers: Papers) -> None:
    papers("subscribe")
    papers("subscribe", "--add", "--at", "17:00")
    assert papers("subscribe", "--add", status=1)["error"] == (
        "There are 2 subscriptions here, which is the most. Change one by its id, or remove one. "
        "Nothing was changed."
    )
    assert len(listed(papers)) == 2


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["subscribe", "--at", "25:00"], "subscribe [at] [tz]"),
        (["subscribe", "9:00", "Paaris"], "subscribe [at] [tz]"),
        (["subscribe", "--count", "26"], "subscribe [at] [tz]"),
        (["subscribe", "--days", ""], "subscribe [at] [tz]"),
        (["subscribe", "--tz", "Mars/Olympus"], "subscribe [at] [tz]"),
        (["subscribe", "--count", "0"], "subscribe [at] [tz]"),
        (["subscribe", "--days="], "subscribe [at] [tz]"),
        (["subscribe", "--topic", "agent", "-agent"], "subscribe [at] [tz]"),
        (["subscribe", "--topic", "(agent"], "subscribe [at] [tz]"),
        (["subscribe", "at=9"], "subscribe [at] [tz]"),
        (["preview", "--at", "9:61"], "preview [id] [at]"),
        (["settings", "--emoji", "x"], "settings [emoji]"),
        (["pause", "--until", "yesterday"], "pause [id] [until] [scope]"),
    ],
)
def test_a_mistake_is_wrong_usage_and_changes_nothing(papers: Papers, words: list[str], usage: str) -> None:
    papers("subscribe", "--at", "8")
    before = listed(papers)
    told = papers(*words, status=2)
    assert str(told["error"]).endswith("Nothing was changed.")
    assert str(told["usage"]).startswith(usage)
    assert listed(papers) == before


def test_what_was_posted_by_hand_waits_for_the_service_and_status_says_so(papers: Papers) -> None:
    papers("subscribe")
    assert "Nothing was posted." in str(papers("preview", "--post", status=1)["error"])
    status = papers("status")
    assert status["place"] == "terminal:local/main"
    assert str(status["silence"]).startswith("No list has been fetched yet.")


def test_a_places_ways_are_kept(papers: Papers) -> None:
    papers("settings", "--answers", "private", "--notices", "here")
    assert papers("settings")["settings"] == {
        "emoji": "👍",
        "answers": "private",
        "notices": "terminal:local/main",
        "notify": "off",
        "submit": "everyone",
    }


def test_a_hidden_paper_is_kept(papers: Papers) -> None:
    assert str(papers("hide", "2604.01234")["done"]).startswith("Hidden here: 2604.01234.")
    assert str(papers("hide", "2604.01234")["done"]).startswith("It was hidden here already")
    assert str(papers("hide", "2604.01234", "off")["done"]) == "Shown here again: 2604.01234."
