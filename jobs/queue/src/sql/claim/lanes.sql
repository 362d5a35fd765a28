-- Claims so many jobs of each of these lanes.
--
-- $1 queue text
-- $2 priorities smallint[]: of the lanes
-- $3 token bigint: fences every later write
-- $4 worker uuid
-- $5 lease_s double precision
-- $6 lanes integer[]
-- $7 most bigint[]: of each lane
-- returns id bigint, priority smallint, lane integer, kind text, attempt smallint, max_attempts smallint,
--   payload jsonb, timeout_ms integer, clock_shift_ms bigint, tenant uuid, origin jsonb, trace text, late boolean,
--   run_at timestamptz, claimed_at timestamptz
update queue.job j
set state = 2 /* running */, attempt = attempt + 1, lease_token = $3, worker_id = $4, started_at = now(),
  lease_until = now() + make_interval(secs => $5),
  unique_key = case when until_started then null else unique_key end
where ctid = any(array(
  select r.ctid from unnest($2::smallint[], $6::integer[], $7::bigint[]) as g(priority, lane, n)
  cross join lateral (
    select ctid from queue.job
    where queue = $1 and state = 1 /* ready */ and priority = g.priority and lane = g.lane
    order by id limit g.n for update skip locked) r))
returning j.id, j.priority, j.lane, j.kind, j.attempt, j.max_attempts, j.payload, j.timeout_ms, j.clock_shift_ms,
  j.tenant, j.origin, j.trace, coalesce(j.deadline < now(), false) as late, j.run_at, now() as claimed_at
