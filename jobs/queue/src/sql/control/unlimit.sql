-- Takes the limits of a queue or kind away. One that has none gets no row.
--
-- $1 scope text
-- $2 name text
update queue.control set concurrency_max = null, rate_max = null, rate_window_ms = null
where scope = $1 and name = $2 and (concurrency_max is not null or rate_max is not null)
