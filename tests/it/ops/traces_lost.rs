//! Collectors that are away, slow or say no: spans are lost then, and counted; nothing else is.

use std::time::Duration;

use serde_json::json;
use tests::{
    client::Client,
    collector::Collector,
    database::TestDatabase,
    process::{self, Running, data_directory},
    spans,
};
use tokio::net::TcpListener;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);
const CALLS: usize = 40;

async fn api(data: &tempfile::TempDir, endpoint: &str) -> (Running, Client) {
    let database = TestDatabase::migrated().await;
    let settings = [
        ("PENPOT_DATABASE_URI", &*database.uri),
        ("ATELIER_DATA_DIR", &*data.path().display().to_string()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint),
        ("OTEL_BSP_SCHEDULE_DELAY", "10"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "8"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
        // Longer than the test: a call that waited for the collector would never be answered.
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "600000"),
    ];
    let api = process::start(&["api", "--port", "0"], &settings).await;
    let client = Client::new(api.address());
    (api, client)
}

async fn calls(client: &Client) {
    let all = async {
        for _ in 0..CALLS {
            client.call("get-profile", json!({})).await.ok();
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("nobody waits for a collector");
}

/// Waits until so many spans are counted with this outcome.
async fn counted(client: &Client, outcome: &str) {
    let name = format!("atelier_trace_spans_total{{outcome=\"{outcome}\"}} ");
    let looked = async {
        loop {
            let metrics = client.get("/metrics").await.text();
            let count = metrics.lines().find_map(|line| line.strip_prefix(&*name)?.parse::<u64>().ok());
            if count.is_some_and(|count| count > 0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.unwrap_or_else(|_| panic!("no {outcome} was counted"));
}

#[tokio::test]
async fn a_collector_that_never_answers_holds_up_nobody() {
    let data = data_directory();
    // Connections are made, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}/v1/traces", silent.local_addr().expect("bound"));
    let (api, client) = api(&data, &endpoint).await;
    calls(&client).await;
    counted(&client, "no_room").await;
    assert!(api.terminate().await.success(), "nor the end");
}

#[tokio::test]
async fn a_collector_that_says_no_is_not_asked_again() {
    let (data, collector) = (data_directory(), Collector::answering(400).await);
    let (api, client) = api(&data, &collector.uri()).await;
    calls(&client).await;
    counted(&client, "refused").await;
    assert!(api.terminate().await.success());
}

#[tokio::test]
async fn spans_arrive_when_the_collector_is_back() {
    let (data, collector) = (data_directory(), Collector::answering(503).await);
    let (api, client) = api(&data, &collector.uri()).await;
    calls(&client).await;
    spans::wait_for(&collector, "a first try", |spans| !spans.is_empty()).await;
    let tried = collector.posted().len();
    collector.answer(200);
    counted(&client, "sent").await;
    assert!(collector.posted().len() > tried, "it was sent again");
    assert!(api.terminate().await.success());
}
