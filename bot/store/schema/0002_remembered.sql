-- Small texts that outlive a restart, by name, such as which commands a platform has been told.
CREATE TABLE remembered (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- Servers that the bot was removed from, for finding those whose data goes.
CREATE INDEX servers_left ON servers (left_at) WHERE left_at IS NOT NULL;
