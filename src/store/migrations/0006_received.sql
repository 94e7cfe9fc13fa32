-- When an update came in, so that it can be told how long it waited.
ALTER TABLE inbox ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;
