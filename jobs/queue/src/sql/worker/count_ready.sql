-- How many jobs of a queue are ready, counted as far as the limit.
--
-- $1 queue text
-- $2 most bigint
-- returns count bigint
select count(*) from (select 1 from queue.job where queue = $1 and state = 1 /* ready */ limit $2) r
