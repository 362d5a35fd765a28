-- The youngest jobs that wait for another attempt, by what went wrong, the largest group first.
--
-- $1 window bigint: jobs looked at
-- $2 most bigint: groups
-- returns kind text, count bigint, since timestamptz, next_at timestamptz, sample bigint, error text
with young as materialized (
  select id, kind, run_at, errors from queue.job
  where state < 2 /* running */ and attempt > 0 and errors is not null order by id desc limit $1),
g as (
  select kind, queue.fingerprint(kind, errors) as fingerprint, count(*) as count, max(id) as sample,
    min((errors->0->>'at')::timestamptz) as since, min(run_at) as next_at
  from young group by 1, 2 order by count desc, sample desc limit $2)
select g.kind, g.count, g.since, g.next_at, g.sample, coalesce(y.errors->-1->>'error', '') as error
from g join young y on y.id = g.sample
order by g.count desc, g.sample desc
