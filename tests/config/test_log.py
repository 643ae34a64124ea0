from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from bot import log

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    log.configure("warning", "text")


def test_a_line_of_json_has_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")
    log.logger("sources.huggingface").info("list fetched", day="2026-04-24", papers=15)
    line = json.loads(capsys.readouterr().err)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line.pop("timestamp"))
    assert line == {
        "log": "sources.huggingface",
        "event": "list fetched",
        "day": "2026-04-24",
        "papers": 15,
        "level": "info",
    }


def test_text_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "text")
    log.logger("store").info("migrated", version=3)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "migrated" in lines[0]
    assert "version=3" in lines[0]
    assert "\x1b" not in lines[0]


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_what_is_below_the_level_is_not_written(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(level, "text")
    lines = log.logger("levels")
    for name in log.LEVELS:
        getattr(lines, name)(f"an event of {name}")
    written = capsys.readouterr().err
    assert [name for name in log.LEVELS if f"event of {name}" in written] == [
        name for name in log.LEVELS if log.LEVELS[name] >= log.LEVELS[level]
    ]


@pytest.mark.parametrize(
    ("facts", "secret"),
    [
        ({"url": "postgresql://papers:hunter2@host/db"}, "hunter2"),
        ({"fault": ValueError("cannot reach postgresql://papers:hun@ter2@host/db")}, "ter2"),
        ({"token": "anything"}, "anything"),
        ({"slack_app_secret": "anything"}, "anything"),
        ({"answer": "sent with xoxb-1234-abcd"}, "1234-abcd"),
        ({"address": "https://host/hook?token=abc123&day=1"}, "abc123"),
    ],
)
def test_secrets_are_cut_out(
    facts: dict[str, object], secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", "json")
    log.logger("secrets").warning("something happened", **facts)
    written = capsys.readouterr().err
    assert "something happened" in written
    assert secret not in written
