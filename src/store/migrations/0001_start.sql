-- Times are milliseconds since 1970 UTC.

-- What Telegram has handed over, from the commit that lets the offset move until it is answered.
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    -- A digest of the update. Telegram repeats an update as it was; another bot or server uses the same ids for other updates, which replace what was here.
    digest      INTEGER NOT NULL,
    -- Rows of a lane are worked on one at a time, in the order of their ids.
    lane        INTEGER NOT NULL,
    -- 0 open, 1 leased, 2 done, 3 parked.
    state       INTEGER NOT NULL DEFAULT 0,
    -- Grows with every lease: who holds an older one no longer owns the row.
    fence       INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0,
    expires_at  INTEGER NOT NULL,
    -- The update as received; gone when the row is done.
    payload     TEXT
) STRICT;
CREATE INDEX inbox_lanes ON inbox (lane, update_id) WHERE state < 2;
CREATE INDEX inbox_open ON inbox (update_id) WHERE state < 2;

-- What a chat remembers between two questions.
CREATE TABLE chats (
    chat_id      INTEGER PRIMARY KEY,
    language     TEXT,
    last_section TEXT,
    last_at      INTEGER NOT NULL,
    -- Has the hint been given that only text is understood?
    hinted       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Which of our messages answers which question, so that an edited question has its answer edited.
CREATE TABLE answers (
    chat_id     INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    answer_id   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (chat_id, question_id)
) STRICT, WITHOUT ROWID;

-- What was decided. Never what was asked, nor by whom.
CREATE TABLE turns (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    door       TEXT NOT NULL,
    language   TEXT NOT NULL,
    decision   TEXT NOT NULL,
    section    TEXT,
    confidence REAL NOT NULL
) STRICT;
