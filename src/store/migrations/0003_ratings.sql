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
