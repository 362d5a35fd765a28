-- These dead jobs, which the transaction has locked, are ready again with all their attempts, as
-- ordinary work. First written, then deleted: one whose unique key is taken stays where it is.
--
-- $1 ids bigint[]
-- $2 housekeeping smallint: how much lower the priority of housekeeping is
with i as (
  insert into queue.job (lane, id, enqueued_at, clock_shift_ms, timeout_ms, tenant, priority, max_attempts, queue,
    kind, unique_key, payload, origin, trace, errors)
  select queue.lane(kind, tenant), id, enqueued_at, clock_shift_ms, timeout_ms, tenant,
    case when priority < 0 then priority + $2 else priority end, max_attempts, queue,
    kind, unique_key, payload, origin, trace, errors
  from queue.job_dead where id = any($1)
  on conflict do nothing returning id)
delete from queue.job_dead j using i where j.id = i.id
