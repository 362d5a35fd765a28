//! Counts in process; those in Redis have the same tests through the front door of this module, in `tests/it`.

use chrono::TimeDelta;

use super::*;
use crate::config::Rate;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn charge(rate: &str) -> [Charge; 1] {
    [Charge { key: "k".into(), rate: Rate::parse(rate).unwrap() }]
}

#[tokio::test]
async fn an_absent_redis_leaves_this_process_to_count() {
    let counters = Counters::redis("redis://127.0.0.1:9/0", "t").unwrap();
    let rate = charge("1/m");
    assert!(counters.charge(at(0), &rate).await[0].allowed);
    assert!(!counters.charge(at(1), &rate).await[0].allowed);
    assert!(Counters::redis("http://nonsense", "t").is_err());
}

#[tokio::test]
async fn a_window_begins_anew() {
    let (counters, rate) = (Counters::in_process(), charge("2/m"));
    let first = counters.charge(at(10), &rate).await[0];
    assert_eq!(first, Level { allowed: true, remaining: 1, more_in: Duration::from_secs(50) });
    assert!(counters.charge(at(20), &rate).await[0].allowed);
    assert!(!counters.charge(at(59), &rate).await[0].allowed);
    assert!(counters.charge(at(60), &rate).await[0].allowed);
}

#[test]
fn waits_double_up_to_the_most() {
    let second = Duration::from_secs(1);
    let slope = Slope { free: 2, first: second, most: second * 5, memory: second * 60 };
    let waits = (1..=7).map(|n| slope.wait(n).as_secs());
    assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 1, 2, 4, 5, 5]);
    assert_eq!(slope.wait(u32::MAX), second * 5);
}
