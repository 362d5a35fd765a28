-- Sets the limits of a queue or kind in place of those it had.
--
-- $1 scope text
-- $2 name text
-- $3 concurrency_max integer: null: none
-- $4 rate_max integer: null: none
-- $5 rate_window_ms integer
insert into queue.control as c (scope, name, concurrency_max, rate_max, rate_window_ms) values ($1, $2, $3, $4, $5)
on conflict (scope, name) do update
set concurrency_max = $3, rate_max = $4, rate_window_ms = $5, tokens = 0, refilled_at = now()
where (c.concurrency_max, c.rate_max, c.rate_window_ms) is distinct from ($3, $4, $5)
