-- What somebody ended, by cancelling or discarding it, is called by a word of its own: queue.job_cancelled.
--
-- Processes of the release before this one go on beside it: they read, write and delete through a view of the old name,
-- and name the old table to queue.drop_days. A later step drops both.
--
-- Names change at once or not at all: a long reader, such as a backup, must not make everybody else wait behind us.
set local lock_timeout = '5s';

alter table queue.job_void rename to job_cancelled;
alter index queue.job_void_id rename to job_cancelled_id;
alter index queue.job_void_again rename to job_cancelled_again;
do $$
declare
  part text;
begin
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'queue.job_cancelled'::regclass and c.relname ~ '^job_void_[0-9]{8}$'
  loop
    execute format('alter table queue.%I rename to %I', part, replace(part, 'job_void', 'job_cancelled'));
  end loop;
end $$;
create view queue.job_void as select * from queue.job_cancelled;

create or replace function queue.add_days(ahead integer) returns integer language plpgsql as $$
declare
  first date := (now() at time zone 'UTC')::date;
  day date;
  part text;
  kept text;
  made integer := 0;
begin
  if not pg_try_advisory_xact_lock(7087437412340001) then return 0; end if;
  for offset_days in 0 .. ahead loop
    day := first + offset_days;
    foreach kept in array array['job_done', 'job_cancelled'] loop
      part := kept || '_' || to_char(day, 'YYYYMMDD');
      if to_regclass('queue.' || part) is null then
        execute format('create table queue.%I (like queue.%I including defaults including indexes)', part, kept);
        execute format('alter table queue.%I attach partition queue.%I for values from (%L) to (%L)',
          kept, part, (day::timestamp at time zone 'UTC'), ((day + 1)::timestamp at time zone 'UTC'));
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

create or replace function queue.drop_days(kept text, before timestamptz) returns integer language plpgsql as $$
declare
  history text := case kept when 'job_void' then 'job_cancelled' else kept end;
  part text;
  dropped integer := 0;
begin
  set local lock_timeout = '2s';
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ('queue.' || history)::regclass and c.relname ~ ('^' || history || '_[0-9]{8}$')
      and ((to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'UTC') <= before
      and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date
    order by c.relname limit 400
  loop
    execute format('drop table queue.%I', part);
    dropped := dropped + 1;
  end loop;
  if history = 'job_done' then delete from queue.tick where tick < before; end if;
  return dropped;
end $$;
