-- Number of the newest step that was taken.
--
-- returns number integer
select coalesce(max(number), 0) as number from queue.version
