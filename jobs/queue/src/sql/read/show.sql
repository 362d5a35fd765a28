-- One job, in whatever table it is. One statement has one snapshot: a job that moves meanwhile is seen exactly once.
--
-- $1 id bigint
-- returns state text, id bigint, queue text, kind text, priority smallint, attempt smallint, max_attempts smallint,
--   tenant uuid, unique_key text, payload jsonb, origin jsonb, trace text, progress jsonb, errors jsonb,
--   clock_shift_ms bigint, worker_id uuid, enqueued_at timestamptz, run_at timestamptz, started_at timestamptz,
--   finished_at timestamptz, cancel_by text
(select case state when 0 then 'scheduled' when 1 then 'ready' when 2 then 'running' end as state,
  id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
  progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
  null::timestamptz as finished_at, cancel_by
from queue.job where id = $1 limit 1)
union all
(select 'dead', id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
  progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
  finished_at, null from queue.job_dead where id = $1 limit 1)
union all
(select 'done', id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
  progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
  finished_at, null from queue.job_done where id = $1 limit 1)
union all
(select case outcome when 2 then 'discarded' when 3 then 'cancelled' end,
  id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
  progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
  finished_at, null from queue.job_cancelled where id = $1 limit 1)
