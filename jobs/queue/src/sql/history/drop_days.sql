-- Drops the days of one history that ended at or before a moment. Answers how many.
--
-- $1 history text: its table
-- $2 before timestamptz
-- returns drop_days integer
select queue.drop_days($1, $2)
