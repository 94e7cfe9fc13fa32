-- What administrators have set.
CREATE TABLE groups (
    chat_id   INTEGER PRIMARY KEY,
    -- The language where a message shows none; the writer's own if there is none here.
    language  TEXT,
    -- Does the bot answer unasked, and from which confidence on?
    unasked   INTEGER NOT NULL,
    threshold REAL NOT NULL,
    -- When the bot was removed; the settings go a month later.
    left_at   INTEGER
) STRICT;
