-- Writes the job of a schedule now, as ordinary work. Answers nothing when the one of an earlier tick is unfinished.
--
-- $1 name text
-- $2 run_by text
-- $3 housekeeping smallint: how much lower the priority of housekeeping is
-- returns id bigint
insert into queue.job (lane, queue, kind, unique_key, payload, priority, max_attempts, timeout_ms, origin)
select queue.lane(kind, null), queue, kind, unique_key, payload,
  case when priority < 0 then priority + $3 else priority end, max_attempts, timeout_ms,
  jsonb_build_object('schedule', name, 'by', $2::text)
from queue.schedule where name = $1
on conflict (kind, unique_key) where unique_key is not null do nothing returning id
