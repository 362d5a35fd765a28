-- Claims this job and no other, due or not, whatever is paused.
--
-- $1 id bigint
-- $2 token bigint: fences every later write
-- $3 worker uuid
-- $4 lease_s double precision
-- returns id bigint, priority smallint, lane integer, kind text, attempt smallint, max_attempts smallint,
--   payload jsonb, timeout_ms integer, clock_shift_ms bigint, tenant uuid, origin jsonb, trace text, late boolean,
--   run_at timestamptz, claimed_at timestamptz
update queue.job j
set state = 2 /* running */, attempt = attempt + 1, lease_token = $2, worker_id = $3, started_at = now(),
  lease_until = now() + make_interval(secs => $4),
  unique_key = case when until_started then null else unique_key end
where id = $1 and state < 2 /* running */
returning j.id, j.priority, j.lane, j.kind, j.attempt, j.max_attempts, j.payload, j.timeout_ms, j.clock_shift_ms,
  j.tenant, j.origin, j.trace, coalesce(j.deadline < now(), false) as late, j.run_at, now() as claimed_at
