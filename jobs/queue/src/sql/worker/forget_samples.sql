-- Forgets what charts no longer show.
--
-- $1 kept_s double precision
delete from queue.sample where at < now() - make_interval(secs => $1)
