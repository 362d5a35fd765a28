//! An S3 server in this process that checks signatures, over a temporary directory.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use platform::storage::S3Settings;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running server with one empty bucket; ends with the test.
pub struct S3Server {
    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub endpoint: String,
    /// The only key it knows.
    pub access_key: String,
    /// The secret of that key.
    pub secret_key: String,
    /// The bucket.
    pub bucket: String,
    directory: TempDir,
    server: JoinHandle<()>,
}

impl S3Server {
    /// Starts one on a free port.
    pub async fn start() -> S3Server {
        let directory = tempfile::tempdir().expect("a directory");
        let bucket = "assets".to_owned();
        std::fs::create_dir(directory.path().join(&bucket)).expect("a bucket");
        let (access_key, secret_key) = ("a-test-key".to_owned(), "a secret that only tests have".to_owned());
        let files = FileSystem::new(directory.path()).expect("a file system");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(access_key.clone(), secret_key.as_str()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
        let server = tokio::spawn(serve(listener, service.build()));
        S3Server { endpoint, access_key, secret_key, bucket, directory, server }
    }

    /// The settings that reach it.
    pub fn settings(&self) -> S3Settings {
        S3Settings {
            bucket: self.bucket.clone(),
            region: "eu-central-1".to_owned(),
            endpoint: Some(self.endpoint.parse().expect("a valid address")),
            public_endpoint: None,
            prefix: String::new(),
            access_key: Some(self.access_key.clone()),
            secret_key: Some(self.secret_key.clone()),
        }
    }

    /// The variables of a process whose new blobs go to it, through `endpoint`: its own, or a proxy's.
    pub fn variables(&self, endpoint: &str) -> [(&'static str, String); 5] {
        [
            ("PENPOT_OBJECTS_STORAGE_BACKEND", "s3".to_owned()),
            ("PENPOT_OBJECTS_STORAGE_S3_BUCKET", self.bucket.clone()),
            ("PENPOT_OBJECTS_STORAGE_S3_ENDPOINT", endpoint.to_owned()),
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
        ]
    }

    /// How many objects it keeps.
    pub fn count(&self) -> usize {
        let (mut open, mut count) = (vec![self.directory.path().join(&self.bucket)], 0);
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                } else if !entry.file_name().to_string_lossy().starts_with('.') {
                    count += 1;
                }
            }
        }
        count
    }

    /// The bytes it keeps under a key, if any: looking behind its door.
    pub fn stored(&self, key: &str) -> Option<Vec<u8>> {
        std::fs::read(self.directory.path().join(&self.bucket).join(key)).ok()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            // A client that goes away is its own business.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
