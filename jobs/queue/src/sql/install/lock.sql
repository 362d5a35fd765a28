-- Waits for whoever installs at this moment. The lock is held until the end of the transaction.
--
-- $1 key bigint
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock($1)
