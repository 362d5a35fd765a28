-- Jobs of a queue or kind start again.
--
-- $1 scope text
-- $2 name text
update queue.control set paused_at = null, paused_by = null
where scope = $1 and name = $2 and paused_at is not null
