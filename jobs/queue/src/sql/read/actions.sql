-- What people did, youngest first.
--
-- $1 before bigint: only actions with a smaller number
-- $2 most bigint
-- returns id bigint, at timestamptz, who text, action text, target jsonb, changed bigint
select id, at, who, action, target, changed from queue.action where id < $1 order by id desc limit $2
