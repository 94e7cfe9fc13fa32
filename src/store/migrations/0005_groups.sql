-- More of what administrators set, and what follows from it.
ALTER TABLE groups ADD COLUMN quiet_from INTEGER;
ALTER TABLE groups ADD COLUMN quiet_to INTEGER;
-- Hours from UTC.
ALTER TABLE groups ADD COLUMN zone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN tidy INTEGER NOT NULL DEFAULT 0;

-- Messages of ours that go when there was time to read them.
CREATE TABLE deletions (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_due ON deletions (due);

-- Is Chinese to be in traditional characters?
ALTER TABLE askers ADD COLUMN traditional INTEGER NOT NULL DEFAULT 0;
-- When the conversation was last heard of; it is forgotten some time after that.
ALTER TABLE askers ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
UPDATE askers SET seen_at = last_at;
CREATE INDEX askers_seen ON askers (seen_at);
