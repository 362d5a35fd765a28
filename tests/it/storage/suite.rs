//! What every blob backend must do, run against each of them, and what only one of them can.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use platform::storage::{
    Backend, BlobError, BlobSource, Blobs, DbSettings, FsSettings, S3Settings, StorageSettings,
};
use tests::database::TestDatabase;
use tests::s3::S3Server;
use uuid::Uuid;

const MIB: usize = 1024 * 1024;
const BIG: u64 = 64 * 1024 * 1024;

#[tokio::test]
async fn the_memory_behaves() {
    let settings = StorageSettings { default: Backend::Memory, fs: None, s3: None, db: None, memory: true };
    behaves(&open(settings)).await;
}

#[tokio::test]
async fn a_directory_behaves() {
    let directory = tempfile::tempdir().expect("a directory");
    let fs = Some(FsSettings { directory: directory.path().to_owned() });
    behaves(&open(StorageSettings { default: Backend::Fs, fs, s3: None, db: None, memory: false })).await;
}

#[tokio::test]
async fn a_bucket_behaves() {
    let server = S3Server::start().await;
    behaves(&bucket(server.settings())).await;
    let prefixed = bucket(S3Settings { prefix: "some/prefix".to_owned(), ..server.settings() });
    let id = Uuid::from_u128(7);
    put(&prefixed, id, vec![7]).await;
    let key = format!("some/prefix/{}", Blobs::path(id));
    assert_eq!(server.stored(&key), Some(vec![7]));
}

#[tokio::test]
async fn a_table_behaves() {
    let database = TestDatabase::migrated().await;
    let pool = sqlx::PgPool::connect(&database.uri).await.expect("connects");
    let db = Some(DbSettings { pool: pool.clone(), object_bytes_max: 20 * MIB as u64 });
    let blobs = open(StorageSettings { default: Backend::Db, fs: None, s3: None, db, memory: false });
    behaves(&blobs).await;
    let refused = blobs.put("db", Uuid::from_u128(1), vec![0; 20 * MIB + 1].into(), BIG).await;
    assert!(matches!(refused, Err(BlobError::TooLarge { bytes_max }) if bytes_max == 20 * MIB as u64));
    pool.close().await;
    assert!(matches!(blobs.exists("db", Uuid::nil()).await, Err(BlobError::Io(_))));
}

#[tokio::test]
async fn backends_serve_side_by_side() {
    let server = S3Server::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let fs = Some(FsSettings { directory: directory.path().to_owned() });
    let blobs = open(StorageSettings {
        default: Backend::S3,
        fs,
        s3: Some(server.settings()),
        db: None,
        memory: false,
    });
    let backends: Vec<Backend> = blobs.backends().collect();
    assert_eq!((blobs.default_backend(), backends), (Backend::S3, vec![Backend::Fs, Backend::S3]));
    let id = Uuid::from_u128(0x0102_0304);
    blobs.put("fs", id, vec![1].into(), BIG).await.expect("stored");
    blobs.put("s3", id, vec![2].into(), BIG).await.expect("stored");
    assert_eq!(blobs.read_all("fs", id, BIG).await.expect("read"), [1][..]);
    assert_eq!(blobs.read_all("assets-s3", id, BIG).await.expect("read"), [2][..]);
}

#[tokio::test]
async fn links_open_one_object_and_cannot_be_changed() {
    let server = S3Server::start().await;
    let blobs = bucket(server.settings());
    let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    put(&blobs, mine, b"hello".to_vec()).await;
    put(&blobs, other, b"secret".to_vec()).await;
    let link = blobs.presign(mine, Duration::from_secs(60), "image/png").await.expect("signed").to_string();
    let client = reqwest::Client::builder().build().expect("a client");
    let answer = client.get(&link).send().await.expect("answers");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.expect("a body"), "hello");
    let redirected = link.replace(&Blobs::path(mine), &Blobs::path(other));
    let retyped = link.replace("image/png", "text/html");
    let prolonged = link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000");
    for changed in [redirected, retyped, prolonged] {
        assert_ne!(changed, link);
        let status = client.get(&changed).send().await.expect("answers").status();
        assert!(status.is_client_error(), "{status} for {changed}");
    }
    let drawing = blobs.presign(mine, Duration::from_secs(60), "image/svg+xml").await.expect("signed");
    let answer = client.get(drawing).send().await.expect("answers");
    assert_eq!(answer.headers()["content-type"], "image/svg+xml");
    let public = S3Settings {
        public_endpoint: Some("https://cdn.example.org".parse().expect("valid")),
        ..server.settings()
    };
    let link = bucket(public).presign(mine, Duration::from_secs(60), "image/png").await.expect("signed");
    assert_eq!(link.host_str(), Some("cdn.example.org"));
}

#[tokio::test]
async fn a_wrong_key_is_refused_without_naming_it() {
    let server = S3Server::start().await;
    let settings = S3Settings { secret_key: Some("guessed".to_owned()), ..server.settings() };
    let described = format!("{settings:?}");
    let refused = bucket(settings).check("s3").await.expect_err("refused");
    for text in [refused.to_string(), format!("{refused:?}"), described] {
        assert!(!text.contains("guessed") && !text.contains("only tests have"), "{text}");
    }
}

async fn behaves(blobs: &Blobs) {
    blobs.ready().await.expect("ready");
    blobs.check(blobs.default_backend().as_str()).await.expect("works");
    stores_and_gives_back(blobs).await;
    reads_ranges(blobs).await;
    deletes_twice(blobs).await;
    misses_what_is_not_there(blobs).await;
    refuses_what_is_too_large(blobs).await;
    keeps_nothing_of_a_broken_stream(blobs).await;
    streams_large_objects(blobs).await;
    serves_many_at_once(blobs).await;
}

async fn stores_and_gives_back(blobs: &Blobs) {
    let backend = blobs.default_backend().as_str();
    for bytes in [Vec::new(), b"hello".to_vec(), pattern(100_000)] {
        let id = Uuid::from_u128(0x10);
        let size = bytes.len() as u64;
        put(blobs, id, bytes.clone()).await;
        assert_eq!(blobs.size(backend, id).await.expect("asked"), Some(size));
        assert_eq!(blobs.read_all(backend, id, size).await.expect("read"), bytes);
        assert_eq!(collect(blobs, id).await, bytes);
        if size > 0 {
            let refused = blobs.read_all(backend, id, size - 1).await;
            assert!(matches!(refused, Err(BlobError::TooLarge { .. })));
        }
    }
}

async fn reads_ranges(blobs: &Blobs) {
    let (id, bytes) = (Uuid::from_u128(0x20), pattern(3 * MIB));
    put(blobs, id, bytes.clone()).await;
    let end = bytes.len() as u64;
    for range in [0..1, 0..end, 5..10, end - 1..end, MIB as u64 - 1..2 * MIB as u64 + 1, 7..7] {
        let read =
            blobs.read_range(blobs.default_backend().as_str(), id, range.clone()).await.expect("opened");
        let read: Vec<Bytes> = read.try_collect().await.expect("read");
        assert_eq!(read.concat(), bytes[range.start as usize..range.end as usize], "{range:?}");
    }
}

async fn deletes_twice(blobs: &Blobs) {
    let (backend, id) = (blobs.default_backend().as_str(), Uuid::from_u128(0x30));
    put(blobs, id, vec![1]).await;
    assert!(blobs.exists(backend, id).await.expect("asked"));
    for _ in 0..2 {
        blobs.delete(backend, id).await.expect("deleted");
        assert!(!blobs.exists(backend, id).await.expect("asked"));
    }
}

async fn misses_what_is_not_there(blobs: &Blobs) {
    let (backend, id) = (blobs.default_backend().as_str(), Uuid::from_u128(0x40));
    assert_eq!(blobs.size(backend, id).await.expect("asked"), None);
    assert!(matches!(blobs.read(backend, id).await, Err(BlobError::NotFound { .. })));
    assert!(matches!(blobs.read_range(backend, id, 0..5).await, Err(BlobError::NotFound { .. })));
    assert!(matches!(blobs.read_all(backend, id, BIG).await, Err(BlobError::NotFound { .. })));
}

async fn refuses_what_is_too_large(blobs: &Blobs) {
    let (backend, id) = (blobs.default_backend().as_str(), Uuid::from_u128(0x50));
    for size in [11, 9 * MIB] {
        let refused = blobs.put(backend, id, pattern(size).into(), size as u64 - 1).await;
        assert!(matches!(refused, Err(BlobError::TooLarge { .. })), "{refused:?}");
        assert!(!blobs.exists(backend, id).await.expect("asked"));
    }
}

async fn keeps_nothing_of_a_broken_stream(blobs: &Blobs) {
    let (backend, id) = (blobs.default_backend().as_str(), Uuid::from_u128(0x60));
    for before in [10, 9 * MIB] {
        let pieces = [Ok(Bytes::from(pattern(before))), Err(std::io::Error::other("cut off"))];
        let source = BlobSource::Stream(Box::pin(futures_util::stream::iter(pieces)));
        let refused = blobs.put(backend, id, source, BIG).await;
        assert!(matches!(refused, Err(BlobError::Source(_))), "{refused:?}");
        assert!(!blobs.exists(backend, id).await.expect("asked"));
    }
}

async fn streams_large_objects(blobs: &Blobs) {
    let (backend, id) = (blobs.default_backend().as_str(), Uuid::from_u128(0x70));
    let bytes = Bytes::from(pattern(12 * MIB + 123));
    let pieces: Vec<_> = (0..bytes.len())
        .step_by(77_777)
        .map(|at| Ok(bytes.slice(at..bytes.len().min(at + 77_777))))
        .collect();
    let source = BlobSource::Stream(Box::pin(futures_util::stream::iter(pieces)));
    let streamed = blobs.put(backend, id, source, BIG).await.expect("stored");
    assert_eq!(streamed.size, bytes.len() as u64);
    assert_eq!(collect(blobs, id).await, bytes);
    let whole = blobs.put(backend, id, BlobSource::Bytes(bytes), BIG).await.expect("stored");
    assert_eq!(streamed, whole);
}

async fn serves_many_at_once(blobs: &Blobs) {
    let ids: Vec<Uuid> = (0..40).map(|n| Uuid::from_u128(0x8000 + n)).collect();
    let work = ids.iter().map(|id| async {
        let bytes = id.as_bytes().repeat(1000);
        put(blobs, *id, bytes.clone()).await;
        assert_eq!(collect(blobs, *id).await, bytes);
    });
    futures_util::future::join_all(work).await;
}

fn open(settings: StorageSettings) -> Blobs {
    Blobs::open(settings).expect("valid settings")
}

fn bucket(settings: S3Settings) -> Blobs {
    open(StorageSettings { default: Backend::S3, fs: None, s3: Some(settings), db: None, memory: false })
}

async fn put(blobs: &Blobs, id: Uuid, bytes: Vec<u8>) {
    let size = bytes.len() as u64;
    let stored = blobs.put(blobs.default_backend().as_str(), id, bytes.into(), size).await.expect("stored");
    assert_eq!((stored.size, stored.sha256.len()), (size, 64));
}

async fn collect(blobs: &Blobs, id: Uuid) -> Vec<u8> {
    let pieces = blobs.read(blobs.default_backend().as_str(), id).await.expect("opened");
    let pieces: Vec<Bytes> = pieces.try_collect().await.expect("read");
    pieces.concat()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}
