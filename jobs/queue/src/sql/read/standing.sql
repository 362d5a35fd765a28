-- What stands between a waiting job and its start.
--
-- $1 id bigint
-- $2 queue text
-- $3 kind text
-- $4 priority smallint
-- $5 unique_key text
-- $6 most_counted bigint
-- $7 most_named bigint
-- returns ahead bigint, above bigint, running_in_queue bigint, running_of_kind bigint, some_in_queue bigint[],
--   some_of_kind bigint[], twin bigint
select
  (select count(*) from (
    select 1 from queue.job where queue = $2 and state = 1 /* ready */ and id <> $1
      and (priority > $4 or (priority = $4 and id < $1)) limit $6) n) as ahead,
  (select count(*) from (
    select 1 from queue.job where queue = $2 and state = 1 /* ready */ and priority > $4 limit $6) n) as above,
  (select count(*) from queue.job
    where state = 2 /* running */ and lease_until is not null and queue = $2) as running_in_queue,
  (select count(*) from queue.job
    where state = 2 /* running */ and lease_until is not null and kind = $3) as running_of_kind,
  array(select id from queue.job
    where state = 2 /* running */ and lease_until is not null and queue = $2 limit $7) as some_in_queue,
  array(select id from queue.job
    where state = 2 /* running */ and lease_until is not null and kind = $3 limit $7) as some_of_kind,
  (select id from queue.job where kind = $3 and unique_key = $5 and id <> $1) as twin
