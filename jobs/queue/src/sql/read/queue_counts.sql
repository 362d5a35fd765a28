-- How each of these queues fares. Each count goes through the index of its state and stops at the limit; what no index
-- has by queue is looked at once for all of them. What is ready is counted in the order of its index: else the server,
-- which does not know the queue beforehand, expects it to be found soon in the whole table.
--
-- $1 queues text[]
-- $2 most bigint
-- returns queue text, ready bigint, scheduled bigint, running bigint, slots bigint, dead bigint, done bigint
with
due as materialized (
  select queue, count(*) as n from (
    select queue from queue.job where state = 0 /* scheduled */ order by run_at limit $2) w group by queue),
run as materialized (
  select queue, count(*) as n from queue.job
  where state = 2 /* running */ and lease_until is not null group by queue),
dead as materialized (
  select queue, count(*) as n from (
    select queue from queue.job_dead order by id desc limit $2) w group by queue),
done as materialized (
  select queue, count(*) as n from (
    select queue, finished_at from queue.job_done order by id desc limit $2) w
  where finished_at > now() - interval '1 hour' group by queue)
select q.queue,
  (select count(*) from (
    select 1 from queue.job j where j.queue = q.queue and state = 1 /* ready */
    order by priority desc, lane desc, id limit $2) n) as ready,
  coalesce((select n from due where due.queue = q.queue), 0) as scheduled,
  coalesce((select n from run where run.queue = q.queue), 0) as running,
  (select coalesce(sum((slots->>q.queue)::bigint), 0)::bigint from queue.worker
    where seen_at > now() - interval '1 minute' and not draining) as slots,
  coalesce((select n from dead where dead.queue = q.queue), 0) as dead,
  coalesce((select n from done where done.queue = q.queue), 0) as done
from unnest($1::text[]) with ordinality q(queue, place) order by place
