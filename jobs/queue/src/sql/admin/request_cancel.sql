-- Asks for the end of these unfinished jobs, which the transaction has locked. Who asked first stays.
--
-- $1 ids bigint[]
-- $2 cancel_by text
update queue.job
set cancel_requested_at = coalesce(cancel_requested_at, now()), cancel_by = coalesce(cancel_by, $2)
where id = any($1)
