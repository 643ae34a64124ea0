"""Scheduling and delivering over a database: `bot.ports.delivery` and `servers` in one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.installations import SqlSeenEvents
from bot.store.outbox import SqlOutbox
from bot.store.plans import SqlPlans
from bot.store.servers import SqlServers
from bot.store.submissions import SqlSubmissions
from bot.store.subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from bot.store.engine import Engine


class SqlDelivery(SqlSubscriptions, SqlPlans, SqlSubmissions, SqlOutbox, SqlServers, SqlSeenEvents):
    """Satisfies all ports of scheduling, delivering and submitting over one engine of the paper store."""

    def __init__(self, engine: Engine) -> None:
        SqlSubscriptions.__init__(self, engine)
        SqlPlans.__init__(self, engine)
        SqlSubmissions.__init__(self, engine)
        SqlOutbox.__init__(self, engine)
        SqlServers.__init__(self, engine)
        SqlSeenEvents.__init__(self, engine)
