-- Whether anything was ever installed.
--
-- returns there boolean
select to_regclass('queue.version') is not null as there
