-- How many dead jobs there are, counted as far as the limit.
--
-- $1 most bigint
-- returns count bigint
select count(*) from (select 1 from queue.job_dead limit $1) d
