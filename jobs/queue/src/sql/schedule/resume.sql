-- A paused schedule goes on.
--
-- $1 name text
update queue.schedule set paused_at = null, paused_by = null where name = $1 and paused_at is not null
