-- The queues that have ready jobs, by name. One step through the index for each.
--
-- $1 most bigint
-- returns queue text
with recursive q(queue) as (
  (select queue from queue.job where state = 1 /* ready */ order by queue limit 1)
  union all
  select (select queue from queue.job where state = 1 /* ready */ and queue > q.queue order by queue limit 1)
  from q where q.queue is not null)
select queue from q where queue is not null limit $1
