-- Every switch and limit that is in force, queues first.
--
-- returns scope text, name text, paused_at timestamptz, paused_by text, concurrency_max integer, rate_max integer,
--   rate_window_ms integer
select scope, name, paused_at, paused_by, concurrency_max, rate_max, rate_window_ms
from queue.control order by scope desc, name
