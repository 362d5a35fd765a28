-- Jobs whose time has come are ready, a thousand at a time. Answers how many, and in how many seconds the next is due.
--
-- returns promoted bigint, next_s double precision
with p as (
  update queue.job set state = 1 /* ready */
  where id = any(array(
    select id from queue.job where state = 0 /* scheduled */ and run_at <= now()
    order by run_at limit 1000 for update skip locked)) returning 1)
select (select count(*) from p) as promoted,
  (select extract(epoch from min(run_at) - now())::float8 from queue.job
   where state = 0 /* scheduled */ and run_at > now()) as next_s
