-- The moment, as the server sees it.
--
-- returns now timestamptz
select now()
