//! A client of the notification socket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};
use transit::{Limits, value::Value};
use uuid::Uuid;

use crate::client::Client;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    /// What its client calls its session.
    pub session: Uuid,
    stream: WebSocketStream<TcpStream>,
}

/// A message to say, of a type with its fields.
pub fn message<const N: usize>(kind: &str, fields: [(&str, Value); N]) -> Value {
    Value::map([("type", Value::keyword(kind))].into_iter().chain(fields))
}

impl Socket {
    /// A new tab of somebody.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn open(client: &Client) -> Socket {
        Socket::reopen(client, platform::ids::random_id()).await
    }

    /// The tab of this session, again.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn reopen(client: &Client, session: Uuid) -> Socket {
        Socket::try_open(client, session).await.expect("is let in")
    }

    /// As a browser opens it: the page that it is for is told.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn of_page(client: &Client, session: Uuid) -> Socket {
        Socket::enter(client, session, Some(client.base())).await.expect("is let in")
    }

    /// As [`Socket::reopen`]; none when it is not let in.
    pub async fn try_open(client: &Client, session: Uuid) -> Option<Socket> {
        Socket::enter(client, session, None).await
    }

    async fn enter(client: &Client, session: Uuid, origin: Option<&str>) -> Option<Socket> {
        let address = client.base().strip_prefix("http://").expect("an address");
        let uri = format!("ws://{address}/ws/notifications?session-id={session}");
        let mut request = uri.into_client_request().expect("a request");
        if let Some(cookie) = &client.cookie {
            request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        let stream = TcpStream::connect(address).await.ok()?;
        let (stream, _) = timeout(PATIENCE, client_async(request, stream)).await.expect("in time").ok()?;
        Some(Socket { session, stream })
    }

    /// A new tab of somebody, in which a file was opened.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn in_file(client: &Client, file: Uuid) -> Socket {
        let mut socket = Socket::open(client).await;
        socket.subscribe(file).await;
        socket
    }

    /// Opens a file, and waits until that is done; what was heard meanwhile.
    pub async fn subscribe(&mut self, file: Uuid) -> Vec<Value> {
        self.say(&message("subscribe-file", [("file-id", Value::Uuid(file))])).await;
        self.settle().await
    }

    /// Hears of a team, and waits until that is done; what was heard meanwhile.
    pub async fn subscribe_team(&mut self, team: Uuid) -> Vec<Value> {
        self.say(&message("subscribe-team", [("team-id", Value::Uuid(team))])).await;
        self.settle().await
    }

    /// Waits until everything that was said before is done: a message that nobody understands is answered after it.
    /// What was heard meanwhile.
    pub async fn settle(&mut self) -> Vec<Value> {
        self.say(&message("settle", [])).await;
        let mut before = vec![];
        loop {
            let heard = self.hear().await;
            if code_of(&heard) == "unknown-message-type" {
                return before;
            }
            before.push(heard);
        }
    }

    /// Says a message.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn say(&mut self, message: &Value) {
        let text = String::from_utf8(transit::write(message)).expect("text");
        self.send(Message::text(text)).await;
    }

    /// Says whatever it is.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn send(&mut self, message: Message) {
        self.stream.send(message).await.expect("is sent");
    }

    /// The next text.
    ///
    /// # Panics
    /// When the socket is closed, or nothing comes.
    pub async fn hear_text(&mut self) -> String {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("in time").expect("is open");
            match message.expect("is whole") {
                Message::Text(text) => return text.as_str().to_owned(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?} instead of a message"),
            }
        }
    }

    /// The next message.
    ///
    /// # Panics
    /// As [`Socket::hear_text`], or when it is no transit.
    pub async fn hear(&mut self) -> Value {
        transit::read(self.hear_text().await.as_bytes(), &Limits::STORED).expect("transit")
    }

    /// The next message, which is of a type.
    ///
    /// # Panics
    /// As [`Socket::hear`], or when it is of another.
    pub async fn hears(&mut self, kind: &str) -> Value {
        let heard = self.hear().await;
        assert_eq!(heard.get("type"), Some(&Value::keyword(kind)), "{heard:?}");
        heard
    }

    /// Waits until it is asked whether it is there; the answer is given by itself.
    ///
    /// # Panics
    /// When anything else comes first, or nothing does.
    pub async fn is_asked(&mut self) {
        let message = timeout(PATIENCE, self.stream.next()).await.expect("in time").expect("is open");
        assert!(matches!(message, Ok(Message::Ping(_))), "{message:?}");
    }

    /// Reads over what still comes until it ends: the code, and why.
    ///
    /// # Panics
    /// When it does not end, or ends without a word.
    pub async fn end(&mut self) -> (u16, String) {
        let end = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(Some(frame)))) => {
                        break (u16::from(frame.code), frame.reason.as_str().to_owned());
                    }
                    Some(Ok(_)) => {}
                    other => panic!("{other:?} instead of an end"),
                }
            }
        };
        timeout(PATIENCE, end).await.expect("ends in time")
    }

    /// Reads until the connection is over, with or without a word.
    pub async fn is_cut(&mut self) {
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(PATIENCE, end).await.expect("ends in time");
    }

    /// The bare connection, for doing to it what no client does.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.stream.get_mut()
    }
}

/// The code of a refusal, or "".
pub fn code_of(heard: &Value) -> String {
    let code = heard.get("error").and_then(|error| error.get("code")).and_then(Value::as_keyword);
    code.unwrap_or_default().to_owned()
}
