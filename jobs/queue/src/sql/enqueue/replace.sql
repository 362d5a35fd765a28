-- A new job with a unique key. A twin that waits becomes this job, and keeps its number.
--
-- $1 queue text
-- $2 kind text
-- $3 payload jsonb
-- $4 priority smallint
-- $5 max_attempts smallint
-- $6 tenant uuid
-- $7 run_at timestamptz: null: after the delay
-- $8 delay_ms bigint
-- $9 deadline timestamptz
-- $10 timeout_ms integer
-- $11 origin jsonb
-- $12 clock_shift_ms bigint
-- $13 trace text
-- $14 unique_key text
-- $15 until_started boolean: the key is given up when the job starts
-- returns id bigint
insert into queue.job (queue, kind, payload, priority, max_attempts, tenant, deadline, timeout_ms, origin,
  clock_shift_ms, trace, unique_key, until_started, lane, run_at, state)
values ($1, $2, $3, $4, $5, $6, $9, $10, $11, $12, $13, $14, $15,
  queue.lane($2, $6),
  coalesce($7, now() + $8::bigint * interval '1 millisecond'),
  case when coalesce($7, now() + $8::bigint * interval '1 millisecond') > now()
    then 0 /* scheduled */ else 1 /* ready */ end)
on conflict (kind, unique_key) where unique_key is not null do update
set queue = excluded.queue, payload = excluded.payload, priority = excluded.priority,
  max_attempts = excluded.max_attempts, tenant = excluded.tenant, lane = excluded.lane, run_at = excluded.run_at,
  enqueued_at = now(), deadline = excluded.deadline, timeout_ms = excluded.timeout_ms, origin = excluded.origin,
  trace = excluded.trace, clock_shift_ms = excluded.clock_shift_ms, state = excluded.state, attempt = 0,
  until_started = excluded.until_started, errors = null, progress = null
where job.state < 2 /* running */ returning id
