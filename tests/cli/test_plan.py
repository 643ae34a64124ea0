"""`papers plan`: the firings of a span, printed and as JSON, over a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from bot.cli import run
from bot.cli.loops import run_to_end
from bot.cli.planning import form_of, instant, line_of, merged, readable
from bot.domain.places import LOCAL_PLACE, Place
from bot.domain.schedule import firings
from bot.domain.subscriptions import EVERY_DAY, Standing, Subscription
from bot.ports import KeepRecords
from bot.ports.delivery import Broken
from bot.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PARIS = Subscription("paris", LOCAL_PLACE, (time(2, 30), time(9)), "Europe/Paris", days=EVERY_DAY)
TOKYO = Subscription("tokyo", Place("discord", "1", "2"), (time(9),), "Asia/Tokyo", days=("sun", "mon"))
PAUSED = Subscription(
    "idle", LOCAL_PLACE, (time(9),), "UTC", days=EVERY_DAY, paused_at=datetime(2026, 1, 1, tzinfo=UTC)
)

SPAN = ["--from", "2027-03-28", "--to", "2027-03-29T00:00Z"]
"""The clocks of Paris go forward in the first night."""


@pytest.fixture
def _three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/papers.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)

    async def fill() -> None:
        store = await open_store(url)
        await store.write(KeepRecords((PARIS, TOKYO, PAUSED)))
        await store.close()

    run_to_end(fill())


@pytest.mark.usefixtures("_three")
def test_every_firing_is_a_line_in_utc_and_local_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", *SPAN]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "2027-03-28 00:00 UTC · 2027-03-28 09:00 Asia/Tokyo · discord:1/2 · tokyo",
        "2027-03-28 01:00 UTC · 2027-03-28 03:00 Europe/Paris · terminal:local/main · paris",
        "2027-03-28 07:00 UTC · 2027-03-28 09:00 Europe/Paris · terminal:local/main · paris",
    ]
    assert told.err == "The subscription idle of terminal:local/main is paused until somebody resumes it.\n"


@pytest.mark.usefixtures("_three")
def test_json_has_the_form_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", *SPAN, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["firings"][1] == {
        "place": "terminal:local/main",
        "subscription": "paris",
        "utc": "2027-03-28T01:00:00Z",
        "local": "2027-03-28T03:00:00+02:00",
    }


@pytest.mark.usefixtures("_three")
def test_from_is_included_and_to_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--from", "2027-03-28T07:00Z", "--to", "2027-03-29T07:00Z", "--json"]) == 0
    firings = json.loads(capsys.readouterr().out)["firings"]
    assert [firing["utc"] for firing in firings if firing["subscription"] == "paris"] == [
        "2027-03-28T07:00:00Z",
        "2027-03-29T00:30:00Z",
    ]


@pytest.mark.usefixtures("_three")
def test_an_empty_span_is_an_empty_list_or_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--from", "2027-03-28", "--to", "2027-03-28", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"firings": []}
    assert run(["plan", "--from", "2027-03-28", "--to", "2027-03-28"]) == 0
    assert capsys.readouterr().out == "Nothing is due in that time.\n"


@pytest.mark.usefixtures("_three")
def test_much_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--from", "2027-01-01", "--to", "2028-01-01", "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)["firings"]
    assert len(planned) == 2 * 365 + 104
    assert planned == sorted(planned, key=lambda firing: (firing["utc"], firing["subscription"]))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "plan needs --from."),
        (["--from", "2027-01-01"], "plan needs --to."),
        (
            ["--from", "soon", "--to", "2027-01-01"],
            "--from is an instant such as 2027-01-01T00:00Z, or a date",
        ),
        (["--from", "2027-02-30", "--to", "2027-03-01"], "--from is an instant"),
        (
            ["--from", "2027-01-01", "--to", "9999-12-31"],
            "--to is in the years 1970 to 2199, not “9999-12-31”.",
        ),
        (["--from", "2027-01-02", "--to", "2027-01-01"], "--to is before --from."),
        (["--from", "2027-01-01", "--to", "2027-01-02", "more"], "I did not expect “more”"),
        (["more", "--from", "2027-01-01", "--to", "2027-01-02"], "I did not expect “more”."),
    ],
)
def test_wrong_words_are_one_sentence_and_the_usage(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", *words]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(sentence)
    assert told.err.endswith("Usage: papers plan --from TIME --to TIME\n")
    assert told.out == ""


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-01-01", "2027-01-01T00:00Z"),
        ("2027-01-01T00:00Z", "2027-01-01T00:00Z"),
        ("2027-01-01T09:30:15+05:30", "2027-01-01T04:00:15Z"),
        ("2027-01-01 09:30", "2027-01-01T09:30Z"),
    ],
)
def test_instants_and_dates_are_read(text: str, utc: str) -> None:
    assert instant(text) == datetime.fromisoformat(utc)


@pytest.mark.parametrize("text", ["", "x", "2027-13-01", "0001-01-01T00:00+14:00", "24:00"])
def test_other_texts_are_none(text: str) -> None:
    assert instant(text) is None


async def test_a_broken_subscription_is_named_and_the_others_go_on() -> None:
    async def stored() -> AsyncIterator[Standing | Broken]:
        yield Broken("odd", str(LOCAL_PLACE), "its zone is no zone.")
        yield Standing(TOKYO, datetime(2026, 1, 1, tzinfo=UTC))

    complaints: list[str] = []
    assert [wish async for wish in readable(stored(), complaints.append)] == [TOKYO]
    assert complaints == ["The subscription odd of terminal:local/main is left out: its zone is no zone."]


def test_a_local_time_is_the_zones_own() -> None:
    start, end = datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC)
    [first, *_] = merged([TOKYO], start, end)
    assert first == next(firings(TOKYO, start))
    assert form_of(first, "Asia/Tokyo")["local"] == "2027-03-28T09:00:00+09:00"
    assert "2027-03-28 09:00 Asia/Tokyo" in line_of(first, "Asia/Tokyo")
