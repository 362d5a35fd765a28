-- New jobs that differ in their payload only, without a unique key.
--
-- $1 queue text
-- $2 kind text
-- $3 payloads text[]: JSON
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
insert into queue.job (queue, kind, payload, priority, max_attempts, tenant, deadline, timeout_ms, origin,
  clock_shift_ms, trace, lane, run_at, state)
select $1, $2, p::jsonb, $4, $5, $6, $9, $10, $11, $12, $13, b.lane, b.due, b.state from unnest($3::text[]) as p
cross join (
  select lane, due, case when due > now() then 0 /* scheduled */ else 1 /* ready */ end as state from (
    select queue.lane($2, $6) as lane, coalesce($7, now() + $8::bigint * interval '1 millisecond') as due offset 0) b
  offset 0) b
