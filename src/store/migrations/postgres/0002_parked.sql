-- Rows that are set aside are few among those that are closed, and looked through when somebody wants to be forgotten.
CREATE INDEX inbox_parked ON inbox (lane) WHERE state = 3;
