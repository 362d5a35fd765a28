-- A step was taken.
--
-- $1 number integer
insert into queue.version (number) values ($1)
