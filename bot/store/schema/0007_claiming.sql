-- Of what is owed at one moment, places come in the order of their names: their rows stand side by side in the
-- other indexes, so that a claim and what settles it touch fewer pages. Keys would be spread over all of them.
DROP INDEX deliveries_in_turn;
CREATE INDEX deliveries_in_turn ON deliveries (platform, priority, turn, due_at, part, place)
  WHERE done_at IS NULL;
