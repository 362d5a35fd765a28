-- Whether a job of these queues is ready, running or due, each through the index of its state. What is paused does not
-- count.
--
-- $1 queues text[]
-- returns any boolean
with paused as (select scope, name from queue.control where paused_at is not null)
select exists (
    select 1 from queue.job j where queue = any($1) and state = 1 /* ready */ and not exists (
      select 1 from paused p
      where (p.scope = 'queue' and p.name = j.queue) or (p.scope = 'kind' and p.name = j.kind)))
  or exists (
    select 1 from queue.job where queue = any($1) and state = 2 /* running */ and lease_until is not null)
  or exists (
    select 1 from queue.job where queue = any($1) and state = 0 /* scheduled */ and run_at <= now()) as any
