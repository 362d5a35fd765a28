-- The lanes that have ready jobs, highest priority first, each with how long its oldest job has been due. One step
-- through the index for each lane, however many jobs stand in it.
--
-- $1 queue text
-- $2 lowest_priority smallint
-- $3 after_priority smallint: goes on below this priority and lane
-- $4 after_lane integer
-- $5 most bigint
-- returns priority smallint, lane integer, kind text, age_s double precision
with recursive g(priority, lane, kind, run_at) as (
  (select priority, lane, kind, run_at from queue.job
   where queue = $1 and state = 1 /* ready */ and priority >= $2
     and (priority, lane) < ($3::smallint, $4::integer)
   order by priority desc, lane desc, id limit 1)
  union all
  select n.priority, n.lane, n.kind, n.run_at from g cross join lateral (
    select priority, lane, kind, run_at from queue.job
    where queue = $1 and state = 1 /* ready */ and priority >= $2
      and (priority, lane) < (g.priority, g.lane)
    order by priority desc, lane desc, id limit 1) n)
select priority, lane, kind, extract(epoch from now() - run_at)::float8 as age_s from g limit $5
