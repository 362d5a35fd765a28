-- Whether there is a schedule of this name.
--
-- $1 name text
-- returns exists boolean
select exists (select 1 from queue.schedule where name = $1)
