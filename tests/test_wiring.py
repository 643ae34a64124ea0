"""What is built of settings, and where things are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.terminal.demo import START
from bot import log, wiring
from bot.commands.table import COMMANDS
from bot.commands.text import parse_text
from bot.config import Settings
from bot.domain.places import LOCAL_PERSON, LOCAL_PLACE
from bot.errors import SettingsError, StoreError
from bot.metrics import Metrics
from bot.ports import EVERYBODY
from bot.service import Service
from bot.store.open import index_path
from bot.wiring import SystemClock, load_settings, opened, staged
from tests.contract.making import FRIDAY, entry, feed, numbers
from tests.fakes.reactions import FakeReactions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in an empty folder, without settings of the machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    log.configure("error", "text")


# --- Where the index is kept ------------------------------------------------------------

POSTGRES = "postgresql://ana:hunter2@db.example/papers"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///papers.db", Path("papers.db.search")),
        ("sqlite:////srv/bot/store.sqlite", Path("/srv/bot/store.sqlite.search")),
    ],
)
def test_the_index_of_a_file_is_beside_it(url: str, path: Path) -> None:
    assert index_path(url) == path


def test_the_index_of_a_server_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/ana")
    path = index_path(POSTGRES)
    assert path.parent == Path("/var/cache/ana/papers-bot")
    assert path.suffix == ".search"
    assert not [word for word in ("ana", "hunter2", "db.example") if word in path.name]


@pytest.mark.parametrize("named", ["", "cache"])
def test_a_cache_that_is_no_place_is_passed_over(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The specification has relative paths ignored."""
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    monkeypatch.setenv("HOME", "/srv/ana")
    assert index_path(POSTGRES).parent == Path("/srv/ana/.cache/papers-bot")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ben:other@db.example/papers",
        "postgresql://db.example/papers",
        "postgresql://db.example/papers?user=ana&password=hunter2",
    ],
)
def test_who_logs_in_makes_no_other_index(url: str) -> None:
    assert index_path(url) == index_path(POSTGRES)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:hunter2@db.example/other",
        "postgresql://ana:hunter2@other.example/papers",
        "postgresql://ana:hunter2@db.example:5433/papers",
        "postgresql://ana:hunter2@db.example/papers?search_path=other",
        "postgresql:///papers?host=/run/other",
    ],
)
def test_another_database_has_another_index(url: str) -> None:
    assert index_path(url) != index_path(POSTGRES)


# --- Settings -----------------------------------------------------------------------------


def test_a_wrong_setting_is_a_start_up_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(SettingsError, match="LOG_FORMAT is “xml”"):
        load_settings()


@pytest.mark.parametrize(
    ("ways", "level", "expected"),
    [
        pytest.param({}, None, "error", id="commands are quiet"),
        pytest.param({"is_service": True}, None, "info", id="the service tells what happens"),
        pytest.param({"is_service": True}, "warning", "warning", id="as the setting says"),
        pytest.param({"is_debugging": True}, "warning", "debug", id="unless somebody looks for a fault"),
    ],
)
def test_how_much_is_logged(ways: dict[str, bool], level: str | None, expected: str) -> None:
    wiring.configure_log(Settings.model_validate({"log_level": level}), **ways)
    assert log._wish.level == log.LEVELS[expected]


# --- The whole --------------------------------------------------------------------------------


def test_the_systems_clock_is_in_utc_and_goes_on() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    assert clock.now().tzinfo is not None
    assert clock.now().utcoffset() == START.utcoffset()
    assert clock.monotonic() >= before


async def test_what_was_stored_is_there_when_it_is_opened_again() -> None:
    settings = load_settings()
    async with opened(settings) as app:
        await app.desk.store.write(feed(entry(1, 5)))
    async with opened(settings) as app:
        assert numbers(await app.desk.store.best(FRIDAY, FRIDAY, scope=EVERYBODY, limit=None)) == [1]


async def test_the_store_is_closed_whatever_happens() -> None:
    with pytest.raises(ZeroDivisionError):
        async with opened(load_settings()) as app:
            raise ZeroDivisionError
    with pytest.raises(StoreError):
        await app.desk.store.last_feed(FRIDAY)


async def test_the_stage_of_the_demo_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with staged() as stage:
        assert stage.clock.now() == START
        await stage.fetch()
        reply = await stage.core.answer_typed(parse_text("status", COMMANDS), LOCAL_PLACE, LOCAL_PERSON)
        assert reply.private
        assert len(files_in(tmp_path)) == 1
    assert files_in(tmp_path) == []


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


# --- The service ------------------------------------------------------------------------


async def test_where_posts_are_sent_votes_are_compared() -> None:
    settings = load_settings()
    async with opened(settings) as app:

        def loops(*roles: str) -> set[str]:
            readers = [FakeReactions("discord"), FakeReactions("slack")]
            return {
                *Service(app, settings, Metrics(), [], readers=readers, roles=roles, is_alone=True).loops()
            }

        compared = {
            f"{platform} {what}"
            for platform in ("discord", "slack")
            for what in ("votes", "young votes", "figures", "seeds")
        }
        assert compared <= loops("sender")
        assert not compared & loops("scheduler")
        assert await app.hashes.of(LOCAL_PERSON) == await app.hashes.of(LOCAL_PERSON)
