"""What all tests share: nothing but the end of what was kept for using it again."""

from __future__ import annotations

import asyncio

from tests.postgres import drop_emptied


def pytest_sessionfinish() -> None:
    """Drop the schemas that were used again and again."""
    asyncio.run(drop_emptied())
