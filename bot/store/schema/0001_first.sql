-- Columns are BIGINT (counts; instants as microseconds since 1970 UTC), TEXT (days as 2026-04-24, lists and
-- settings as JSON) and DOUBLE PRECISION, so that one text serves both databases. '' and 0 mean "not known".

-- What is known of each paper now. Figures stand first, so that reading them never touches the long texts.
CREATE TABLE papers (
  id TEXT NOT NULL PRIMARY KEY,
  upvotes BIGINT NOT NULL DEFAULT 0,
  comments BIGINT NOT NULL DEFAULT 0,
  seen_at BIGINT NOT NULL DEFAULT 0, -- when a source last told the figures
  told_at BIGINT NOT NULL DEFAULT 0, -- when a source last told the texts
  day TEXT NOT NULL DEFAULT '', -- the newest feed day that lists it
  revision BIGINT NOT NULL, -- rises with each change of a text or of the day
  published_at BIGINT,
  code_stars BIGINT,
  title TEXT NOT NULL,
  organization TEXT NOT NULL DEFAULT '',
  authors TEXT NOT NULL DEFAULT '[]',
  keywords TEXT NOT NULL DEFAULT '[]',
  categories TEXT NOT NULL DEFAULT '[]',
  code_url TEXT NOT NULL DEFAULT '',
  project_url TEXT NOT NULL DEFAULT '',
  tldr TEXT NOT NULL DEFAULT '',
  abstract TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX papers_by_revision ON papers (revision);
CREATE INDEX papers_without_categories ON papers (id) WHERE categories = '[]';

-- Which paper stands where on which day's list, its figures repeated so that a month is ranked in one index.
CREATE TABLE listings (
  day TEXT NOT NULL,
  paper TEXT NOT NULL,
  position BIGINT NOT NULL,
  upvotes BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  later TEXT NOT NULL DEFAULT '9999-12-31', -- the next day that lists it: so a span of days finds it once
  PRIMARY KEY (paper, day)
);
CREATE INDEX listings_ranked ON listings (day, later, upvotes, comments, paper, position);

-- What a source said of a paper at one moment, kept where a number changed; position 0 where it was on no list.
CREATE TABLE sightings (
  paper TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  upvotes BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (paper, seen_at)
);

-- The lists that were fetched, empty ones too; papers counts the listings of the day.
CREATE TABLE feeds (
  day TEXT NOT NULL PRIMARY KEY,
  fetched_at BIGINT NOT NULL,
  papers BIGINT NOT NULL
);

-- Saved answers that were taken in whole, by the digest of their bytes.
CREATE TABLE digests (
  digest TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);

-- Communities: servers and workspaces that vote together.
CREATE TABLE communities (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL DEFAULT '', -- what an admin of another server types to join
  code_until BIGINT NOT NULL DEFAULT 0
);

-- Servers and workspaces: discord:<guild>, slack:<team>.
CREATE TABLE servers (
  server TEXT NOT NULL PRIMARY KEY,
  community TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}',
  paused_at BIGINT,
  paused_until BIGINT,
  left_at BIGINT -- the bot was removed; its data goes 30 days later
);

-- Where the bot speaks, with its kind (channel, announcement, forum, thread, dm, email, feed) and its own ways.
CREATE TABLE places (
  place TEXT NOT NULL PRIMARY KEY,
  server TEXT NOT NULL,
  kind TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '{}',
  left_at BIGINT
);
CREATE INDEX places_of_server ON places (server);

-- Workspaces that installed the bot by OAuth; tokens are encrypted.
CREATE TABLE installations (
  platform TEXT NOT NULL,
  enterprise TEXT NOT NULL DEFAULT '',
  team TEXT NOT NULL DEFAULT '',
  bot_token TEXT NOT NULL,
  refresh_token TEXT NOT NULL DEFAULT '',
  bot_user TEXT NOT NULL DEFAULT '',
  scopes TEXT NOT NULL DEFAULT '',
  expires_at BIGINT,
  installed_by TEXT NOT NULL DEFAULT '',
  installed_at BIGINT NOT NULL,
  PRIMARY KEY (platform, enterprise, team)
);

-- Links: whose votes an identity's acts count as. An identity without a row is a person of its own.
CREATE TABLE identities (
  identity TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  linked_at BIGINT NOT NULL
);
CREATE INDEX identities_of_person ON identities (person);

-- People who asked to be forgotten: nothing is kept of them from then on.
CREATE TABLE forgotten (
  identity TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);

-- Standing wishes of places.
CREATE TABLE subscriptions (
  id TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL,
  at TEXT NOT NULL, -- JSON list of wall-clock times, as 09:00
  tz TEXT NOT NULL,
  days TEXT NOT NULL, -- JSON list of names, as mon
  count BIGINT NOT NULL,
  topic TEXT NOT NULL,
  min_upvotes BIGINT NOT NULL,
  layout TEXT NOT NULL,
  empty TEXT NOT NULL,
  created_by TEXT,
  created_at BIGINT,
  paused_at BIGINT,
  paused_until BIGINT,
  pause_reason TEXT NOT NULL DEFAULT '',
  confirmed_at BIGINT,
  planned_until BIGINT NOT NULL DEFAULT 0, -- every firing before this instant has its edition
  next_at BIGINT NOT NULL DEFAULT 0, -- when the planner looks at it next; 0: at once
  last_fired_at BIGINT,
  empty_line TEXT NOT NULL DEFAULT '', -- the delivery that says that nothing came, while nothing comes
  told_fault_since BIGINT,
  broken_why TEXT NOT NULL DEFAULT '' -- why it is left out of planning; empty it again once the row is mended
);
CREATE INDEX subscriptions_due ON subscriptions (next_at, id)
  WHERE (paused_at IS NULL OR paused_until IS NOT NULL) AND broken_why = '';
CREATE INDEX subscriptions_of_place ON subscriptions (place);

-- What takes changes of subscriptions back, for ten minutes: JSON of each before and after.
CREATE TABLE undos (
  token TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL,
  until BIGINT NOT NULL,
  changes TEXT NOT NULL
);
CREATE INDEX undos_by_end ON undos (until);

-- What was posted or owed at one firing: kind is scheduled, recap, highlight, club or notice. Never changed.
CREATE TABLE editions (
  key TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  subscription TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL,
  fires_at BIGINT NOT NULL,
  local_date TEXT NOT NULL DEFAULT '',
  local_time TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL,
  heading TEXT NOT NULL DEFAULT '',
  papers TEXT NOT NULL DEFAULT '[]', -- JSON list of lists: a paper, then the reasons that it was chosen
  notes TEXT NOT NULL DEFAULT '[]', -- JSON list of sentences
  footer TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '', -- why it is empty
  layout TEXT NOT NULL DEFAULT 'digest'
);
CREATE INDEX editions_of_place ON editions (place, fires_at, made_at, key);
CREATE INDEX editions_by_age ON editions (made_at);

-- What a place has had in an edition; no edition brings it there again. part is the paper's position in it.
CREATE TABLE had (
  place TEXT NOT NULL,
  paper TEXT NOT NULL,
  at BIGINT NOT NULL,
  edition TEXT NOT NULL DEFAULT '',
  part BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (place, paper)
);

-- The outbox: each message owed to a place until its outcome is known. attempt is the fence of a lease.
CREATE TABLE deliveries (
  key TEXT NOT NULL PRIMARY KEY,
  edition TEXT NOT NULL DEFAULT '',
  platform TEXT NOT NULL,
  server TEXT NOT NULL,
  place TEXT NOT NULL,
  kind TEXT NOT NULL, -- post, thread, reply, edit, react, publish, notice
  parent TEXT NOT NULL DEFAULT '', -- the delivery whose message it needs
  part BIGINT NOT NULL DEFAULT 0, -- the paper of its edition that it brings; 0: all of it
  priority BIGINT NOT NULL,
  turn BIGINT NOT NULL, -- its number among those of its server and priority, so that servers take turns
  due_at BIGINT NOT NULL,
  ready_at BIGINT NOT NULL, -- when it may be tried next
  expires_at BIGINT,
  first_tried_at BIGINT,
  attempt BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  lease_holder TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting', -- waiting, claimed, unknown, done, dropped
  is_unknown BIGINT NOT NULL DEFAULT 0, -- 1 where the try before this one has an unknown outcome
  outcome TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '', -- the platform's reference to what was posted
  text TEXT NOT NULL DEFAULT '',
  silent BIGINT NOT NULL DEFAULT 1,
  done_at BIGINT -- when it was done or dropped; NULL while it is open
);
CREATE INDEX deliveries_in_turn ON deliveries (platform, priority, turn, due_at, part, key)
  WHERE done_at IS NULL;
CREATE INDEX deliveries_of_server ON deliveries (server, priority, turn) WHERE done_at IS NULL;
CREATE INDEX deliveries_in_place ON deliveries (place, priority, due_at, part, key) WHERE done_at IS NULL;
CREATE INDEX deliveries_of_parent ON deliveries (parent) WHERE done_at IS NULL AND parent <> '';
CREATE INDEX deliveries_of_edition ON deliveries (edition) WHERE edition <> '';
CREATE INDEX deliveries_by_end ON deliveries (done_at) WHERE done_at IS NOT NULL;

-- How sources of lists answer; failing_since is NULL while they do.
CREATE TABLE sources (
  source TEXT NOT NULL PRIMARY KEY,
  ok_at BIGINT,
  failing_since BIGINT,
  why TEXT NOT NULL DEFAULT ''
);

-- What is wrong with the service, each told once and once when it is over.
CREATE TABLE faults (
  name TEXT NOT NULL PRIMARY KEY,
  since BIGINT NOT NULL,
  why TEXT NOT NULL
);

-- When what happened to the store as a whole: restored, before which more was posted than it knows of.
CREATE TABLE moments (
  name TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);

-- Posted messages on which a reaction or a button means a vote; number tells the papers of one message apart.
CREATE TABLE ballots (
  message TEXT NOT NULL,
  number BIGINT NOT NULL DEFAULT 0,
  place TEXT NOT NULL,
  paper TEXT NOT NULL,
  posted_at BIGINT NOT NULL,
  checked_at BIGINT NOT NULL DEFAULT 0, -- when its votes were last compared with the platform's
  PRIMARY KEY (message, number)
);
CREATE INDEX ballots_by_age ON ballots (posted_at);
CREATE INDEX ballots_of_paper ON ballots (paper);

-- What people did for papers. A vote is a person and a paper with at least one act; votes are counted by paper.
CREATE TABLE acts (
  paper TEXT NOT NULL,
  identity TEXT NOT NULL,
  place TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  means TEXT NOT NULL, -- reaction, button, command
  server TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (paper, identity, place, message, means)
);
CREATE INDEX acts_by_time ON acts (at, paper, identity, place);
CREATE INDEX acts_of_identity ON acts (identity);

-- Papers on people's own reading lists.
CREATE TABLE saves (
  identity TEXT NOT NULL,
  paper TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (identity, paper)
);

-- Papers that somebody put in front of a community.
CREATE TABLE submissions (
  paper TEXT NOT NULL,
  place TEXT NOT NULL,
  identity TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  hidden_at BIGINT,
  PRIMARY KEY (place, paper)
);
CREATE INDEX submissions_of_identity ON submissions (identity);

-- Papers that a manager took out of lists and editions in a place.
CREATE TABLE hides (
  place TEXT NOT NULL,
  paper TEXT NOT NULL,
  identity TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (place, paper)
);

-- Events of a platform that were dealt with, so that a repeated one does nothing.
CREATE TABLE seen_events (
  id TEXT NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL
);
CREATE INDEX seen_events_by_end ON seen_events (until);

-- Which process holds which role (scheduler, fetcher, sender), in database time.
CREATE TABLE leases (
  role TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- Turns of what all processes share, as arXiv's one request in three seconds: from when the next one is free.
CREATE TABLE turns (
  name TEXT NOT NULL PRIMARY KEY,
  free_at BIGINT NOT NULL
);

-- The numbers of the last list that each person was shown in a place, the public one and their own apart.
CREATE TABLE last_lists (
  place TEXT NOT NULL,
  identity TEXT NOT NULL,
  public BIGINT NOT NULL,
  at BIGINT NOT NULL,
  papers TEXT NOT NULL,
  PRIMARY KEY (place, identity, public)
);
