-- A queue or kind that is neither paused nor limited needs no row.
--
-- $1 scope text
-- $2 name text
delete from queue.control
where scope = $1 and name = $2 and paused_at is null and concurrency_max is null and rate_max is null
