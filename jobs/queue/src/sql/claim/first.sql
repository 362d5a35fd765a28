-- Claims what stands first in a queue: right as long as nothing has limits, and either everything is taken or there is
-- only one lane. The limit sits in an array() init plan, and the update goes by where the locked rows lie: no plan can
-- make that a scan. A row that changed between the snapshot and the lock is left to the next claim.
--
-- $1 queue text
-- $2 most bigint
-- $3 token bigint: fences every later write
-- $4 worker uuid
-- $5 lease_s double precision
-- $6 lowest_priority smallint
-- returns id bigint, priority smallint, lane integer, kind text, attempt smallint, max_attempts smallint,
--   payload jsonb, timeout_ms integer, clock_shift_ms bigint, tenant uuid, origin jsonb, trace text, late boolean,
--   run_at timestamptz, claimed_at timestamptz
update queue.job j
set state = 2 /* running */, attempt = attempt + 1, lease_token = $3, worker_id = $4, started_at = now(),
  lease_until = now() + make_interval(secs => $5),
  unique_key = case when until_started then null else unique_key end
where ctid = any(array(
  select ctid from queue.job
  where queue = $1 and state = 1 /* ready */ and priority >= $6
  order by priority desc, lane desc, id limit $2 for update skip locked))
returning j.id, j.priority, j.lane, j.kind, j.attempt, j.max_attempts, j.payload, j.timeout_ms, j.clock_shift_ms,
  j.tenant, j.origin, j.trace, coalesce(j.deadline < now(), false) as late, j.run_at, now() as claimed_at
