-- Papers that somebody reacted to with a thumb down, for that person's own recommendations alone. They are no
-- acts, so that nothing that counts acts can count them. message names the reaction, as that of an act does.
CREATE TABLE dislikes (
  identity TEXT NOT NULL,
  paper TEXT NOT NULL,
  message TEXT NOT NULL,
  place TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (identity, paper, message)
);
CREATE INDEX dislikes_on_message ON dislikes (message);
CREATE INDEX dislikes_of_place ON dislikes (place);
