-- Forgets workers that were not heard of for long.
--
-- $1 kept_s double precision
delete from queue.worker where seen_at < now() - make_interval(secs => $1)
