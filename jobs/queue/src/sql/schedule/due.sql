-- Schedules whose tick has come, at most a hundred.
--
-- returns name text, cron text, next_tick timestamptz, now timestamptz, skip_missed boolean
select name, cron, next_tick, now(), skip_missed from queue.schedule
where next_tick <= now() and paused_at is null order by next_tick limit 100
