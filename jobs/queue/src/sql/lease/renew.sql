-- Renews leases. Answers the jobs that are still ours.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
-- $3 lease_s double precision
-- returns id bigint
update queue.job j set lease_until = now() + make_interval(secs => $3)
from unnest($1::bigint[], $2::bigint[]) as a(id, token)
where j.id = a.id and j.lease_token = a.token returning j.id
