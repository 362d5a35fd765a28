-- Claims jobs of one lane, as many as the limits of its queue and its kind allow. Counting and claiming are one
-- transaction that holds the rows of the limits.
--
-- $1 queue text
-- $2 kind text
-- $3 priority smallint
-- $4 lane integer
-- $5 most integer
-- $6 token bigint: fences every later write
-- $7 worker uuid
-- $8 lease_s double precision
-- returns id bigint, priority smallint, lane integer, kind text, attempt smallint, max_attempts smallint,
--   payload jsonb, timeout_ms integer, clock_shift_ms bigint, tenant uuid, origin jsonb, trace text, late boolean,
--   run_at timestamptz, claimed_at timestamptz
select j.id, j.priority, j.lane, j.kind, j.attempt, j.max_attempts, j.payload, j.timeout_ms, j.clock_shift_ms,
  j.tenant, j.origin, j.trace, coalesce(j.deadline < now(), false) as late, j.run_at, now() as claimed_at
from queue.claim_limited($1, $2, $3, $4, $5, $6, $7, $8) j
