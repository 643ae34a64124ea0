"""What all tests share: that none is about time, and what is made once and used again and again."""

from __future__ import annotations

import compileall
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

from tests.postgres import drop_emptied

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[1]

# A machine with other work on it is slow, and no test is wrong for that.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the program once: each of the real processes, which keep nothing, would do it again."""
    if not hasattr(session.config, "workerinput"):
        for package in ("bot", "adapters"):
            compileall.compile_dir(ROOT / package, quiet=1)


def pytest_sessionfinish() -> None:
    """Drop the schemas that were used again and again."""
    drop_emptied()
