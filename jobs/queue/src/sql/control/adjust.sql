-- Sets those limits of a queue or kind that are not null, and leaves the others as they are.
--
-- $1 scope text
-- $2 name text
-- $3 concurrency_max integer
-- $4 rate_max integer
-- $5 rate_window_ms integer
insert into queue.control as c (scope, name, concurrency_max, rate_max, rate_window_ms) values ($1, $2, $3, $4, $5)
on conflict (scope, name) do update
set concurrency_max = coalesce($3, c.concurrency_max), rate_max = coalesce($4, c.rate_max),
  rate_window_ms = coalesce($5, c.rate_window_ms), tokens = 0, refilled_at = now()
where (c.concurrency_max, c.rate_max, c.rate_window_ms)
  is distinct from (coalesce($3, c.concurrency_max), coalesce($4, c.rate_max), coalesce($5, c.rate_window_ms))
