-- How many acts each paper has at the most, so that the leaderboard looks only at papers that may be on it.
-- Votes are counted from the acts; a tally only tells where that is worth while. So who takes an act away need
-- not touch it, and who adds one neither: acts are tallied later, and are fresh until then.
CREATE TABLE tallies (
  paper TEXT NOT NULL PRIMARY KEY,
  acts BIGINT NOT NULL, -- never fewer than its acts that are not fresh
  last_at BIGINT NOT NULL -- never before the newest of them
);
INSERT INTO tallies (paper, acts, last_at)
SELECT paper, count(*), max(at) FROM acts GROUP BY paper;
CREATE INDEX tallies_by_acts ON tallies (acts, paper);
CREATE INDEX tallies_by_time ON tallies (last_at, acts, paper);

-- 0 until the act is tallied, then NULL; 1 while it is. Who changes an act's at makes it fresh again.
ALTER TABLE acts ADD COLUMN fresh BIGINT DEFAULT 0;
UPDATE acts SET fresh = NULL;
CREATE INDEX acts_fresh ON acts (fresh, paper, at) WHERE fresh IS NOT NULL;

-- Votes of a time are counted inside it.
CREATE INDEX acts_of_paper ON acts (paper, at, identity, place);
