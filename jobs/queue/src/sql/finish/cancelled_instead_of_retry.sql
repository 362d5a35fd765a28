-- Of jobs whose attempt failed, those that somebody asked to cancel meanwhile: they are not tried again.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
with d as (
  delete from queue.job j using unnest($1::bigint[], $2::bigint[]) as a(id, token)
  where j.id = a.id and j.lease_token = a.token and j.cancel_requested_at is not null returning j.*)
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
    'error', 'cancelled by ' || coalesce(cancel_by, 'somebody'))
from d
