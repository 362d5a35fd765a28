-- These dead jobs, which the transaction has locked, leave the list. Whole: they can be taken back.
--
-- $1 ids bigint[]
with d as (delete from queue.job_dead where id = any($1) returning *)
insert into queue.job_cancelled (
  id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
  outcome, errors)
select id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
  2 /* discarded */, errors
from d
