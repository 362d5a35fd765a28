-- Runs one tick: tick, job and advance are one statement. One winner: the row lock checks `next_tick` again, and the
-- tick's key would refuse a second one anyhow. Answers how many jobs were written.
--
-- $1 name text
-- $2 tick timestamptz
-- $3 next_tick timestamptz
-- returns jobs bigint
with s as (
  update queue.schedule set next_tick = $3, last_tick = $2
  where name = $1 and next_tick <= $2 and paused_at is null returning *),
j as (
  insert into queue.job (lane, queue, kind, unique_key, payload, priority, max_attempts, timeout_ms, origin, trace)
  select queue.lane(kind, null), queue, kind, unique_key, payload, priority, max_attempts, timeout_ms,
    jsonb_build_object('schedule', name, 'tick', $2::timestamptz),
    '00-' || replace(gen_random_uuid()::text, '-', '')
  from s where not exists (select 1 from queue.tick t where t.name = s.name and t.tick = $2)
  on conflict (kind, unique_key) where unique_key is not null do nothing returning id),
t as (
  insert into queue.tick (name, tick, job_id) select name, $2, (select id from j) from s
  on conflict do nothing returning 1)
select count(*) as jobs from j
