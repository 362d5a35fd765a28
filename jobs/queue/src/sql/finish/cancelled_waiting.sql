-- Those that wait, of the jobs that somebody asked to cancel, need no worker to end.
--
-- $1 ids bigint[]
with d as (
  delete from queue.job j
  where id = any($1) and cancel_requested_at is not null and state < 2 /* running */ returning j.*)
insert into queue.job_cancelled (
  id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
  outcome, errors)
select id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
  3 /* cancelled */,
  coalesce(errors, '[]') || jsonb_build_object('attempt', attempt, 'at', now(), 'ms',
    case when started_at is null then null
      else round(extract(epoch from now() - started_at) * 1000)::bigint end,
    'error', 'cancelled by ' || coalesce(cancel_by, 'somebody') || ' before it started')
from d
