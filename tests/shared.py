"""Where the reference data beside the project is, for the tests that can use it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_folder() -> Path:
    """Return the folder of reference data; skip the test where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared reference data beside the project")
    return SHARED
