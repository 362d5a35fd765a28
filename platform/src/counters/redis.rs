//! Counts in Redis: each step is one script, so that processes do not count past each other.

use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, FromRedisValue, Script, ScriptInvocation};
use chrono::{DateTime, Utc};

use super::count::{Charge, Forgive, Level, Tally, millis, window};
use super::local::millis_to_fill;
use crate::bus::BusError;
use crate::config::Rate;
use crate::metrics::names;

const ANSWER_MAX: Duration = Duration::from_millis(500);

/// For each key a kind and four numbers: window, calls, ms left; or bucket, capacity, refill, interval, ms to keep.
const CHARGE: &str = r"
local now = tonumber(ARGV[1])
local out = {}
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 5
  local kind, size, b = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local c, d = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  if kind == 'window' then
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('PEXPIRE', key, b) end
    out[#out + 1] = count <= size and 1 or 0
    out[#out + 1] = math.max(0, size - count)
    out[#out + 1] = b
  else
    local old = redis.call('HMGET', key, 'tokens', 'timestamp')
    local tokens, begun = tonumber(old[1]) or size, tonumber(old[2]) or now
    local steps = math.floor(math.max(0, now - begun) / c)
    tokens = math.min(size, tokens + steps * b)
    begun = begun + steps * c
    out[#out + 1] = tokens > 0 and 1 or 0
    tokens = math.max(0, tokens - 1)
    redis.call('HSET', key, 'tokens', tostring(tokens), 'timestamp', string.format('%.0f', begun))
    redis.call('PEXPIRE', key, d)
    out[#out + 1] = tokens
    out[#out + 1] = begun + c - now
  end
end
return out
";

/// For each key four numbers: free failures, first wait, longest wait, ms to remember.
const ATTEMPT: &str = r"
local now, wait = tonumber(ARGV[1]), 0
for _, key in ipairs(KEYS) do
  wait = math.max(wait, (tonumber(redis.call('HGET', key, 'until')) or 0) - now)
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 4
  local free, first = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local most, memory = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local failures = redis.call('HINCRBY', key, 'failures', 1)
  local rest = 0
  if failures > free then rest = math.min(most, first * 2 ^ math.min(40, failures - free - 1)) end
  redis.call('HSET', key, 'until', string.format('%.0f', now + rest))
  redis.call('PEXPIRE', key, memory)
end
return 0
";

/// For each key whether all of it is forgiven.
const FORGIVE: &str = r"
for i, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then
    if ARGV[i] == 'all' or redis.call('HINCRBY', key, 'failures', -1) <= 0 then
      redis.call('DEL', key)
    else
      redis.call('HDEL', key, 'until')
    end
  end
end
return 0
";

pub(super) struct Remote {
    connection: ConnectionManager,
    prefix: String,
    charge: Script,
    attempt: Script,
    forgive: Script,
}

impl Remote {
    pub(super) fn open(uri: &str, tenant: &str) -> Result<Remote, BusError> {
        let client = Client::open(uri).map_err(BusError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWER_MAX))
            .set_response_timeout(Some(ANSWER_MAX))
            .set_number_of_retries(1);
        Ok(Remote {
            connection: client.get_connection_manager_lazy(config).map_err(BusError::Address)?,
            prefix: format!("penpot.rlimit.{tenant}"),
            charge: Script::new(CHARGE),
            attempt: Script::new(ATTEMPT),
            forgive: Script::new(FORGIVE),
        })
    }

    pub(super) async fn charge(
        &self,
        now: DateTime<Utc>,
        charges: &[Charge],
    ) -> Result<Vec<Level>, BusError> {
        let mut call = self.charge.prepare_invoke();
        call.arg(now.timestamp_millis());
        for Charge { key, rate } in charges {
            match *rate {
                Rate::Window { calls, span } => {
                    let (begun, left) = window(now, span);
                    call.key(format!("{}.window.{key}.{begun}", self.prefix));
                    call.arg("window").arg(calls).arg(left).arg(0).arg(0);
                }
                Rate::Bucket { capacity, refill, interval } => {
                    let interval = millis(interval).max(1);
                    call.key(format!("{}.bucket.{key}", self.prefix));
                    call.arg("bucket").arg(capacity).arg(refill).arg(interval);
                    call.arg(millis_to_fill(capacity, refill, interval) * 2);
                }
            }
        }
        let numbers: Vec<i64> = self.run("charge", &call).await?;
        let positive = |n: i64| u64::try_from(n).unwrap_or(0);
        let level = |three: &[i64]| Level {
            allowed: three[0] == 1,
            remaining: positive(three[1]),
            more_in: Duration::from_millis(positive(three[2])),
        };
        Ok(numbers.chunks_exact(3).map(level).collect())
    }

    pub(super) async fn attempt(&self, now: DateTime<Utc>, tallies: &[Tally]) -> Result<Duration, BusError> {
        let mut call = self.attempt.prepare_invoke();
        call.arg(now.timestamp_millis());
        for Tally { key, slope } in tallies {
            call.key(self.tally(key));
            call.arg(slope.free).arg(millis(slope.first)).arg(millis(slope.most)).arg(millis(slope.memory));
        }
        let wait: i64 = self.run("attempt", &call).await?;
        Ok(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }

    pub(super) async fn forgive(&self, keys: &[(String, Forgive)]) -> Result<(), BusError> {
        let mut call = self.forgive.prepare_invoke();
        for (key, how) in keys {
            call.key(self.tally(key));
            call.arg(if *how == Forgive::All { "all" } else { "this" });
        }
        let _: i64 = self.run("forgive", &call).await?;
        Ok(())
    }

    fn tally(&self, key: &str) -> String {
        format!("{}.failures.{key}", self.prefix)
    }

    async fn run<T: FromRedisValue>(
        &self,
        name: &'static str,
        call: &ScriptInvocation<'_>,
    ) -> Result<T, BusError> {
        let (started, mut connection) = (Instant::now(), self.connection.clone());
        let answer = tokio::time::timeout(ANSWER_MAX, call.invoke_async(&mut connection)).await;
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        metrics::histogram!(names::REDIS_EVAL_TIMING, "name" => name).record(milliseconds);
        Ok(answer.map_err(|_| BusError::Timeout)??)
    }
}
