-- Votes of some servers or of one place are counted inside theirs.
CREATE INDEX acts_of_place ON acts (place, paper, at, identity);
