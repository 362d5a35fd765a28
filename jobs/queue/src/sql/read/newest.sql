-- The youngest jobs of a kind whose jobs have a unique key: all that are unfinished, through the index of unique keys,
-- and of the others those in the newest rows of each table.
--
-- $1 kind text
-- $2 window bigint: rows looked at in each table
-- $3 most bigint
-- returns state text, id bigint, queue text, kind text, priority smallint, attempt smallint, max_attempts smallint,
--   tenant uuid, unique_key text, payload jsonb, origin jsonb, trace text, progress jsonb, errors jsonb,
--   clock_shift_ms bigint, worker_id uuid, enqueued_at timestamptz, run_at timestamptz, started_at timestamptz,
--   finished_at timestamptz, cancel_by text
select * from (
  (select case state when 0 then 'scheduled' when 1 then 'ready' when 2 then 'running' end as state,
    id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
    progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
    null::timestamptz as finished_at, cancel_by
  from queue.job where unique_key is not null and kind = $1 order by id desc limit $3)
  union all
  (select 'dead', id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
    progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
    finished_at, null from (select * from queue.job_dead order by id desc limit $2) w
  where kind = $1 order by id desc limit $3)
  union all
  (select 'done', id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
    progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
    finished_at, null from (select * from queue.job_done order by id desc limit $2) w
  where kind = $1 order by id desc limit $3)
  union all
  (select case outcome when 2 then 'discarded' when 3 then 'cancelled' end,
    id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace,
    progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at,
    finished_at, null from (select * from queue.job_cancelled order by id desc limit $2) w
  where kind = $1 order by id desc limit $3)) jobs
order by id desc limit $3
