-- A job that is about to be run here and now: other workers do not see it for a minute.
--
-- $1 id bigint
update queue.job set state = 0 /* scheduled */, run_at = now() + interval '1 minute' where id = $1
