-- A schedule starts nothing until it is resumed.
--
-- $1 name text
-- $2 paused_by text
update queue.schedule set paused_at = now(), paused_by = $2 where name = $1 and paused_at is null
