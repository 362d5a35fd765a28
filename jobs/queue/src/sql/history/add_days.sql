-- Makes the partitions of the history for today and the days ahead. Answers how many.
--
-- $1 ahead integer
-- returns add_days integer
select queue.add_days($1)
