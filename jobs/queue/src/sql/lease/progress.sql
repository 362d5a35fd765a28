-- What running jobs tell about themselves.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
-- $3 progress text[]: JSON
update queue.job j set progress = a.progress::jsonb
from unnest($1::bigint[], $2::bigint[], $3::text[]) as a(id, token, progress)
where j.id = a.id and j.lease_token = a.token
