-- The youngest dead jobs by what went wrong, the largest group first.
--
-- $1 window bigint: dead jobs looked at
-- $2 most bigint: groups
-- returns fingerprint text, kind text, count bigint, first_at timestamptz, last_at timestamptz, sample bigint,
--   error text
with young as (
  select id, fingerprint, kind, finished_at from queue.job_dead order by id desc limit $1),
g as (
  select fingerprint, min(kind) as kind, count(*) as count, min(finished_at) as first_at,
    max(finished_at) as last_at, max(id) as sample
  from young group by fingerprint order by count desc, sample desc limit $2)
select g.*, coalesce(j.errors->-1->>'error', '') as error from g join queue.job_dead j on j.id = g.sample
order by g.count desc, g.sample desc
