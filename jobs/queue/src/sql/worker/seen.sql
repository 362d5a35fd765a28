-- A worker tells that it is there.
--
-- $1 worker uuid
-- $2 pid integer
-- $3 host text
-- $4 version text
-- $5 slots jsonb
-- $6 busy jsonb
-- $7 draining boolean
insert into queue.worker (id, pid, host, version, slots, busy, draining) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do update set seen_at = now(), busy = excluded.busy, draining = excluded.draining
