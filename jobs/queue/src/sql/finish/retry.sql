-- Failed attempts, snoozes and jobs that are given back: ready at once, or scheduled.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
-- $3 delays_ms bigint[]
-- $4 refunds smallint[]: attempts given back, 0 or 1
-- $5 errors text[]: null where nothing failed
update queue.job j
set state = case when a.delay_ms > 0 then 0 /* scheduled */ else 1 /* ready */ end,
  run_at = now() + make_interval(secs => a.delay_ms / 1000.0), attempt = j.attempt - a.refund,
  lease_token = null, lease_until = null, worker_id = null,
  errors = case when a.error is null then j.errors else coalesce(j.errors, '[]')
    || jsonb_build_object('attempt', j.attempt, 'at', now(),
      'ms', round(extract(epoch from now() - j.started_at) * 1000)::bigint, 'error', a.error) end
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::text[])
  as a(id, token, delay_ms, refund, error)
where j.id = a.id and j.lease_token = a.token
