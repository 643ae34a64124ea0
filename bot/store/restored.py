"""What a restored store has to allow for: more was posted since the backup than it knows of.

A firing from before the restore may have its message already, under the key that it gets again. So what is
owed for it begins as unknown, and is looked up before it is sent.
"""

from __future__ import annotations

from bot.store.engine import NOW

RESTORED = "restored"
"""The name of the moment at which the store was restored."""

# Note that the store is restored now.
NOTE = f"""
INSERT INTO moments (name, at) VALUES ('{RESTORED}', {NOW})
ON CONFLICT (name) DO UPDATE SET at = excluded.at"""

# Make unknown what the backup holds as owed: it may have been sent since, at the earliest when it was made.
DOUBT = """
UPDATE deliveries SET state = 'unknown', first_tried_at = coalesce(
  first_tried_at, (SELECT editions.made_at FROM editions WHERE editions.key = deliveries.edition), due_at)
WHERE done_at IS NULL"""

STEPS = (NOTE, DOUBT)
"""What is done to a database that has just been restored."""
