-- Jobs that ended well move to the history. The token is null unless the job runs, so that matching both columns is
-- the fence and the test of the state in one.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
with d as (
  delete from queue.job j using unnest($1::bigint[], $2::bigint[]) as a(id, token)
  where j.id = a.id and j.lease_token = a.token returning j.*)
insert into queue.job_done (id, run_at, enqueued_at, started_at, clock_shift_ms, tenant, worker_id, priority, attempt,
  max_attempts, queue, kind, unique_key, payload, origin, trace, progress, errors)
select id, run_at, enqueued_at, started_at, clock_shift_ms, tenant, worker_id, priority, attempt,
  max_attempts, queue, kind, unique_key, payload, origin, trace, progress, errors from d
