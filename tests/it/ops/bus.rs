//! Messages between processes, in one process and through Redis.

use std::time::Duration;

use bytes::Bytes;
use platform::bus::{Bus, MESSAGE_BYTES_MAX};
use tests::database::server;
use tokio::{sync::broadcast::Receiver, time::timeout};

const PATIENCE: Duration = Duration::from_secs(120);

fn redis(tenant: &str) -> Bus {
    Bus::redis(&server("ATELIER_TEST_REDIS_URI"), tenant).expect("an address")
}

async fn next(messages: &mut Receiver<Bytes>) -> Bytes {
    timeout(PATIENCE, messages.recv()).await.expect("in time").expect("a message")
}

#[tokio::test]
async fn one_process_hears_itself() {
    let bus = Bus::in_process();
    assert!(!bus.is_shared());
    let mut messages = bus.subscribe("team").await;
    let mut others = bus.subscribe("other").await;
    bus.publish("team", "hello").await;
    assert_eq!(next(&mut messages).await, "hello");
    assert!(others.try_recv().is_err(), "topics are apart");
    bus.ping().await.expect("works");
}

#[tokio::test]
async fn two_processes_hear_each_other_in_order() {
    let tenant = format!("t{}", uuid::Uuid::from_u128(rand::random()).simple());
    let (one, two) = (redis(&tenant), redis(&tenant));
    assert!(one.is_shared());
    let mut messages = two.subscribe("team").await;
    for n in 0..50 {
        one.publish("team", format!("{n}")).await;
    }
    for n in 0..50 {
        assert_eq!(next(&mut messages).await, format!("{n}"));
    }
}

#[tokio::test]
async fn tenants_do_not_hear_each_other() {
    let name = uuid::Uuid::from_u128(rand::random()).simple().to_string();
    let (one, two) = (redis(&format!("a{name}")), redis(&format!("b{name}")));
    let (mut own, mut other) = (one.subscribe("team").await, two.subscribe("team").await);
    one.publish("team", "mine").await;
    assert_eq!(next(&mut own).await, "mine");
    two.publish("team", "yours").await;
    assert_eq!(next(&mut other).await, "yours", "the first that it hears");
}

#[tokio::test]
async fn a_message_that_is_too_large_is_dropped_and_nobody_waits() {
    let bus = Bus::in_process();
    let mut messages = bus.subscribe("team").await;
    bus.publish("team", vec![0; MESSAGE_BYTES_MAX + 1]).await;
    bus.publish("team", "small").await;
    assert_eq!(next(&mut messages).await, "small");
}

#[tokio::test]
async fn without_redis_publishing_gives_up_and_says_so() {
    let bus = Bus::redis("redis://127.0.0.1:1/0", "nowhere").expect("an address");
    timeout(PATIENCE, bus.publish("team", "hello")).await.expect("does not wait for ever");
    bus.ping().await.expect_err("is down");
}
