-- Nothing of a queue or kind starts until it is resumed.
--
-- $1 scope text
-- $2 name text
-- $3 paused_by text
insert into queue.control as c (scope, name, paused_at, paused_by) values ($1, $2, now(), $3)
on conflict (scope, name) do update set paused_at = now(), paused_by = $3 where c.paused_at is null
