"""What a command's handler works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Clock, Store
    from bot.services.ingest import Ingesting
    from bot.services.searching import Searching


@dataclass(frozen=True, slots=True)
class Desk:
    """The services that handlers may use; built once by wiring, shared by all platforms."""

    store: Store
    clock: Clock
    searching: Searching
    ingesting: Ingesting
