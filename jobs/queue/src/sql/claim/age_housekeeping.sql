-- Housekeeping that has waited for long becomes ordinary work, a hundred pieces at a time.
--
-- $1 queues text[]
-- $2 max_wait_s double precision
-- $3 added smallint: to the priority
update queue.job set priority = priority + $3
where id = any(array(
  select id from queue.job
  where queue = any($1) and state = 1 /* ready */ and priority < 0
    and run_at < now() - make_interval(secs => $2)
  limit 100 for update skip locked))
