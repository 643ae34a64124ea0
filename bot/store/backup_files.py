"""Files that backups are written to and that give way to them: none takes the place of another unasked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def reserved(target: Path) -> Iterator[Path]:
    """Yield a file beside a new one, and give it the new one's name once all of it is written."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.touch(exist_ok=False)
    except FileExistsError:
        raise StoreError(
            f"{target} exists already: choose another name, so that no backup is lost."
        ) from None
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        yield part
        part.replace(target)
    except BaseException as error:
        part.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
        raise


def free_name(path: Path) -> Path:
    """Return the first name that nothing has: `<path>.replaced-1`, `<path>.replaced-2`, ..."""
    number = 1
    while (candidate := path.with_name(f"{path.name}.replaced-{number}")).exists():
        number += 1
    return candidate
