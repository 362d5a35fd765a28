//! How often one may call.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock::Clock,
    config::Rate,
    counters::{Charge, Counters, Forgive, Slope, Tally},
};
use serde_json::json;
use std::time::Duration;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    database::server,
    person::PASSWORD,
};

fn limited(rates: &str) -> Settings {
    Settings::default().set("ATELIER_RPC_LIMITS", rates)
}

/// With a clock that stands still: no window ends, and no wait is over, while the machine is at work.
async fn standing(settings: Settings) -> TestApp {
    TestApp::by(Clock::system().stopped(), settings).await
}

/// Another door to the same Atelier, whose clock is ahead.
async fn door(app: &TestApp, ahead: TimeDelta) -> Client {
    let mut later = app.app.clone();
    later.clock = later.clock.shifted(ahead);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let never = tokio_util::sync::CancellationToken::new();
    tokio::spawn(api::serve(api::State::new(later), None, listener, never));
    Client::new(&base)
}

fn seconds(answer: &Answer) -> i64 {
    answer.header("retry-after").parse().unwrap_or_else(|_| panic!("no wait: {:?}", answer.headers))
}

#[test]
fn the_guide_shows_the_limits_that_hold() {
    let guide = include_str!("../../../docs/API.md");
    let (_, shown) = guide.split_once("<!-- limits -->\n").expect("where the tables begin");
    let (shown, _) = shown.split_once("<!-- limits end -->").expect("where they end");
    let tables = api::rpc::limits_table::markdown(api::methods::ALL);
    assert!(shown == tables, "paste what `atelier openapi --limits` prints:\n\n{tables}");
}

#[tokio::test]
async fn a_window_is_used_up_and_opens_again() {
    let app = standing(limited("get-teams=2/h")).await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    for _ in 0..2 {
        ana.call("get-teams", json!({})).await.ok();
    }
    let refused = ana.call("get-teams", json!({})).await;
    assert_eq!(refused.failure(), "429 rate-limit/request-blocked");
    assert!((1..=3600).contains(&seconds(&refused)));
    let remaining = refused.header("x-rate-limit-remaining");
    assert!(remaining.starts_with("default=") && remaining.ends_with("&get-teams=0"), "{remaining}");
    assert!(refused.header("x-rate-limit-reset").contains("&get-teams="));

    ana.call("get-profile", json!({})).await.ok();
    ben.call("get-teams", json!({})).await.ok();
    let mut later = door(&app, TimeDelta::hours(1)).await;
    later.cookie = ana.cookie.clone();
    later.call("get-teams", json!({})).await.ok();
}

#[tokio::test]
async fn a_bucket_fills_bit_by_bit() {
    let app = standing(limited("get-teams=3/1/h")).await;
    let ana = app.person("ana").await;
    let used = async |client: &Client| {
        let mut calls = 0;
        while client.call("get-teams", json!({})).await.status == 200 {
            calls += 1;
        }
        calls
    };
    assert_eq!(used(&ana).await, 3);
    let mut later = door(&app, TimeDelta::hours(2)).await;
    later.cookie = ana.cookie.clone();
    assert_eq!(used(&later).await, 2);
}

#[tokio::test]
async fn the_default_counts_every_method() {
    let app = standing(limited("default=4/d")).await;
    let mut nobody = app.anonymous();
    for n in 0..4 {
        let answer = nobody.login(&format!("{n}@example.com"), PASSWORD).await;
        assert_eq!(answer.failure(), "400 validation/wrong-credentials");
    }
    let refused = nobody.call("get-profile", json!({})).await;
    assert_eq!(refused.failure(), "429 rate-limit/request-blocked");
    assert_eq!(refused.header("x-rate-limit-remaining"), "default=0");
}

#[tokio::test]
async fn the_family_is_switched_by_flags() {
    for flags in ["disable-rpc-rlimit", "enable-soft-rpc-rlimit"] {
        let app = standing(limited("default=1/d").set("PENPOT_FLAGS", flags)).await;
        // More than one address may fail, and no more: each is a password to hash.
        for _ in 0..34 {
            let answer = app.anonymous().login("ghost@example.com", "guess").await;
            assert_eq!(answer.failure(), "400 validation/wrong-credentials", "{flags}");
        }
    }
}

#[tokio::test]
async fn strangers_are_told_apart_by_the_proxy_that_is_trusted() {
    let from = async |app: &TestApp, address: &str| {
        let request = app.anonymous().request(reqwest::Method::POST, "/api/main/methods/get-profile");
        let request = request.header("x-forwarded-for", address).json(&json!({}));
        request.send().await.expect("an answer").status().as_u16()
    };
    let alone = standing(limited("get-profile=1/d")).await;
    assert_eq!(from(&alone, "192.0.2.1").await, 200);
    assert_eq!(from(&alone, "192.0.2.2").await, 429, "anybody can write that header");
    let behind = standing(limited("get-profile=1/d").set("ATELIER_TRUST_PROXY", "1")).await;
    assert_eq!(from(&behind, "192.0.2.1").await, 200);
    assert_eq!(from(&behind, "192.0.2.1, 192.0.2.2").await, 200);
    assert_eq!(from(&behind, "192.0.2.9, 192.0.2.2").await, 429);
}

#[tokio::test]
async fn guessing_becomes_slow_and_tells_nothing() {
    let app = standing(Settings::default()).await;
    let ana = app.person("ana").await;
    let guess = async |email: &str| {
        let answer = app.anonymous().login(email, "a guess").await;
        (answer.failure(), answer.header("retry-after").is_empty())
    };
    let mut seen = vec![];
    for email in [ana.email.as_str(), "ghost@example.com"] {
        let mut told = vec![];
        for _ in 0..8 {
            told.push(guess(email).await);
        }
        assert!(told[..6].iter().all(|(code, _)| code == "400 validation/wrong-credentials"), "{told:?}");
        seen.push(told[..6].to_vec());
        assert!(told[6..].iter().any(|(code, _)| code == "429 rate-limit/request-blocked"), "{told:?}");
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn failures_are_forgotten_by_success_and_by_time() {
    let app = standing(Settings::default()).await;
    let ana = app.person("ana").await;
    let fail = async |client: &mut Client, times: usize| {
        for _ in 0..times {
            let answer = client.login(&ana.email, "a guess").await;
            assert_eq!(answer.failure(), "400 validation/wrong-credentials");
        }
    };
    let mut here = app.anonymous();
    for _ in 0..3 {
        fail(&mut here, 5).await;
        here.login(&ana.email, PASSWORD).await.ok();
    }
    // Each door is later than the wait that the failure before it caused, which doubles.
    fail(&mut here, 6).await;
    let mut ahead = TimeDelta::zero();
    for wait in [2, 3, 5, 9, 17, 33, 65] {
        ahead += TimeDelta::seconds(wait);
        fail(&mut door(&app, ahead).await, 1).await;
    }
    let mut soon = door(&app, ahead + TimeDelta::seconds(60)).await;
    let refused = soon.login(&ana.email, PASSWORD).await;
    assert_eq!(refused.failure(), "429 rate-limit/request-blocked", "the right password waits too");
    assert!((30..=128).contains(&seconds(&refused)), "{}", seconds(&refused));
    door(&app, ahead + TimeDelta::seconds(129)).await.login(&ana.email, PASSWORD).await.ok();
}

#[tokio::test]
async fn one_address_cannot_try_many_accounts() {
    let app = standing(Settings::default()).await;
    let ana = app.person("ana").await;
    let mut refused = 0;
    for n in 0..33 {
        let answer = app.anonymous().login(&format!("{n}@example.com"), "a guess").await;
        refused += usize::from(answer.status == 429);
        // One's own account is no way around it.
        if n % 8 == 0 {
            app.anonymous().login(&ana.email, PASSWORD).await;
        }
    }
    assert!(refused >= 1);
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(30_000) + TimeDelta::seconds(seconds)
}

/// The same steps on counters of a process and on two processes that share a Redis.
#[tokio::test]
async fn processes_count_together() {
    let tenant = format!("t{}", uuid::Uuid::from_u128(rand::random()).simple());
    let redis = || Counters::redis(&server("ATELIER_TEST_REDIS_URI"), &tenant).expect("an address");
    let alone = Counters::in_process();
    let told = [steps(&alone, &alone).await, steps(&redis(), &redis()).await];
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], ["w1", "w0", "-0", "w1", "b1", "b0", "-0", "b0", "0", "0", "1000", "0", "2000", "0"]);
}

async fn steps(one: &Counters, two: &Counters) -> Vec<String> {
    let charge =
        |rate: &str| [Charge { key: "k".to_owned() + rate, rate: Rate::parse(rate).expect("a rate") }];
    let mut told = vec![];
    for (rate, kind, seconds) in [("2/m", "w", [0, 1, 2, 60]), ("2/1/10s", "b", [0, 1, 2, 11])] {
        for (n, second) in seconds.into_iter().enumerate() {
            let counters = if n % 2 == 0 { one } else { two };
            let level = counters.charge(at(second), &charge(rate)).await[0];
            told.push(format!("{}{}", if level.allowed { kind } else { "-" }, level.remaining));
        }
    }
    let second = Duration::from_secs(1);
    let slope = Slope { free: 1, first: second, most: second * 60, memory: second * 600 };
    let tally = [Tally { key: "who".into(), slope }];
    let mut attempt = async |counters: &Counters, second: i64| {
        told.push(counters.attempt(at(second), &tally).await.as_millis().to_string());
    };
    attempt(one, 0).await;
    attempt(two, 0).await;
    attempt(one, 0).await;
    attempt(two, 1).await;
    attempt(one, 1).await;
    one.forgive(&[("who".into(), Forgive::All)]).await;
    attempt(two, 1).await;
    told
}
