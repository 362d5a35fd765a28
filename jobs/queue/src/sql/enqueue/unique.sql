-- A new job with a unique key. A twin that has the key wins: nothing is answered.
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
on conflict (kind, unique_key) where unique_key is not null do nothing returning id
