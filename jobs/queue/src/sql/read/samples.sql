-- How every queue fared since a moment, in spans of whole minutes, oldest first.
--
-- $1 since timestamptz
-- $2 span_s double precision
-- returns queue text, at timestamptz, ready integer, running integer, oldest_s real, done bigint, failed bigint
select queue, date_bin(make_interval(secs => $2), at, 'epoch'::timestamptz) as at, max(ready) as ready,
  max(running) as running, max(oldest_s) as oldest_s, sum(done) as done, sum(failed) as failed
from queue.sample where at >= $1 group by 1, 2 order by 2, 1
