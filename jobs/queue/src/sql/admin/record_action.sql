-- Adds one line to the record of what people did.
--
-- $1 who text
-- $2 action text
-- $3 target jsonb
-- $4 changed bigint: rows
insert into queue.action (who, action, target, changed) values ($1, $2, $3, $4)
