//! Every hot statement. Each drives from an array or a bounded list of ids and goes through an index; the worker's
//! connections also pin that plan (see `connection`), because a plan made while the table was empty must not
//! survive into a backlog of a million rows.
//!
//! Statements driven by ids must not mention `state`: the statistics of a transient state are always wrong
//! (gathered when nothing ran), and the planner would scan `job_lease` instead of the primary key. The token is
//! null unless the row is running, so matching `(id, token)` is the fence and the state test in one.

/// What a claim takes in from a claimed row. `j` is the row.
macro_rules! claimed {
    () => {
        "j.id, j.priority, j.lane, j.kind, j.attempt, j.max_attempts, j.payload, j.timeout_ms, j.clock_shift_ms, \
         j.tenant, j.origin, j.trace, coalesce(j.deadline < now(), false) as late, \
         j.run_at, now() as claimed_at"
    };
}
/// What a claim writes.
macro_rules! take {
    () => {
        "state = 2, attempt = attempt + 1, lease_token = $3, worker_id = $4, started_at = now(), \
         lease_until = now() + make_interval(secs => $5), \
         unique_key = case when until_started then null else unique_key end"
    };
}

/// `$1` queue, `$2` limit, `$3` token, `$4` worker, `$5` lease in seconds, `$6` lowest priority. The limit sits in an
/// `array()` init plan, and the update goes by where the locked rows lie: no plan can make that a scan. A row that somebody
/// changed between the snapshot and the lock is not seen there, and is left to the next claim. Takes whatever stands first:
/// right as long as nothing has limits, and either everything is taken or there is only one lane.
pub(crate) const CLAIM: &str = concat!(
    "update queue.job j set ",
    take!(),
    " where ctid = any(array(select ctid from queue.job where queue = $1 and state = 1 and priority >= $6 \
       order by priority desc, lane desc, id limit $2 for update skip locked)) returning ",
    claimed!()
);

/// `$1` queue, `$2` priorities, `$3` token, `$4` worker, `$5` lease in seconds, `$6` lanes, `$7` limits: so many of each
/// lane.
pub(crate) const CLAIM_LANES: &str = concat!(
    "update queue.job j set ",
    take!(),
    " where ctid = any(array(select r.ctid from unnest($2::smallint[], $6::integer[], $7::bigint[]) as g(priority, lane, n) \
       cross join lateral (select ctid from queue.job where queue = $1 and state = 1 and priority = g.priority \
         and lane = g.lane order by id limit g.n for update skip locked) r)) returning ",
    claimed!()
);

/// `$1` queue, `$2` kind, `$3` token, `$4` worker, `$5` lease in seconds, `$6` priority, `$7` lane, `$8` limit.
pub(crate) const CLAIM_LIMITED: &str =
    concat!("select ", claimed!(), " from queue.claim_limited($1, $2, $6, $7, $8, $3, $4, $5) j");

/// `$1` id, `$3` token, `$4` worker, `$5` lease in seconds: this job and no other, due or not.
pub(crate) const CLAIM_ONE: &str = concat!(
    "update queue.job j set ",
    take!(),
    " where id = $1 and state < 2 and $2::bigint is not null returning ",
    claimed!()
);

/// `$1` queue, `$2` lowest priority, `$3` and `$4` priority and lane to go on after, `$5` limit: the lanes that have
/// ready jobs, highest priority first, each with its oldest job. One step through the index for each lane, however many
/// jobs stand in it.
pub(crate) const SURVEY: &str = "with recursive g(priority, lane, kind, run_at) as ( \
    (select priority, lane, kind, run_at from queue.job where queue = $1 and state = 1 and priority >= $2 \
       and (priority, lane) < ($3::smallint, $4::integer) order by priority desc, lane desc, id limit 1) \
    union all \
    select n.priority, n.lane, n.kind, n.run_at from g cross join lateral ( \
      select priority, lane, kind, run_at from queue.job where queue = $1 and state = 1 and priority >= $2 \
        and (priority, lane) < (g.priority, g.lane) order by priority desc, lane desc, id limit 1) n) \
  select priority, lane, kind, extract(epoch from now() - run_at)::float8 as age_s from g limit $5";

/// `$1` queues, `$2` age in seconds, `$3` what is added: housekeeping that has waited so long is ordinary work.
pub(crate) const AGE: &str = "update queue.job set priority = priority + $3 where id = any(array( \
    select id from queue.job where queue = any($1) and state = 1 and priority < 0 \
      and run_at < now() - make_interval(secs => $2) limit 100 for update skip locked))";

/// `$1` ids, `$2` tokens: rows that ended well move to history in one statement.
pub(crate) const FINISH: &str = "with d as (delete from queue.job j \
    using unnest($1::bigint[], $2::bigint[]) as a(id, token) \
    where j.id = a.id and j.lease_token = a.token returning j.*) \
  insert into queue.job_done (id, run_at, enqueued_at, started_at, clock_shift_ms, tenant, worker_id, \
    priority, attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress, errors) \
  select id, run_at, enqueued_at, started_at, clock_shift_ms, tenant, worker_id, \
    priority, attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress, errors from d";

/// Everything of a job that a dead letter, or a job that somebody ended, keeps: it can come back whole.
macro_rules! whole {
    () => {
        "id, run_at, enqueued_at, started_at, deadline, clock_shift_ms, timeout_ms, tenant, worker_id, priority, \
         attempt, max_attempts, queue, kind, unique_key, payload, origin, trace, progress"
    };
}
/// One more entry of `errors`, with this expression as its text.
macro_rules! failure {
    ($error:literal) => {
        concat!(
            "coalesce(errors, '[]') || jsonb_build_object('attempt', attempt, 'at', now(), 'ms', \
               case when started_at is null then null else \
                 round(extract(epoch from now() - started_at) * 1000)::bigint end, 'error', ",
            $error,
            ")"
        )
    };
}
/// What `d` deleted goes to the dead letters.
macro_rules! bury {
    ($error:literal) => {
        concat!(
            "insert into queue.job_dead (",
            whole!(),
            ", errors) select ",
            whole!(),
            ", ",
            failure!($error),
            " from d"
        )
    };
}
/// What `d` deleted goes to the jobs that somebody ended, as cancelled.
macro_rules! void {
    ($error:literal) => {
        concat!(
            "insert into queue.job_void (",
            whole!(),
            ", outcome, errors) select ",
            whole!(),
            ", 3, ",
            failure!($error),
            " from d"
        )
    };
}
pub(crate) use whole;

/// `$1` ids, `$2` tokens, `$3` errors: to the dead letters, whole.
pub(crate) const BURY: &str = concat!(
    "with d as (delete from queue.job j using unnest($1::bigint[], $2::bigint[], $3::text[]) as a(id, token, error) \
       where j.id = a.id and j.lease_token = a.token returning j.*, a.error) ",
    bury!("error")
);

/// `$1` ids, `$2` tokens, `$3` errors: to the jobs that somebody ended.
pub(crate) const VOID: &str = concat!(
    "with d as (delete from queue.job j using unnest($1::bigint[], $2::bigint[], $3::text[]) as a(id, token, error) \
       where j.id = a.id and j.lease_token = a.token returning j.*, a.error) ",
    void!("error")
);

/// `$1` ids: those of them that wait. They need no worker to end.
pub(crate) const VOID_WAITING: &str = concat!(
    "with d as (delete from queue.job j where id = any($1) and cancel_requested_at is not null and state < 2 \
       returning j.*) ",
    void!("'cancelled by ' || coalesce(cancel_by, 'somebody') || ' before it started'")
);

/// `$1` ids, `$2` tokens: those of them that somebody asked to cancel, instead of another attempt.
pub(crate) const VOID_FLAGGED: &str = concat!(
    "with d as (delete from queue.job j using unnest($1::bigint[], $2::bigint[]) as a(id, token) \
       where j.id = a.id and j.lease_token = a.token and j.cancel_requested_at is not null returning j.*) \
     ",
    void!("'cancelled by ' || coalesce(cancel_by, 'somebody')")
);

/// `$1` ids, `$2` tokens: those that somebody asked to cancel, and who.
pub(crate) const CANCELS: &str = "select j.id, coalesce(j.cancel_by, 'somebody') from queue.job j \
  join unnest($1::bigint[], $2::bigint[]) as a(id, token) on j.id = a.id and j.lease_token = a.token \
  where j.cancel_requested_at is not null";

/// `$1` ids, `$2` tokens, `$3` delays in ms, `$4` attempts given back, `$5` errors: ready (no delay) or scheduled.
pub(crate) const RETRY: &str = "update queue.job j set state = case when a.delay_ms > 0 then 0 else 1 end, \
    run_at = now() + make_interval(secs => a.delay_ms / 1000.0), attempt = j.attempt - a.refund, \
    lease_token = null, lease_until = null, worker_id = null, \
    errors = case when a.error is null then j.errors else coalesce(j.errors, '[]') \
      || jsonb_build_object('attempt', j.attempt, 'at', now(), \
        'ms', round(extract(epoch from now() - j.started_at) * 1000)::bigint, 'error', a.error) end \
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::text[]) \
    as a(id, token, delay_ms, refund, error) \
  where j.id = a.id and j.lease_token = a.token";

/// `$1` ids, `$2` tokens, `$3` progress as JSON texts.
pub(crate) const PROGRESS: &str = "update queue.job j set progress = a.progress::jsonb \
  from unnest($1::bigint[], $2::bigint[], $3::text[]) as a(id, token, progress) \
  where j.id = a.id and j.lease_token = a.token";

/// `$1` ids, `$2` tokens, `$3` lease in seconds. Answers the ids that are still ours.
pub(crate) const RENEW: &str = "update queue.job j set lease_until = now() + make_interval(secs => $3) \
  from unnest($1::bigint[], $2::bigint[]) as a(id, token) \
  where j.id = a.id and j.lease_token = a.token returning j.id";

/// Expired leases: ready again while attempts are left, else dead letter, so that a job which kills its worker
/// ends too; one that was to be cancelled is. Any number of workers may run it at once. Answers (ready again, ended).
pub(crate) const RESCUE: &str = concat!(
    "with x as (select id from queue.job \
       where state = 2 and lease_until < now() order by lease_until limit 1000 for update skip locked), \
     d as (delete from queue.job j using x where j.id = x.id \
       and (j.attempt >= j.max_attempts or j.cancel_requested_at is not null) returning j.*), \
     v as (",
    void!("'cancelled by ' || coalesce(cancel_by, 'somebody') || '; the worker was lost'"),
    " where cancel_requested_at is not null returning 1), h as (",
    bury!("'the worker was lost: lease expired'"),
    " where cancel_requested_at is null returning 1), \
     back as (update queue.job j set state = 1, lease_token = null, lease_until = null, worker_id = null, errors = ",
    failure!("'the worker was lost: lease expired'"),
    " from x where j.id = x.id and j.attempt < j.max_attempts and j.cancel_requested_at is null \
       returning j.id, j.kind, j.attempt, j.trace) \
     select id, kind, attempt, trace, true as back from back \
     union all select id, kind, attempt, trace, false from d"
);

/// Promotes due jobs and tells, in seconds, when the next one is due. Answers (promoted, seconds or null).
pub(crate) const PROMOTE: &str = "with p as (update queue.job set state = 1 \
    where id = any(array(select id from queue.job where state = 0 and run_at <= now() \
      order by run_at limit 1000 for update skip locked)) returning 1) \
  select (select count(*) from p), \
    (select extract(epoch from min(run_at) - now())::float8 from queue.job where state = 0 and run_at > now())";

/// Schedules whose tick has come. Answers (name, cron, next_tick, now, skip_missed).
pub(crate) const SCHEDULES_DUE: &str = "select name, cron, next_tick, now(), skip_missed from queue.schedule \
  where next_tick <= now() and paused_at is null order by next_tick limit 100";

/// `$1` name, `$2` the tick to run, `$3` the tick after it. One winner: the row lock re-checks `next_tick`, and the
/// tick's key would refuse a second one anyhow. Tick, job and advance are one statement.
pub(crate) const TICK: &str = "with s as (update queue.schedule set next_tick = $3, last_tick = $2 \
    where name = $1 and next_tick <= $2 and paused_at is null returning *), \
  j as (insert into queue.job (lane, queue, kind, unique_key, payload, priority, max_attempts, timeout_ms, origin, trace) \
    select queue.lane(kind, null), queue, kind, unique_key, payload, priority, max_attempts, timeout_ms, \
      jsonb_build_object('schedule', name, 'tick', $2::timestamptz), \
      '00-' || replace(gen_random_uuid()::text, '-', '') from s \
    where not exists (select 1 from queue.tick t where t.name = s.name and t.tick = $2) \
    on conflict (kind, unique_key) where unique_key is not null do nothing returning id), \
  t as (insert into queue.tick (name, tick, job_id) select name, $2, (select id from j) from s \
    on conflict do nothing returning 1) \
  select count(*) from j";

/// `$1` name, `$2` cron, `$3` queue, `$4` kind, `$5` unique key, `$6` payload, `$7` priority, `$8` max attempts,
/// `$9` timeout in ms, `$10` next tick, `$11` skip missed ticks. A changed line starts anew from the next tick; an
/// unchanged one keeps what it has missed.
pub(crate) const SCHEDULE_PUT: &str = "insert into queue.schedule as s (name, cron, queue, kind, unique_key, \
    payload, priority, max_attempts, timeout_ms, next_tick, skip_missed) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
  on conflict (name) do update set cron = excluded.cron, queue = excluded.queue, kind = excluded.kind, \
    unique_key = excluded.unique_key, payload = excluded.payload, priority = excluded.priority, \
    max_attempts = excluded.max_attempts, timeout_ms = excluded.timeout_ms, skip_missed = excluded.skip_missed, \
    updated_at = now(), next_tick = case when s.cron = excluded.cron then s.next_tick else excluded.next_tick end \
  where (s.cron, s.queue, s.kind, s.unique_key, s.payload, s.priority, s.max_attempts, s.timeout_ms, s.skip_missed) \
    is distinct from (excluded.cron, excluded.queue, excluded.kind, excluded.unique_key, excluded.payload, \
      excluded.priority, excluded.max_attempts, excluded.timeout_ms, excluded.skip_missed)";

/// `$1` name, `$2` next tick: the ticks before it are left out.
pub(crate) const SKIP: &str = "update queue.schedule set next_tick = $2 \
  where name = $1 and next_tick < $2 and paused_at is null and skip_missed";

/// `$1` worker, `$2` pid, `$3` host, `$4` slots, `$5` draining.
pub(crate) const WORKER_SEEN: &str = "insert into queue.worker (id, pid, host, version, slots, busy, draining) \
  values ($1, $2, $3, $4, $5, $6, $7) \
  on conflict (id) do update set seen_at = now(), busy = excluded.busy, draining = excluded.draining";

/// The columns of a new job in the order of `Insert`'s values.
macro_rules! enqueue {
    () => {
        "insert into queue.job (queue, kind, payload, priority, max_attempts, tenant, unique_key, run_at, deadline, \
           timeout_ms, origin, clock_shift_ms, until_started, trace, lane, state) \
         values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now() + $9 * interval '1 millisecond'), $10, $11, $12, $13, \
           $14, $15, queue.lane($2, $6), case when coalesce($8, now() + $9 * interval '1 millisecond') > now() then 0 else 1 end) "
    };
}
macro_rules! on_twin {
    () => {
        "on conflict (kind, unique_key) where unique_key is not null "
    };
}

/// Without a unique key. What looks for a twin writes a row in two steps.
pub(crate) const ENQUEUE_PLAIN: &str = concat!(enqueue!(), "returning id");

/// A unique twin that is not finished wins: no row is answered.
pub(crate) const ENQUEUE: &str = concat!(enqueue!(), on_twin!(), "do nothing returning id");

/// A unique twin that waits becomes this job, and keeps its number.
pub(crate) const ENQUEUE_REPLACE: &str = concat!(
    enqueue!(),
    on_twin!(),
    "do update set queue = excluded.queue, payload = excluded.payload, priority = excluded.priority, \
       max_attempts = excluded.max_attempts, tenant = excluded.tenant, lane = excluded.lane, run_at = excluded.run_at, \
       enqueued_at = now(), deadline = excluded.deadline, timeout_ms = excluded.timeout_ms, \
       origin = excluded.origin, trace = excluded.trace, clock_shift_ms = excluded.clock_shift_ms, state = excluded.state, attempt = 0, \
       until_started = excluded.until_started, errors = null, progress = null where job.state < 2 returning id"
);

/// `$1` queue, `$2` kind, `$3` payloads as JSON texts, `$4` priority, `$5` max attempts, `$6` tenant, `$7` origin,
/// `$8` deadline, `$9` timeout in ms, `$10` clock shift in ms, `$11` due, `$12` delay in ms, `$13` trace.
pub(crate) const ENQUEUE_BATCH: &str = "insert into queue.job (queue, kind, payload, priority, max_attempts, \
    tenant, origin, deadline, timeout_ms, clock_shift_ms, trace, lane, run_at, state) \
  select $1, $2, p::jsonb, $4, $5, $6, $7, $8, $9, $10, $13, b.lane, b.due, b.state from unnest($3::text[]) as p \
  cross join (select lane, due, case when due > now() then 0 else 1 end as state from ( \
    select queue.lane($2, $6) as lane, coalesce($11, now() + $12 * interval '1 millisecond') as due offset 0) b \
    offset 0) b";

/// `$1` queue, `$2` ready, `$3` seconds that the oldest waits, `$4` done, `$5` failed: this minute of the charts.
pub(crate) const SAMPLE: &str = "\
    insert into queue.sample (at, queue, ready, running, oldest_s, done, failed) \
    select date_trunc('minute', now()), $1, $2::bigint::integer, \
      (select count(*) from queue.job where state = 2 and lease_until is not null and queue = $1)::integer, \
      $3::float8::real, $4, $5 \
    on conflict (queue, at) do update set ready = greatest(sample.ready, excluded.ready), \
      running = greatest(sample.running, excluded.running), oldest_s = greatest(sample.oldest_s, excluded.oldest_s), \
      done = sample.done + excluded.done, failed = sample.failed + excluded.failed";
