"""The schema's numbered steps, and what a database's own list of steps says of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = Path(__file__).parent / "schema"

LEDGER = "papers_migrations"
"""The table that tells our databases from others, and which steps each has had."""

CREATE_LEDGER = f"""CREATE TABLE {LEDGER} (
  version BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at BIGINT NOT NULL
)"""

# Which steps the database has had.
APPLIED = f"SELECT version, checksum FROM {LEDGER} ORDER BY version"

# Note a step in the ledger.
RECORD = f"INSERT INTO {LEDGER} (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)"


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of the schema, as its file has it."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """A digest of the text, so that a step that was changed afterwards is noticed."""
        return sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements, each without its end mark; in a step a line ends with `;` only at such an end."""
        return tuple(part.strip() for part in f"{self.sql}\n".split(";\n") if part.strip())


@dataclass(frozen=True, slots=True)
class Migrated:
    """A database's version before and after; 0 is a new one. `copy` is the file as it was before."""

    before: int
    now: int
    copy: Path | None = None


def steps(folder: Path = SCHEMA) -> tuple[Step, ...]:
    """Read the steps in their order; a file is named `0001_first.sql`."""
    return tuple(_step(file) for file in sorted(folder.glob("[0-9]*_*.sql")))


def _step(file: Path) -> Step:
    number, _, name = file.stem.partition("_")
    return Step(int(number), name, file.read_text(encoding="utf-8"))


def pending(applied: Sequence[tuple[int, str]], known: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps that the database has not had.

    Raises:
        StoreError: the database has had steps that this program does not know, or had them otherwise.
    """
    ours = {step.version: step for step in known}
    for version, checksum in applied:
        if version not in ours:
            raise StoreError(
                f"This database was made by a newer papers-bot (its schema is {version}, this program's is"
                f" {known[-1].version}): upgrade the program."
            )
        if ours[version].checksum != checksum:
            raise StoreError(
                f"Step {version} of this database's schema is not the one this program has: use the release"
                " that made it, or restore a backup."
            )
    had = {version for version, _ in applied}
    return tuple(step for step in known if step.version not in had)
