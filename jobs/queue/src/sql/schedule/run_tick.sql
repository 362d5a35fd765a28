-- A tick that a person made, so that the schedule shows how its job fared.
--
-- $1 name text
-- $2 job_id bigint
insert into queue.tick (name, tick, job_id) values ($1, now(), $2) on conflict do nothing
