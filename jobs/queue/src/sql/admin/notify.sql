-- Sends a message to everybody who listens, when the transaction commits.
--
-- $1 channel text
-- $2 message text
-- returns pg_notify void
select pg_notify($1, $2)
