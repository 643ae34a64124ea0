"""Scheduling and delivering over a database: the three ports of `bot.ports.delivery` in one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.outbox import SqlOutbox
from bot.store.plans import SqlPlans
from bot.store.subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from bot.store.engine import Engine


class SqlDelivery(SqlSubscriptions, SqlPlans, SqlOutbox):
    """Satisfies SubscriptionStore, PlanStore and Outbox over one engine, which the paper store closes."""

    def __init__(self, engine: Engine) -> None:
        SqlSubscriptions.__init__(self, engine)
        SqlPlans.__init__(self, engine)
        SqlOutbox.__init__(self, engine)
