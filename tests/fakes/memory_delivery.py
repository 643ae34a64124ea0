"""Subscriptions, plans and deliveries beside a paper store of plain dicts, over the same tables.

It passes the same tests (tests/contract) as SQLite and PostgreSQL. No call awaits anything, so each is done
whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.memory_installations import MemorySeenEvents
from tests.fakes.memory_outbox import MemoryOutbox
from tests.fakes.memory_plans import MemoryPlans
from tests.fakes.memory_servers import MemoryServers
from tests.fakes.memory_submissions import MemorySubmissions
from tests.fakes.memory_subscriptions import MemorySubscriptions

if TYPE_CHECKING:
    from tests.fakes.memory_store import MemoryStore


class MemoryDelivery(
    MemorySubscriptions, MemoryPlans, MemorySubmissions, MemoryOutbox, MemoryServers, MemorySeenEvents
):
    """Satisfies the ports of `bot.ports.delivery`, `submissions` and `servers`.

    Roles are held by the machine's own time.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        MemorySubscriptions.__init__(self, store)
        MemoryPlans.__init__(self, store)
        MemorySubmissions.__init__(self, store)
        MemoryOutbox.__init__(self, store)
        MemoryServers.__init__(self, store)
        MemorySeenEvents.__init__(self, store)
