-- Drops the days of one history that ended so long ago. Answers how many.
--
-- $1 history text: its table
-- $2 kept_s double precision
-- returns drop_days integer
select queue.drop_days($1, now() - make_interval(secs => $2))
