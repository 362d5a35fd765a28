//! A client of the RPC, in JSON or transit, over real HTTP.

use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value as Json, json};
use transit::value::Value;

/// Speaks for one person, or for nobody.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// `auth-token=…`, as the server set it.
    pub cookie: Option<String>,
    /// The whole `Authorization` header.
    pub authorization: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// HTTP headers.
    pub headers: header::HeaderMap,
    /// The body's bytes.
    pub bytes: Vec<u8>,
}

/// A file field of a multipart request.
#[derive(Debug, Clone)]
pub struct FilePart<'a> {
    /// Field name.
    pub field: &'a str,
    /// File name.
    pub name: &'a str,
    /// Content type the client claims.
    pub mtype: &'a str,
    /// Content.
    pub bytes: Vec<u8>,
}

impl Client {
    /// Nobody yet.
    pub fn new(base: &str) -> Client {
        platform::app::install_tls();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(120))
            .build()
            .expect("client");
        Client { http, base: base.to_owned(), cookie: None, authorization: None }
    }

    /// Nobody yet, on a new connection for every call: a call on one that rested may be cut off by a front server that
    /// reloads, and no client can know whether it ran.
    pub fn unpooled(base: &str) -> Client {
        platform::app::install_tls();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(120))
            .pool_max_idle_per_host(0)
            .build()
            .expect("client");
        Client { http, base: base.to_owned(), cookie: None, authorization: None }
    }

    /// The same person, who speaks to another process.
    #[must_use]
    pub fn at(&self, base: &str) -> Client {
        Client { base: base.to_owned(), ..self.clone() }
    }

    /// The server's address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Any request, with this client's credentials.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(value) = &self.authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        request
    }

    /// Calls a method with JSON params, and takes JSON.
    pub async fn call(&self, name: &str, params: Json) -> Answer {
        let path = format!("/api/main/methods/{name}");
        let request = self.request(Method::POST, &path).header(header::ACCEPT, "application/json");
        Answer::of(request.json(&params).send().await.expect("an answer")).await
    }

    /// Calls a method with raw bytes of a content type, and takes JSON.
    pub async fn call_raw(&self, name: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.try_call_raw(name, content_type, body).await.expect("a whole answer")
    }

    /// The same; none when no whole answer comes.
    pub async fn try_call_raw(
        &self,
        name: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Option<Answer> {
        let path = format!("/api/main/methods/{name}");
        let request = self.request(Method::POST, &path).header(header::ACCEPT, "application/json");
        let request = request.header(header::CONTENT_TYPE, content_type).body(body);
        Answer::whole(request.send().await.ok()?).await
    }

    /// Calls a method in transit both ways.
    pub async fn call_transit(&self, name: &str, params: &Value) -> Answer {
        self.try_call_transit(name, params).await.expect("a whole answer")
    }

    /// The same; none when no whole answer comes.
    pub async fn try_call_transit(&self, name: &str, params: &Value) -> Option<Answer> {
        let path = format!("/api/main/methods/{name}");
        let request = self
            .request(Method::POST, &path)
            .header(header::ACCEPT, "application/transit+json")
            .header(header::CONTENT_TYPE, "application/transit+json")
            .body(transit::write(params));
        Answer::whole(request.send().await.ok()?).await
    }

    /// Calls a method with a multipart body, and takes JSON.
    pub async fn upload(&self, name: &str, fields: &[(&str, String)], file: FilePart<'_>) -> Answer {
        Answer::of(self.multipart(name, fields, file).send().await.expect("an answer")).await
    }

    fn multipart(
        &self,
        name: &str,
        fields: &[(&str, String)],
        file: FilePart<'_>,
    ) -> reqwest::RequestBuilder {
        let part = reqwest::multipart::Part::bytes(file.bytes)
            .file_name(file.name.to_owned())
            .mime_str(file.mtype)
            .expect("a content type");
        let mut form = reqwest::multipart::Form::new();
        for (key, value) in fields {
            form = form.text((*key).to_owned(), value.clone());
        }
        let form = form.part(file.field.to_owned(), part);
        let path = format!("/api/main/methods/{name}");
        let request = self.request(Method::POST, &path).header(header::ACCEPT, "application/json");
        request.multipart(form)
    }

    /// As [`Client::upload`]; none when the server goes away before it has answered.
    pub async fn try_upload(
        &self,
        name: &str,
        fields: &[(&str, String)],
        file: FilePart<'_>,
    ) -> Option<Json> {
        let request = self.multipart(name, fields, file);
        let answer = request.send().await.ok()?;
        Some(Answer::of(answer).await.ok())
    }

    /// A plain GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    /// Logs in and keeps the cookie.
    pub async fn login(&mut self, email: &str, password: &str) -> Answer {
        let answer = self.call("login-with-password", json!({"email": email, "password": password})).await;
        self.cookie = answer.cookie();
        answer
    }
}

impl Answer {
    /// Reads a response to its end.
    pub async fn of(response: Response) -> Answer {
        Answer::whole(response).await.expect("a whole body")
    }

    /// The same; none when it ends too early.
    pub async fn whole(response: Response) -> Option<Answer> {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        Some(Answer { status, headers, bytes })
    }

    /// The body as JSON; null when it is empty.
    pub fn json(&self) -> Json {
        if self.bytes.is_empty() {
            return Json::Null;
        }
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The body as transit.
    pub fn transit(&self) -> Value {
        transit::read(&self.bytes, &transit::Limits::default())
            .unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's text, or "".
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// `name=value` of the cookie that this answer sets, if it sets one that is not empty.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        let pair = set.split(';').next()?;
        (!pair.ends_with('=')).then(|| pair.to_owned())
    }

    /// The JSON of a success.
    ///
    /// # Panics
    /// When the call failed.
    #[track_caller]
    pub fn ok(&self) -> Json {
        assert!(self.status.is_success(), "expected success, got {}: {}", self.status, self.text());
        self.json()
    }

    /// `status type/code` of a failure, such as `404 not-found/object-not-found`.
    ///
    /// # Panics
    /// When the call succeeded.
    #[track_caller]
    pub fn failure(&self) -> String {
        assert!(!self.status.is_success(), "expected a failure, got {}: {}", self.status, self.text());
        let body = self.json();
        let text = |key: &str| body[key].as_str().unwrap_or("-").to_owned();
        format!("{} {}/{}", self.status.as_u16(), text("type"), text("code"))
    }
}
