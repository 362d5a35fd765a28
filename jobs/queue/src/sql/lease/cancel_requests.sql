-- Which of these running jobs somebody asked to cancel, and who.
--
-- $1 ids bigint[]
-- $2 tokens bigint[]
-- returns id bigint, cancel_by text
select j.id, coalesce(j.cancel_by, 'somebody') as cancel_by from queue.job j
join unnest($1::bigint[], $2::bigint[]) as a(id, token) on j.id = a.id and j.lease_token = a.token
where j.cancel_requested_at is not null
