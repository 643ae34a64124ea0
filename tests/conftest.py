"""What all tests share: that none is about time, and the end of what was kept for using it again."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, settings

from tests.postgres import drop_emptied

# A machine with other work on it is slow, and no test is wrong for that.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_sessionfinish() -> None:
    """Drop the schemas that were used again and again."""
    asyncio.run(drop_emptied())
