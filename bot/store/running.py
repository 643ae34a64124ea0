"""The mark of a running service: a lock of the operating system on `<database>.run`.

The system lets it go with the process, however that ends; so a restart never waits for a stale mark.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def service_lock(database: Path) -> Iterator[None]:
    """Hold the mark of the service that runs over a SQLite file.

    Raises:
        StoreError: another process holds it, or there is no place for it.
    """
    try:
        mark = database.with_name(f"{database.name}.run").open("a")
    except OSError as error:
        raise StoreError(
            f"Nothing can be written beside {database} ({error.strerror}): set DATABASE_URL to another file."
        ) from error
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"A service runs over {database}: stop it first.") from None
        yield
