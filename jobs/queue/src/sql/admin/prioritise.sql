-- These waiting jobs, which the transaction has locked, get another priority.
--
-- $1 ids bigint[]
-- $2 priority smallint
update queue.job set priority = $2 where id = any($1)
