"""The scene that most tests of the adapter begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.slack.scene import Scene, a_scene

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with a_scene() as it:
        yield it
