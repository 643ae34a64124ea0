-- Reactions that were taken away lately, so that neither an event that comes late nor a list that was asked for
-- before brings them back. message names the reaction as acts has it.
CREATE TABLE withdrawals (
  identity TEXT NOT NULL,
  message TEXT NOT NULL,
  paper TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (identity, message, paper)
);
CREATE INDEX withdrawals_by_age ON withdrawals (at);

-- Reactions are counted and compared message by message.
CREATE INDEX acts_on_message ON acts (message) WHERE means = 'reaction';
CREATE INDEX ballots_of_place ON ballots (place, posted_at);

-- What only this store knows: the key under which forgotten people are kept.
CREATE TABLE secrets (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- One-time codes: who enters one that somebody else was given is linked to them.
CREATE TABLE codes (
  code TEXT NOT NULL PRIMARY KEY,
  identity TEXT NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX codes_by_end ON codes (until);
