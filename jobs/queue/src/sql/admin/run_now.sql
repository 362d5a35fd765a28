-- These scheduled jobs, which the transaction has locked, are ready now.
--
-- $1 ids bigint[]
update queue.job set state = 1 /* ready */, run_at = now() where id = any($1)
