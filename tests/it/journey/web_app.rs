//! The web app as a client: what its pages send, byte for byte where a server could take offence, and how they read
//! what comes back. Numbers of families are those of the contract.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use reqwest::{Method, RequestBuilder, Response, header};
use tests::{
    client::{Answer, Client},
    socket::Socket,
};
use transit::{Limits, value::Value};
use uuid::Uuid;

/// What the families 1, 2, 3 and 5 accept; the others say nothing, so that the browser says `*/*`.
const ACCEPT: &str = "application/transit+json,text/event-stream,*/*";
const ANYTHING: &str = "*/*";
const VERSION: &str = "2.17.0-1-g66bb6a11d";
const TRANSIT: &str = "application/transit+json";

/// A page of somebody, or of nobody: it has a session id from its load on.
#[derive(Debug, Clone)]
pub struct WebApp {
    http: reqwest::Client,
    base: String,
    /// What the browser keeps, by name.
    jar: Arc<Mutex<BTreeMap<String, String>>>,
    pub session: Uuid,
}

/// Part of a query.
#[derive(Debug, Clone)]
pub enum Ask {
    /// Left out.
    Nil,
    Id(Uuid),
    Text(String),
    /// The key repeated: of a set or a vector.
    Many(Vec<String>),
}

/// A file of a form.
pub struct File {
    pub field: &'static str,
    pub name: String,
    pub mtype: &'static str,
    pub bytes: Vec<u8>,
}

/// An event as it came: its name and its data.
pub type Event = (String, Value);

/// Text of a query.
pub fn text(text: &str) -> Ask {
    Ask::Text(text.to_owned())
}

/// A map of a body.
pub fn body<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::map(fields)
}

impl WebApp {
    /// A page that was just loaded, by nobody.
    pub fn open(base: &str) -> WebApp {
        platform::app::install_tls();
        let patience = std::time::Duration::from_secs(120);
        let http = reqwest::Client::builder().timeout(patience).build().expect("a client");
        WebApp { http, base: base.to_owned(), jar: Arc::default(), session: platform::ids::random_id() }
    }

    /// A page that was just loaded, by somebody who signed in elsewhere.
    pub fn of(client: &Client) -> WebApp {
        let web = WebApp::open(client.base());
        let pair = client.cookie.as_deref().and_then(|cookie| cookie.split_once('='));
        web.jar().extend(pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
        web
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cookies that come along.
    pub fn cookies(&self) -> Option<String> {
        let pairs: Vec<String> = self.jar().iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn ask(&self, method: Method, path: &str, accept: &str) -> RequestBuilder {
        let request =
            self.http.request(method, format!("{}{path}", self.base)).header(header::ACCEPT, accept);
        let request = request.header("x-frontend-version", VERSION);
        let request = request.header("x-client", format!("penpot-frontend/{VERSION}"));
        match self.cookies() {
            Some(cookies) => request.header(header::COOKIE, cookies),
            None => request,
        }
    }

    /// Two of the headers have no value in an ordinary installation, and say so as JavaScript does.
    fn plain(request: RequestBuilder) -> RequestBuilder {
        request.header("x-external-session-id", "null").header("x-event-origin", "null")
    }

    fn of_page(&self, request: RequestBuilder) -> RequestBuilder {
        WebApp::plain(request).header("x-session-id", self.session.to_string())
    }

    fn keep(&self, answer: &Answer) {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().expect("text").split(';').next().unwrap_or_default();
            match pair.split_once('=').expect("a pair") {
                (name, "") => drop(self.jar().remove(name)),
                (name, value) => drop(self.jar().insert(name.to_owned(), value.to_owned())),
            }
        }
    }

    /// Family 1: a read.
    pub async fn try_read(&self, method: &str, params: &[(&str, Ask)]) -> Result<Value, Value> {
        let answer = whole(self.of_page(self.ask(Method::GET, &path(method, params), ACCEPT))).await;
        self.keep(&answer);
        understood(method, &answer)
    }

    /// The same, which goes well.
    pub async fn read(&self, method: &str, params: &[(&str, Ask)]) -> Value {
        self.try_read(method, params).await.unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// Families 2 and 3: a write; the cookie of the answer is kept as a browser keeps it.
    pub async fn try_write(
        &mut self,
        method: &str,
        params: &[(&str, Ask)],
        body: &Value,
    ) -> Result<Value, Value> {
        let request = self.of_page(self.ask(Method::POST, &path(method, params), ACCEPT));
        let request = request.header(header::CONTENT_TYPE, TRANSIT).body(transit::write_verbose(body));
        let answer = whole(request).await;
        self.keep(&answer);
        understood(method, &answer)
    }

    /// The same, which goes well.
    pub async fn write(&mut self, method: &str, body: &Value) -> Value {
        self.try_write(method, &[], body).await.unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// Family 4, and of 3 those with a picture: a form, with some of its fields in the query too.
    pub async fn send(
        &self,
        method: &str,
        params: &[(&str, Ask)],
        fields: &[(&'static str, String)],
        file: File,
    ) -> Value {
        let part = reqwest::multipart::Part::bytes(file.bytes).file_name(file.name).mime_str(file.mtype);
        let form = fields
            .iter()
            .fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(*name, value.clone()));
        let form = form.part(file.field, part.expect("a content type"));
        let path = path(method, params);
        let request = match params.is_empty() {
            true => WebApp::plain(self.ask(Method::POST, &path, ANYTHING)),
            false => self.of_page(self.ask(Method::POST, &path, ACCEPT)),
        };
        understood(method, &whole(request.multipart(form)).await)
            .unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// Family 5: events.
    pub async fn watch(&self, method: &str, body: &Value) -> Vec<Event> {
        let request = self.of_page(self.ask(Method::POST, &path(method, &[]), ACCEPT));
        let answer =
            whole(request.header(header::CONTENT_TYPE, TRANSIT).body(transit::write_verbose(body))).await;
        assert_eq!(answer.status.as_u16(), 200, "{method}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("text/event-stream"), "{:?}", answer.headers);
        let text = answer.text();
        text.split("\n\n")
            .filter(|event| !event.trim().is_empty() && !event.starts_with(':'))
            .map(event)
            .collect()
    }

    /// Family 6, by a worker of the page: only its version comes along.
    pub async fn bare(&self, method: &str, params: &[(&str, Ask)]) -> Value {
        let path = path(method, params);
        let answer = whole(self.ask(Method::GET, &path, ANYTHING)).await;
        understood(method, &answer).unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    /// Family 6: a write that says nothing of what it accepts, at any path.
    pub async fn bare_write(&self, path: &str, body: &Value) -> Result<Value, Value> {
        let request = self.ask(Method::POST, path, ANYTHING).header(header::CONTENT_TYPE, TRANSIT);
        understood(path, &whole(request.body(transit::write_verbose(body))).await)
    }

    /// A picture, as an `img` asks for it.
    pub async fn picture(&self, path: &str) -> Answer {
        let mut request =
            self.http.get(format!("{}{path}", self.base)).header(header::ACCEPT, "image/*,*/*;q=0.8");
        if let Some(cookies) = self.cookies() {
            request = request.header(header::COOKIE, cookies);
        }
        whole(request).await
    }

    /// The socket that this page opens.
    pub async fn socket(&self) -> Socket {
        let mut client = Client::new(&self.base);
        client.cookie = self.cookies();
        Socket::of_page(&client, self.session).await
    }
}

/// Type and code of an error, which are keywords.
pub fn kind_of(error: &Value) -> String {
    let word = |name: &str| error.get(name).and_then(Value::as_keyword).unwrap_or("-").to_owned();
    format!("{}/{}", word("type"), word("code"))
}

async fn whole(request: RequestBuilder) -> Answer {
    let response: Response = request.send().await.expect("an answer");
    Answer::of(response).await
}

/// As the web app reads an answer: a value, an error, or what its users see as a failure of the server.
fn understood(method: &str, answer: &Answer) -> Result<Value, Value> {
    let status = answer.status.as_u16();
    if status == 204 {
        return Ok(Value::Nil);
    }
    let is_transit = answer.header("content-type").starts_with(TRANSIT);
    assert!(is_transit, "{method}: {status} {:?} {}", answer.headers, answer.text());
    let value = transit::read(&answer.bytes, &Limits::STORED).expect("transit");
    if status == 200 {
        return Ok(value);
    }
    let is_error = status >= 400 && value.get("type").and_then(Value::as_keyword).is_some();
    assert!(is_error, "{method}: {status} is an internal error to the web app: {}", answer.text());
    Err(value)
}

fn event(text: &str) -> Event {
    let lines = text.lines().filter(|line| !line.starts_with(':'));
    let (mut name, mut data) = (String::new(), vec![]);
    for line in lines {
        match line.split_once(": ") {
            Some(("event", is)) => is.clone_into(&mut name),
            Some(("data", is)) => data.push(is),
            _ => panic!("{line} is no line of an event"),
        }
    }
    let data = data.join("\n");
    (name, transit::read(data.as_bytes(), &Limits::STORED).unwrap_or_else(|e| panic!("{e}: {data}")))
}

fn path(method: &str, params: &[(&str, Ask)]) -> String {
    format!("/api/main/methods/{method}{}", query(params))
}

fn query(params: &[(&str, Ask)]) -> String {
    let pairs: Vec<String> = params.iter().flat_map(|(name, value)| pairs(name, value)).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn pairs(name: &str, value: &Ask) -> Vec<String> {
    let pair = |text: &str| format!("{name}={}", encoded(text));
    match value {
        Ask::Nil => vec![],
        Ask::Id(id) => vec![pair(&id.to_string())],
        Ask::Text(text) => vec![pair(text)],
        Ask::Many(all) => all.iter().map(|one| pair(one)).collect(),
    }
}

/// A blank is a plus, and slashes and ats stay.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' | b'/' => {
            char::from(byte).to_string()
        }
        b' ' => "+".to_owned(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
