-- Every worker that is known, the newest first.
--
-- returns id uuid, started_at timestamptz, seen_at timestamptz, draining boolean, pid integer, host text, version text,
--   slots jsonb, busy jsonb, lost boolean
select id, started_at, seen_at, draining, pid, host, version, slots, busy,
  seen_at < now() - interval '1 minute' as lost
from queue.worker order by started_at desc, id
