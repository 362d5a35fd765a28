-- Adds to this minute of a queue's charts what ended here, and how the queue stands.
--
-- $1 queue text
-- $2 ready bigint
-- $3 oldest_s double precision
-- $4 done integer
-- $5 failed integer
insert into queue.sample (at, queue, ready, running, oldest_s, done, failed)
select date_trunc('minute', now()), $1, $2::bigint::integer,
  (select count(*) from queue.job
   where state = 2 /* running */ and lease_until is not null and queue = $1)::integer,
  $3::float8::real, $4, $5
on conflict (queue, at) do update
set ready = greatest(sample.ready, excluded.ready), running = greatest(sample.running, excluded.running),
  oldest_s = greatest(sample.oldest_s, excluded.oldest_s), done = sample.done + excluded.done,
  failed = sample.failed + excluded.failed
