-- Jobs whose lease expired: ready again while attempts are left, else dead jobs, so that a job which kills its
-- worker ends too; one that somebody asked to cancel is cancelled. Any number of workers may run this at once. Answers
-- each job, and whether it is ready again.
--
-- returns id bigint, kind text, attempt smallint, trace text, again boolean
with x as (
  select id from queue.job
  where state = 2 /* running */ and lease_until < now() order by lease_until limit 1000 for update skip locked),
d as (
  delete from queue.job j using x
  where j.id = x.id and (j.attempt >= j.max_attempts or j.cancel_requested_at is not null) returning j.*),
cancelled as (
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
      'error', 'cancelled by ' || coalesce(cancel_by, 'somebody') || '; the worker was lost')
  from d where cancel_requested_at is not null returning 1),
dead as (
  insert into queue.job_dead (
    id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
    attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
    errors)
  select id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority,
    attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress,
    coalesce(errors, '[]') || jsonb_build_object('attempt', attempt, 'at', now(), 'ms',
      case when started_at is null then null
        else round(extract(epoch from now() - started_at) * 1000)::bigint end,
      'error', 'the worker was lost: lease expired')
  from d where cancel_requested_at is null returning 1),
again as (
  update queue.job j
  set state = 1 /* ready */, lease_token = null, lease_until = null, worker_id = null,
    errors = coalesce(errors, '[]') || jsonb_build_object('attempt', attempt, 'at', now(), 'ms',
      case when started_at is null then null
        else round(extract(epoch from now() - started_at) * 1000)::bigint end,
      'error', 'the worker was lost: lease expired')
  from x where j.id = x.id and j.attempt < j.max_attempts and j.cancel_requested_at is null
  returning j.id, j.kind, j.attempt, j.trace)
select id, kind, attempt, trace, true as again from again
union all select id, kind, attempt, trace, false from d
