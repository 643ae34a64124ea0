"""A SQLite file for tests: our tables without a row, written as one that was made once in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.sqlite_schema import migrate_file

NAME = "papers.db"


def empty_sqlite_url(folder: Path) -> str:
    """Return the URL of a new file in the folder, `NAME`: for tests that are not about how it is made."""
    path = folder / NAME
    path.write_bytes(_made())
    return f"sqlite:///{path}"


@cache
def _made() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        migrate_file(path)
        assert [each.name for each in path.parent.iterdir()] == [NAME], "nothing of it is left in a journal"
        return path.read_bytes()
