-- In a group everybody has a conversation of their own; in a private chat the person is the chat.
CREATE TABLE askers (
    chat_id      INTEGER NOT NULL,
    person_id    INTEGER NOT NULL,
    language     TEXT,
    last_section TEXT,
    last_at      INTEGER NOT NULL,
    -- Has the hint been given that only text is understood?
    hinted       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO askers (chat_id, person_id, language, last_section, last_at, hinted)
    SELECT chat_id, chat_id, language, last_section, last_at, hinted FROM chats;
DROP TABLE chats;
