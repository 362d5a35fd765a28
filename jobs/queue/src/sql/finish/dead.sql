-- Jobs that failed for good become dead jobs, whole, with one more error each.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
-- $3 errors text[]
with d as (
  delete from queue.job j using unnest($1::bigint[], $2::bigint[], $3::text[]) as a(id, token, error)
  where j.id = a.id and j.lease_token = a.token returning j.*, a.error)
insert into queue.job_dead (
  id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress, errors)
select id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
  attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
  coalesce(errors, '[]') || jsonb_build_object('attempt', attempt, 'at', now(), 'ms',
    case when started_at is null then null
      else round(extract(epoch from now() - started_at) * 1000)::bigint end,
    'error', error)
from d
