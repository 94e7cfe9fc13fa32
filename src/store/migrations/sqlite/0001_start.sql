-- Times are milliseconds since 1970 UTC. What this file makes, ../postgres makes as well, in the same words as far as they go.

-- What Telegram has handed over, from the commit that lets the offset move until it is answered.
CREATE TABLE inbox (
    update_id   INTEGER PRIMARY KEY,
    -- A digest of the update. Telegram repeats an update as it was; another bot or server uses the same ids for other updates, which replace what was here.
    digest      INTEGER NOT NULL,
    -- Rows of a lane are worked on one at a time, in the order of their ids.
    lane        INTEGER NOT NULL,
    -- 0 open, 1 leased, 2 done, 3 parked, 4 dropped because there were too many.
    state       INTEGER NOT NULL DEFAULT 0,
    -- Grows with every lease: who holds an older one no longer owns the row.
    fence       INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    -- Until when it is leased; of a row that is closed, since when.
    lease_until INTEGER NOT NULL DEFAULT 0,
    -- Not to be taken up earlier; its lane waits with it.
    not_before  INTEGER NOT NULL DEFAULT 0,
    -- When it came in, so that it can be told how long it waited.
    received_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    -- The update as received; gone when the row is done.
    payload     TEXT
) STRICT;
CREATE INDEX inbox_lanes ON inbox (lane, update_id) WHERE state < 2;
CREATE INDEX inbox_open ON inbox (update_id) WHERE state < 2;
CREATE INDEX inbox_closed ON inbox (lease_until) WHERE state >= 2;

-- What a conversation remembers between two questions. In a group everybody has one of their own; in a private chat the person is the chat.
CREATE TABLE askers (
    chat_id      INTEGER NOT NULL,
    person_id    INTEGER NOT NULL,
    language     TEXT,
    last_section TEXT,
    last_at      INTEGER NOT NULL,
    -- Has the hint been given that only text is understood?
    hinted       INTEGER NOT NULL,
    -- Is Chinese to be in traditional characters?
    traditional  INTEGER NOT NULL,
    -- When the conversation was last heard of; it is forgotten some time after that.
    seen_at      INTEGER NOT NULL,
    PRIMARY KEY (chat_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX askers_seen ON askers (seen_at);
CREATE INDEX askers_person ON askers (person_id);

-- Which of our messages answers which question, so that an edited question has its answer edited.
CREATE TABLE answers (
    chat_id     INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    answer_id   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (chat_id, question_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_at ON answers (at);

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
CREATE INDEX turns_at ON turns (at);

-- Whether an answer helped: one opinion of each person about each message, the last one counts.
CREATE TABLE ratings (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    section    TEXT NOT NULL,
    helped     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (chat_id, message_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_person ON ratings (person_id);

-- What administrators have set.
CREATE TABLE groups (
    chat_id    INTEGER PRIMARY KEY,
    -- The language where a message shows none; the writer's own if there is none here.
    language   TEXT,
    -- Does the bot answer unasked, and from which confidence on?
    unasked    INTEGER NOT NULL,
    threshold  REAL NOT NULL,
    -- The hours in which it is quiet, if there are any.
    quiet_from INTEGER,
    quiet_to   INTEGER,
    -- Hours from UTC.
    zone       INTEGER NOT NULL,
    -- Do answers go when there was time to read them?
    tidy       INTEGER NOT NULL,
    -- When the bot was removed; the settings go a month later.
    left_at    INTEGER
) STRICT;

-- Messages of ours that go when there was time to read them.
CREATE TABLE deletions (
    chat_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_due ON deletions (due);

-- Questions in their words, only where the owner wants them kept. Who asked, and where, stands under names that only the bot can make of a number.
CREATE TABLE questions (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    person   TEXT NOT NULL,
    place    TEXT NOT NULL,
    asked    TEXT NOT NULL,
    language TEXT NOT NULL,
    decision TEXT NOT NULL,
    section  TEXT
) STRICT;
CREATE INDEX questions_at ON questions (at);
CREATE INDEX questions_person ON questions (person);
CREATE INDEX questions_place ON questions (place);
