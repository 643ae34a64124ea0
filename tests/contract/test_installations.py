"""Workspaces that installed the bot, with their tokens at rest; events that were dealt with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.places import Identity
from bot.errors import StoreError
from bot.ports.installations import Installation
from bot.store.sealing import SEALED, Seal
from bot.store.sql_store import SqlStore
from tests.contract.making import HOUR, NOON
from tests.fakes.memory_installations import MemoryInstallations
from tests.fakes.memory_store import MemoryStore

if TYPE_CHECKING:
    from bot.ports import Store
    from bot.ports.installations import InstallationStore
    from tests.contract.subscribing import DeliveryStore


async def test_an_event_is_new_once(delivery: DeliveryStore) -> None:
    assert await delivery.first_seen("slack Ev1", NOON)
    assert not await delivery.first_seen("slack Ev1", NOON + HOUR)
    assert await delivery.first_seen("slack Ev2", NOON)


async def test_of_many_who_hear_of_it_at_once_one_deals_with_it(delivery: DeliveryStore) -> None:
    heard = await asyncio.gather(*(delivery.first_seen("slack Ev1", NOON + n * HOUR) for n in range(20)))
    assert sorted(heard) == [False] * 19 + [True]


async def test_an_event_is_forgotten_when_its_time_is_over(delivery: DeliveryStore) -> None:
    await delivery.first_seen("slack Ev1", NOON)
    await delivery.first_seen("slack Ev2", NOON + HOUR)
    assert await delivery.forget_events(NOON) == 0
    assert await delivery.forget_events(NOON + HOUR) == 1
    assert await delivery.first_seen("slack Ev1", NOON)
    assert not await delivery.first_seen("slack Ev2", NOON)


# --- Installations ------------------------------------------------------------------


KEY = "k" * 32

LAB = Installation(
    "slack",
    "T1",
    "xoxe.xoxb-secret",
    NOON,
    Identity("slack:T1/UANA"),
    "UBOT",
    ("chat:write", "commands"),
    "xoxe-refresh",
    NOON + 12 * HOUR,
)
SHOP = Installation("slack", "T2", "xoxb-other", NOON)


def installations_of(store: Store, key: str = KEY) -> InstallationStore:
    if isinstance(store, MemoryStore):
        return MemoryInstallations(store)
    assert isinstance(store, SqlStore)
    return store.installations(key)


@pytest.mark.parametrize("key", [KEY, ""])
async def test_an_installation_is_kept_as_it_is(store: Store, key: str) -> None:
    kept = installations_of(store, key)
    assert await kept.installation("slack", "T1") is None
    await kept.keep_installation(SHOP)
    await kept.keep_installation(LAB)
    assert await kept.installation("slack", "T1") == LAB
    assert await kept.installation("slack", "T2") == SHOP
    assert list(await kept.installed_teams("slack")) == ["T1", "T2"]
    assert list(await kept.installed_teams("discord")) == []


async def test_a_new_token_takes_the_place_of_the_old_one(store: Store) -> None:
    kept = installations_of(store)
    await kept.keep_installation(LAB)
    renewed = replace(LAB, bot_token="xoxe.xoxb-next", refresh_token="", expires_at=None)
    await kept.keep_installation(renewed)
    assert await kept.installation("slack", "T1") == renewed


async def test_what_is_removed_is_gone(store: Store) -> None:
    kept = installations_of(store)
    await kept.keep_installation(LAB)
    await kept.keep_installation(SHOP)
    assert await kept.remove_installation("slack", "T1")
    assert not await kept.remove_installation("slack", "T1")
    assert await kept.installation("slack", "T1") is None
    assert list(await kept.installed_teams("slack")) == ["T2"]


async def test_a_copy_of_the_database_does_not_tell_the_tokens(store: Store) -> None:
    if isinstance(store, MemoryStore):
        return  # nothing of it is at rest
    assert isinstance(store, SqlStore)
    await installations_of(store).keep_installation(LAB)
    [row] = await store._engine.fetch("SELECT bot_token, refresh_token FROM installations")
    assert all(str(value).startswith(SEALED) for value in row)
    assert "secret" not in str(row)
    with pytest.raises(StoreError, match="another ENCRYPTION_KEY"):
        await installations_of(store, "x" * 32).installation("slack", "T1")
    with pytest.raises(StoreError, match="set the ENCRYPTION_KEY"):
        await installations_of(store, "").installation("slack", "T1")


async def test_what_was_kept_without_a_key_is_read_and_then_sealed(store: Store) -> None:
    await installations_of(store, "").keep_installation(LAB)
    later = installations_of(store)
    assert await later.installation("slack", "T1") == LAB
    await later.keep_installation(LAB)
    assert await later.installation("slack", "T1") == LAB


def test_a_token_stands_in_no_text_of_an_installation() -> None:
    assert "secret" not in repr(LAB)
    assert "refresh" not in repr(LAB).replace("refresh_token", "")


def test_the_same_text_is_never_sealed_the_same() -> None:
    seal = Seal(KEY)
    assert seal.sealed("a") != seal.sealed("a")
    assert seal.opened(seal.sealed("“ünal”")) == "“ünal”"
