//! Downloads from a server of our own, and from where none may come.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Instant;

use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// For servers that never go on; the others have all the time there is.
const SHORT: Duration = Duration::from_millis(300);

/// Answers raw HTTP on a port of its own.
struct Server {
    port: u16,
    /// The heads of all requests so far.
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// `answer` makes the bytes sent for a path; `{port}` in them stands for the port. The connection is then closed,
    /// unless they end with `{stall}`.
    async fn start(answer: fn(&str) -> &'static str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(vec![]));
        let heads = asked.clone();
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let heads = heads.clone();
                tokio::spawn(async move {
                    let head = read_head(&mut stream).await;
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    heads.lock().unwrap().push(head);
                    let text = answer(&path).replace("{port}", &port.to_string());
                    let sent = text.trim_end_matches("{stall}");
                    let _ = stream.write_all(sent.as_bytes()).await;
                    if sent != text {
                        // Until the client hangs up.
                        let _ = stream.read_u8().await;
                    }
                });
            }
        });
        Server { port, asked, task }
    }

    /// May ask this server as `localhost`, on its own port only.
    fn fetcher(&self) -> Fetcher {
        fetcher(&[&self.name()])
    }

    fn name(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.name())
    }

    async fn get(&self, path: &str) -> Result<(Vec<u8>, String), FetchError> {
        get(&self.fetcher(), &self.url(path)).await
    }

    /// The reason for which this fails.
    async fn reason(&self, path: &str) -> String {
        match self.get(path).await {
            Err(FetchError::Failed { reason, .. }) => reason,
            other => panic!("{path}: {other:?}"),
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
        // TLS, which this server does not speak.
        if !head.starts_with(b"G") {
            break;
        }
    }
    String::from_utf8(head).unwrap()
}

fn fetcher(allowed: &[&str]) -> Fetcher {
    Fetcher::new(FetchSettings {
        allowed_hosts: allowed.iter().map(|host| host.parse().unwrap()).collect(),
        ..FetchSettings::default()
    })
}

/// Bytes and type; PNG and text are wanted, 100 bytes at most.
async fn get(fetcher: &Fetcher, url: &str) -> Result<(Vec<u8>, String), FetchError> {
    let directory = tempfile::tempdir().unwrap();
    let uploads = Uploads::new(directory.path().to_owned());
    let wanted = |mtype: &str| ["image/png", "text/plain"].contains(&mtype);
    let result = fetcher.get(url, &uploads, wanted, 100).await;
    let fetched = match result {
        Ok(fetched) => fetched,
        Err(error) => {
            assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is kept");
            return Err(error);
        }
    };
    let mut bytes = vec![];
    std::io::Read::read_to_end(&mut fetched.file.as_file(), &mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, fetched.size);
    Ok((bytes, fetched.mtype))
}

#[test]
fn only_public_addresses_are_public() {
    let extra = ["8.8.4.0/24", "2a00:1234::/32"].map(|text| parse_network(text).unwrap());
    let networks = Networks::new(extra.to_vec());
    let public = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 \
        169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 \
        223.255.255.255 168.63.129.17 2606:4700::1111 2a00:1450::1 2001:4860:4860::8888 ::ffff:8.8.8.8 \
        64:ff9b::8.8.8.8";
    for address in public.split_whitespace() {
        assert!(networks.is_public(address.parse().unwrap()), "{address}");
    }
    let others = "0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 \
        127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.192 192.0.2.1 \
        192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 \
        240.0.0.1 255.255.255.255 8.8.4.4 \
        :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.4.4 \
        ::ffff:0:127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::8.8.4.4 64:ff9b:1::8.8.8.8 100::1 \
        2001::1 2001:0:4136:e378::1 2001:2::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 fc00::1 \
        fd00:ec2::254 fe80::1 febf::1 fec0::1 ff02::1 2a00:1234::1 4000::1";
    for address in others.split_whitespace() {
        assert!(!networks.is_public(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn one_bad_address_refuses_a_name() {
    let networks = Networks::new(vec![]);
    let at = |addresses: &[&str]| -> Vec<SocketAddr> {
        addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    };
    assert!(resolver::check(&networks, &at(&["8.8.8.8", "2606:4700::1111"])).is_ok());
    assert!(resolver::check(&networks, &at(&["8.8.8.8", "127.0.0.1"])).is_err());
    assert!(resolver::check(&networks, &at(&["::1", "8.8.8.8"])).is_err());
}

#[tokio::test]
async fn addresses_of_our_own_are_refused_however_they_are_written() {
    let server = Server::start(|_| "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let fetcher = fetcher(&[]);
    let hosts = "127.0.0.1 127.0.0.1. 127.1 0177.1 0x7f.0.0.1 2130706433 0 localhost LOCALHOST [::1] \
        [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] 1\u{ff12}7.0.0.1 %31%32%37.0.0.1";
    for host in hosts.split_whitespace() {
        for scheme in ["http", "https"] {
            let error = get(&fetcher, &format!("{scheme}://{host}:{}/", server.port)).await.unwrap_err();
            let text = error.to_string();
            assert_eq!(text, "the address cannot be used: it is not a public one", "{host}: {error:?}");
        }
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[tokio::test]
async fn addresses_that_nobody_needs_are_refused() {
    let fetcher = fetcher(&["localhost"]);
    let long = format!("http://localhost/{}", "a".repeat(URL_BYTES_MAX));
    let escaped = format!("http://localhost/{}", "é".repeat(URL_BYTES_MAX / 3));
    for url in [
        "ftp://localhost/",
        "file:///etc/passwd",
        "data:image/png,abc",
        "http://ana@localhost/",
        "http://:word@localhost/",
        &long,
        &escaped,
    ] {
        let error = get(&fetcher, url).await.unwrap_err();
        assert!(matches!(error, FetchError::Blocked { .. }), "{url}: {error:?}");
    }
    for url in ["", "localhost", "/etc/passwd", "http://", "http://a b/", "http://[fe80::1%25lo]/"] {
        let error = get(&fetcher, url).await.unwrap_err();
        assert!(matches!(error, FetchError::Failed { .. }), "{url}: {error:?}");
    }
}

#[test]
fn allowed_hosts_are_compared_whole() {
    let is_of = |host: &str, url: &str| host.parse::<AllowedHost>().unwrap().is_of(&Url::parse(url).unwrap());
    assert!(is_of("Files.internal", "https://files.INTERNAL/a"));
    assert!(is_of("files.internal", "https://files.internal:81/a"));
    assert!(is_of("files.internal:80", "http://files.internal/a"));
    assert!(is_of("fd00::1", "http://[fd00:0::1]:8080/"));
    assert!(is_of("[fd00::1]:443", "https://[fd00::1]/"));
    assert!(!is_of("files.internal:80", "https://files.internal/a"));
    assert!(!is_of("files.internal", "http://a.files.internal/"));
    assert!(!is_of("files.internal", "http://files.internal.example.com/"));
    assert!(!is_of("10.0.0.1", "http://[::ffff:10.0.0.1]/"));
}

#[tokio::test]
async fn an_allowed_server_is_asked_and_told_nothing() {
    let server = Server::start(|path| match path {
        "/" => "HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: /b?c#d\r\ncontent-length: 0\r\n\r\n",
        _ => "HTTP/1.1 200 OK\r\ncontent-type: Image/PNG; a=b\r\ncontent-length: 5\r\n\r\nhello",
    })
    .await;
    let (bytes, mtype) = server.get("/").await.unwrap();
    assert_eq!((bytes.as_slice(), mtype.as_str()), (&b"hello"[..], "image/png"));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    let mut lines: Vec<&str> = asked[1].trim_end().lines().collect();
    lines[1..].sort_unstable();
    let host = format!("host: localhost:{}", server.port);
    let expected =
        ["GET /b?c HTTP/1.1", "accept-encoding: identity", "accept: */*", &host, "user-agent: atelier"];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn redirects_are_checked_like_the_first_address() {
    let server = Server::start(|path| match path {
        "/number" => "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:{port}/ok\r\n\r\n",
        "/port" => "HTTP/1.1 308 X\r\nlocation: //localhost:1/\r\n\r\n",
        "/scheme" => "HTTP/1.1 303 X\r\nlocation: file:///etc/passwd\r\n\r\n",
        "/user" => "HTTP/1.1 302 X\r\nlocation: http://ana@localhost:{port}/ok\r\n\r\n",
        "/without" => "HTTP/1.1 302 X\r\n\r\n",
        "/broken" => "HTTP/1.1 302 X\r\nlocation: http://[\r\n\r\n",
        "/3" => "HTTP/1.1 302 X\r\nlocation: 2\r\n\r\n",
        "/2" => "HTTP/1.1 302 X\r\nlocation: ./1\r\n\r\n",
        "/1" => "HTTP/1.1 302 X\r\nlocation: //localhost:{port}/ok\r\n\r\n",
        "/4" => "HTTP/1.1 302 X\r\nlocation: 3\r\n\r\n",
        "/304" => "HTTP/1.1 304 X\r\nlocation: ok\r\n\r\n",
        _ => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok",
    })
    .await;
    for path in ["/number", "/port", "/scheme", "/user"] {
        let before = server.asked().len();
        let error = server.get(path).await.unwrap_err();
        assert!(matches!(error, FetchError::Blocked { .. }), "{path}: {error:?}");
        assert_eq!(server.asked().len(), before + 1, "{path}");
    }
    assert_eq!(server.reason("/without").await, "a redirect leads nowhere");
    assert_eq!(server.reason("/broken").await, "a redirect leads nowhere");
    assert_eq!(server.reason("/304").await, "the answer is 304");
    assert_eq!(server.get("/3").await.unwrap().0, b"ok");
    assert_eq!(server.reason("/4").await, "more than 3 redirects");
}

#[tokio::test]
async fn answers_that_are_not_what_was_asked_for_are_refused() {
    let server = Server::start(|path| match path {
        "/404" => "HTTP/1.1 404 Secret\r\ncontent-length: 6\r\n\r\nsecret",
        "/unknown" => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nsecret",
        "/sign" => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: -6\r\n\r\nsecret",
        "/large" => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 101\r\n\r\n{stall}",
        "/type" => "HTTP/1.1 200 OK\r\ncontent-type: Text/HTML;a\r\ncontent-length: 6\r\n\r\n{stall}",
        "/untyped" => "HTTP/1.1 200 OK\r\ncontent-type: a b/c\r\ncontent-length: 6\r\n\r\n{stall}",
        "/packed" => {
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\n"
        }
        _ => "secret",
    })
    .await;
    assert_eq!(server.reason("/404").await, "the answer is 404");
    assert_eq!(server.reason("/packed").await, "the answer is packed although that was not asked for");
    assert_eq!(server.reason("/").await, "the answer is broken or broke off");
    assert!(matches!(server.get("/unknown").await, Err(FetchError::UnknownSize)));
    assert!(matches!(server.get("/large").await, Err(FetchError::TooLarge { bytes_max: 100 })));
    for (path, expected) in [("/type", "text/html"), ("/untyped", "application/octet-stream")] {
        let Err(FetchError::NotAllowedType { mtype }) = server.get(path).await else { panic!("{path}") };
        assert_eq!(mtype, expected);
    }
    for path in ["/404", "/sign", "/"] {
        let error = server.get(path).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("ecret"), "{error:?}");
    }
}

#[tokio::test]
async fn bodies_are_as_long_as_announced() {
    let server = Server::start(|path| match path {
        "/shorter" => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nhello",
        // What follows the length is no part of the answer.
        "/longer" => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\nhello",
        "/chunks-longer" => {
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\
             transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        }
        "/chunks-shorter" => {
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\
             transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        }
        _ => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n",
    })
    .await;
    assert_eq!(server.get("/empty").await.unwrap().0, b"");
    assert_eq!(server.get("/longer").await.unwrap().0, b"hell");
    assert_eq!(server.reason("/shorter").await, "the answer is broken or broke off");
    assert_eq!(server.reason("/chunks-longer").await, "more bytes came than were announced");
    assert_eq!(server.reason("/chunks-shorter").await, "fewer bytes came than were announced");
}

#[tokio::test]
async fn slow_servers_are_left_in_time() {
    let server = Server::start(|path| match path {
        "/head" => "HTTP/1.1 200 OK\r\n{stall}",
        _ => "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nhello{stall}",
    })
    .await;
    let allowed_hosts = vec![server.name().parse().unwrap()];
    let usual = FetchSettings { allowed_hosts, ..FetchSettings::default() };
    let head = FetchSettings { head_time_max: SHORT, ..usual.clone() };
    let body = FetchSettings { body_time_max: SHORT, ..usual };
    for (path, settings) in [("/head", head), ("/body", body)] {
        let start = Instant::now();
        let error = get(&Fetcher::new(settings), &server.url(path)).await.unwrap_err();
        assert_eq!(error.to_string(), "the download failed: no answer in time", "{path}: {error:?}");
        assert!(start.elapsed() >= SHORT, "{path}");
    }
}

#[tokio::test]
async fn downloads_wait_for_a_place_but_not_for_ever() {
    let fetcher = Fetcher::new(FetchSettings { head_time_max: SHORT, ..FetchSettings::default() });
    let _places = fetcher.inner.places.acquire_many(AT_ONCE_MAX as u32).await.unwrap();
    let error = get(&fetcher, "http://127.0.0.1/").await.unwrap_err();
    assert_eq!(error.to_string(), "the download failed: no answer in time", "{error:?}");
}

#[tokio::test]
async fn closed_ports_and_wrong_tls_fail_cleanly() {
    let server = Server::start(|_| "HTTP/1.1 200 OK\r\n\r\n").await;
    let plain = format!("https://localhost:{}/", server.port);
    let error = get(&server.fetcher(), &plain).await.unwrap_err();
    assert_eq!(error.to_string(), "the download failed: no connection", "{error:?}");
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let error = get(&fetcher(&["127.0.0.1"]), &format!("http://127.0.0.1:{port}/secret")).await.unwrap_err();
    assert_eq!(error.to_string(), "the download failed: no connection", "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
