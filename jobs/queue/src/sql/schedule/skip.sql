-- Leaves out the missed ticks of a schedule.
--
-- $1 name text
-- $2 next_tick timestamptz: the ticks before it are left out
update queue.schedule set next_tick = $2
where name = $1 and next_tick < $2 and paused_at is null and skip_missed
