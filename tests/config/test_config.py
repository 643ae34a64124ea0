from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config import SettingMistake, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def settings() -> Settings:
    read = read_settings()
    assert isinstance(read, Settings)
    return read


def test_all_have_a_default() -> None:
    assert settings().database_url.get_secret_value() == "sqlite:///papers.db"
    assert settings().huggingface_url == "https://huggingface.co"


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("LOG_FORMAT=json\nlog_level=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    assert (settings().log_format, settings().log_level) == ("json", "warning")


def test_an_empty_value_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert settings().database_url.get_secret_value() == "sqlite:///papers.db"


def test_numbers_zones_and_places_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_PER_PLACE", " 7 ")
    monkeypatch.setenv("DEFAULT_TIMEZONE", "europe/paris")
    monkeypatch.setenv("ADMIN_PLACE", "discord:1/2")
    assert (settings().max_per_place, settings().max_per_server) == (7, 50)
    assert (settings().default_timezone, settings().admin_place) == ("Europe/Paris", "discord:1/2")


def test_an_address_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGGINGFACE_URL", "http://127.0.0.1:8000/")
    assert settings().huggingface_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("LOG_LEVEL", "loud", "LOG_LEVEL is “loud”: it must be one of debug, info, warning or error."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is “xml”: it must be one of text or json."),
        (
            "ARXIV_URL",
            "ftp://export.arxiv.org",
            "ARXIV_URL is “ftp://export.arxiv.org”: it must be an address that begins with http:// or https://.",
        ),
        (
            "HUGGINGFACE_URL",
            "http://[::1",
            "HUGGINGFACE_URL is “http://[::1”: it must be an address that begins with http:// or https://.",
        ),
        (
            "DEFAULT_TIMEZONE",
            "Europe/Paaris",
            (
                "DEFAULT_TIMEZONE is “Europe/Paaris”: "
                "it must be a time zone of the IANA database, such as Europe/Paris."
            ),
        ),
        ("MAX_PER_PLACE", "five", "MAX_PER_PLACE is “five”: it must be a whole number from 1 to 1,000."),
        ("MAX_PER_SERVER", "0", "MAX_PER_SERVER is “0”: it must be a whole number from 1 to 100,000."),
        ("SOURCE_WAIT", "-1", "SOURCE_WAIT is “-1”: it must be a whole number from 0 to 1,440."),
        ("SILENCE_HOUR", "24", "SILENCE_HOUR is “24”: it must be a whole number from 0 to 23."),
        ("PORT", "80.5", "PORT is “80.5”: it must be a whole number from 0 to 65,535."),
        (
            "ADMIN_PLACE",
            "#general",
            (
                "ADMIN_PLACE is “#general”: "
                "it must be a place, such as discord:<server>/<channel> or terminal:local/main."
            ),
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    name: str, given: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, given)
    assert read_settings() == SettingMistake(sentence)


@pytest.mark.parametrize("url", ["mysql://me:hunter2@host/papers", "hunter2", "postgresql://", "sqlite:///"])
def test_a_wrong_database_is_told_without_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    mistake = read_settings()
    assert isinstance(mistake, SettingMistake)
    assert mistake.sentence.startswith("DATABASE_URL is not right: it must be like sqlite:///papers.db")
    assert "hunter2" not in mistake.sentence


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGGINGFACE_URL", "gopher://me:hunter2@host")
    mistake = read_settings()
    assert isinstance(mistake, SettingMistake)
    assert "hunter2" not in mistake.sentence


def test_settings_never_show_a_secret() -> None:
    assert "papers.db" not in repr(settings())


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe\x00")
    assert isinstance(read_settings(), SettingMistake)
