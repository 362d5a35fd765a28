-- Every schedule by name, with the last job that it started.
--
-- returns name text, cron text, kind text, queue text, next_tick timestamptz, last_tick timestamptz,
--   skip_missed boolean, paused_at timestamptz, paused_by text, last_job bigint
select s.name, s.cron, s.kind, s.queue, s.next_tick, s.last_tick, s.skip_missed, s.paused_at, s.paused_by,
  (select job_id from queue.tick t where t.name = s.name and job_id is not null
    order by tick desc limit 1) as last_job
from queue.schedule s order by name
