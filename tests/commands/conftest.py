from __future__ import annotations

import pytest

from tests.commands.house import House


@pytest.fixture
def house() -> House:
    return House()
