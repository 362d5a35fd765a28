//! Every kind of request that is answered before its body was read, and some whose body was.

use bytes::Bytes;
use reqwest::Method;
use tests::{
    app::{Settings, TestApp},
    connection::{Asked, Content},
    person::Person,
};

/// Requests that are refused, or answered, for one reason.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The reason.
    pub name: &'static str,
    /// In which ways, and the status that each gets.
    pub ways: Vec<(Asked, u16)>,
}

const JSON: (&str, &str) = ("content-type", "application/json");
/// More than a connection is kept for, even when a method has read what it takes.
const LARGE_BYTES: usize = 200_000;
const UNKNOWN: &str = "6b6c7d1e-0000-4000-8000-000000000000";

/// An Atelier that refuses for every reason there is. Whoever registers uses up the one `verify-token` of the hour.
pub async fn strict() -> TestApp {
    let flags = "enable-access-tokens disable-secure-session-cookies enable-sec-fetch-metadata-middleware";
    let settings = Settings::default()
        .set("PENPOT_FLAGS", flags)
        .set("ATELIER_RPC_LIMITS", "default=off login-with-password=off verify-token=1/h");
    TestApp::with(settings).await
}

fn kind<const N: usize>(name: &'static str, ways: [(Asked, u16); N]) -> Kind {
    Kind { name, ways: ways.to_vec() }
}

/// With a small body of JSON.
fn ask(method: Method, path: &str) -> Asked {
    let headers = vec![(JSON.0, JSON.1.to_owned())];
    let content = Content::Sized(Bytes::from_static(br#"{"name": "a small body"}"#));
    Asked { method, path: path.to_owned(), headers, content }
}

fn post(path: &str) -> Asked {
    ask(Method::POST, path)
}

fn get(path: &str) -> Asked {
    ask(Method::GET, path)
}

fn call(method: &str) -> Asked {
    post(&format!("/api/main/methods/{method}"))
}

fn with(mut asked: Asked, name: &'static str, value: &str) -> Asked {
    asked.headers.retain(|(known, _)| *known != name);
    asked.headers.push((name, value.to_owned()));
    asked
}

fn carrying(asked: Asked, bytes: impl Into<Bytes>) -> Asked {
    Asked { content: Content::Sized(bytes.into()), ..asked }
}

/// With a body that fills many packets.
fn larger(asked: Asked) -> Asked {
    carrying(asked, format!("{{\"name\": \"{}\"}}", "a".repeat(40_000)))
}

fn large(asked: Asked) -> Asked {
    carrying(asked, vec![b' '; LARGE_BYTES])
}

fn large_in_pieces(asked: Asked) -> Asked {
    Asked { content: Content::Pieces(vec![Bytes::from(vec![b' '; LARGE_BYTES / 8]); 8]), ..asked }
}

fn in_pieces(asked: Asked) -> Asked {
    let pieces = [r#"{"name": "#, r#""a small body, "#, r#"in pieces"}"#];
    Asked { content: Content::Pieces(pieces.map(Bytes::from).to_vec()), ..asked }
}

/// A form that is wrong in its third part; a fourth follows.
fn wrong_form() -> Vec<u8> {
    let part = |head: &str, text: &[u8]| {
        let head = format!("--cut\r\ncontent-disposition: form-data; name={head}\r\n\r\n");
        [head.as_bytes(), text, b"\r\n"].concat()
    };
    let parts = [
        part("\"file-id\"", b"1"),
        part("\"name\"", b"a"),
        part("\"is-local\"", b"\xff"),
        part("\"content\"; filename=\"a\"", b"content"),
    ];
    [parts.concat().as_slice(), b"--cut--\r\n"].concat()
}

/// Those that pass the shipped nginx, all with small bodies.
pub fn of_the_api(ana: &Person) -> Vec<Kind> {
    let cookie = ana.cookie.clone().expect("signed in");
    let form = with(call("upload-file-media-object"), "cookie", &cookie);
    let form = carrying(with(form, "content-type", "multipart/form-data; boundary=cut"), wrong_form());
    let profile = "/api/main/methods/get-profile";
    let asset = format!("/assets/by-id/{UNKNOWN}");
    vec![
        kind("read to the end", [(call("get-profile"), 200), (in_pieces(call("get-profile")), 200)]),
        kind("malformed", [(carrying(call("login-with-password"), "{"), 400), (form, 400)]),
        kind("of no known type", [(with(call("login-with-password"), "content-type", "image/png"), 400)]),
        kind(
            "401",
            [(call("get-teams"), 401), (larger(call("get-teams")), 401), (in_pieces(call("get-teams")), 401)],
        ),
        kind(
            "403",
            [
                (with(call("get-teams"), "sec-fetch-site", "cross-site"), 403),
                (with(larger(call("get-teams")), "sec-fetch-site", "cross-site"), 403),
            ],
        ),
        kind("404", [(larger(call("get-nothing")), 404), (post("/api/nothing"), 404)]),
        kind(
            "405",
            [(larger(ask(Method::PUT, profile)), 405), (in_pieces(ask(Method::DELETE, profile)), 405)],
        ),
        kind("429", [(call("verify-token"), 429), (larger(call("verify-token")), 429)]),
        kind("GET with a body", [(get(profile), 200), (in_pieces(get(profile)), 200)]),
        kind("redirects", [(larger(post("/api/doc")), 308), (in_pieces(post("/api/openapi.json")), 308)]),
        kind("documentation", [(larger(post("/api/main/doc")), 200), (in_pieces(get("/api/main/doc")), 200)]),
        kind("assets", [(larger(post(&asset)), 404), (in_pieces(get("/assets/by-id/1")), 404)]),
    ]
}

/// Those that nginx keeps to itself, all with small bodies.
pub fn of_the_process() -> Vec<Kind> {
    let pages = [(larger(post("/")), 200), (post("/dev/mail"), 200), (get("/dev/mail/1"), 404)];
    let of_developers = vec![kind("for developers", pages)];
    [of_developers, of_health(), of_the_dashboard()].concat()
}

/// Those that every process answers about itself.
pub fn of_health() -> Vec<Kind> {
    vec![
        kind("no route", [(larger(post("/nowhere")), 404), (in_pieces(get("/nowhere/else")), 404)]),
        kind(
            "health",
            [(larger(post("/livez")), 200), (get("/readyz"), 200), (in_pieces(get("/metrics")), 200)],
        ),
    ]
}

/// Those of the dashboard.
pub fn of_the_dashboard() -> Vec<Kind> {
    let form = "application/x-www-form-urlencoded";
    let ways = [
        (with(post("/admin/jobs/act"), "content-type", form), 403),
        (larger(get("/admin/jobs")), 303),
        (in_pieces(get("/admin/sign-in")), 200),
        (get("/admin/assets/nothing"), 404),
    ];
    vec![kind("the dashboard", ways)]
}

/// Those with bodies that nobody reads to their end. Only over HTTP/2 can anything come after one.
pub fn of_large_bodies(ana: &Person) -> Vec<Kind> {
    let cookie = ana.cookie.clone().expect("signed in");
    let form = with(call("upload-file-media-object"), "cookie", &cookie);
    let form = with(form, "content-type", "multipart/form-data; boundary=cut");
    let form = carrying(form, [wrong_form(), vec![b'a'; LARGE_BYTES]].concat());
    let login = call("login-with-password");
    let page = post("/api/main/doc");
    vec![
        kind("413", [(large(login.clone()), 413), (large_in_pieces(login), 413)]),
        kind("401", [(large(call("get-teams")), 401), (large_in_pieces(call("get-teams")), 401)]),
        kind("a form, refused in its third part", [(form, 400)]),
        kind("documentation", [(large(page.clone()), 200), (large_in_pieces(page), 200)]),
        kind("the dashboard", [(large(post("/admin/sign-in")), 400), (large(get("/admin")), 303)]),
        kind("health", [(large(post("/livez")), 200), (large_in_pieces(post("/nowhere")), 404)]),
    ]
}
