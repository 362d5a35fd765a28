-- A worker signs off.
--
-- $1 worker uuid
delete from queue.worker where id = $1
