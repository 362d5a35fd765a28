-- Writes a schedule as the program has it. A changed line starts anew from the next tick; an unchanged one keeps the
-- tick it waits for, and what it has missed.
--
-- $1 name text
-- $2 cron text
-- $3 queue text
-- $4 kind text
-- $5 unique_key text
-- $6 payload jsonb
-- $7 priority smallint
-- $8 max_attempts smallint
-- $9 timeout_ms integer
-- $10 next_tick timestamptz
-- $11 skip_missed boolean
insert into queue.schedule as s (name, cron, queue, kind, unique_key, payload, priority, max_attempts, timeout_ms,
  next_tick, skip_missed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (name) do update
set cron = excluded.cron, queue = excluded.queue, kind = excluded.kind, unique_key = excluded.unique_key,
  payload = excluded.payload, priority = excluded.priority, max_attempts = excluded.max_attempts,
  timeout_ms = excluded.timeout_ms, skip_missed = excluded.skip_missed, updated_at = now(),
  next_tick = case when s.cron = excluded.cron then s.next_tick else excluded.next_tick end
where (s.cron, s.queue, s.kind, s.unique_key, s.payload, s.priority, s.max_attempts, s.timeout_ms, s.skip_missed)
  is distinct from (excluded.cron, excluded.queue, excluded.kind, excluded.unique_key, excluded.payload,
    excluded.priority, excluded.max_attempts, excluded.timeout_ms, excluded.skip_missed)
