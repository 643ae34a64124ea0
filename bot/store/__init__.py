"""The paper store: SQLite or PostgreSQL behind `bot.ports.Store`."""

from bot.store.open import migrate, open_store

__all__ = ["migrate", "open_store"]
