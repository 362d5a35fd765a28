//! One connection to a server, without a pool and without a second try: what is lost on it is seen.

use std::{
    convert::Infallible,
    io::{self, ErrorKind},
};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, Empty, StreamBody, combinators::BoxBody};
use hyper::{
    Request, Response,
    body::{Frame, Incoming},
    client::conn::http2,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::client::Answer;

type Body = BoxBody<Bytes, Infallible>;

/// A request, to be sent as often as one likes.
#[derive(Debug, Clone)]
pub struct Asked {
    /// HTTP method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Headers beside those of the body.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub content: Content,
}

/// What comes after a request's head.
#[derive(Debug, Clone)]
pub enum Content {
    /// A body of a length that the head tells; perhaps none.
    Sized(Bytes),
    /// A body in pieces, whose length nobody tells.
    Pieces(Vec<Bytes>),
}

/// A connection that speaks HTTP/1.1.
#[derive(Debug)]
pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

/// A connection that speaks HTTP/2; clones share it.
#[derive(Debug, Clone)]
pub struct Streams {
    base: String,
    sender: http2::SendRequest<Body>,
}

impl Connection {
    /// To an address such as `http://127.0.0.1:40123`.
    ///
    /// # Panics
    /// When nobody listens.
    pub async fn open(base: &str) -> Connection {
        let host = base.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.expect("somebody listens");
        stream.set_nodelay(true).expect("is set");
        Connection { host, stream: BufReader::new(stream) }
    }

    /// Sends a request and reads the answer to its end.
    ///
    /// # Errors
    /// The connection was closed before, or in the middle.
    pub async fn ask(&mut self, asked: &Asked) -> io::Result<Answer> {
        self.send_head(asked).await?;
        // As clients do that have not made the body yet.
        tokio::task::yield_now().await;
        self.send_content(&asked.content).await?;
        self.answer().await
    }

    /// Sends no more than the head.
    ///
    /// # Errors
    /// The connection was closed.
    pub async fn send_head(&mut self, asked: &Asked) -> io::Result<()> {
        let Asked { method, path, headers, content } = asked;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &match content {
            Content::Sized(bytes) => format!("content-length: {}\r\n\r\n", bytes.len()),
            Content::Pieces(_) => "transfer-encoding: chunked\r\n\r\n".to_owned(),
        };
        self.send(head.as_bytes()).await
    }

    /// Sends no more than the body.
    ///
    /// # Errors
    /// The connection was closed.
    pub async fn send_content(&mut self, content: &Content) -> io::Result<()> {
        match content {
            Content::Sized(bytes) => self.send(bytes).await,
            Content::Pieces(pieces) => {
                for piece in pieces {
                    let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
                    self.send(&chunk).await?;
                }
                self.send(b"0\r\n\r\n").await
            }
        }
    }

    /// Sends anything.
    ///
    /// # Errors
    /// The connection was closed.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes).await
    }

    /// Reads one answer, whose head must tell its length, after any that are only on the way to it.
    ///
    /// # Errors
    /// The connection was closed before, or in the middle.
    pub async fn answer(&mut self) -> io::Result<Answer> {
        let status = self.status().await?;
        let mut headers = HeaderMap::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            let name = HeaderName::try_from(name).map_err(invalid)?;
            headers.append(name, HeaderValue::try_from(value.trim()).map_err(invalid)?);
        }
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let mut bytes = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
        self.stream.read_exact(&mut bytes).await?;
        Ok(Answer { status, headers, bytes })
    }

    /// Reads whatever comes, until the server has ended its side.
    ///
    /// # Errors
    /// The connection was reset.
    pub async fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = vec![];
        self.stream.read_to_end(&mut rest).await?;
        Ok(rest)
    }

    async fn status(&mut self) -> io::Result<StatusCode> {
        let line = self.line().await?;
        let code = line.split(' ').nth(1).unwrap_or_default();
        StatusCode::from_bytes(code.as_bytes()).map_err(invalid)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        if line.ends_with('\n') {
            Ok(line.trim_end().to_owned())
        } else {
            Err(ErrorKind::UnexpectedEof.into())
        }
    }
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}

impl Streams {
    /// To an address such as `http://127.0.0.1:40123`.
    ///
    /// # Panics
    /// When nobody listens, or does not speak HTTP/2.
    pub async fn open(base: &str) -> Streams {
        Self::with(base, &http2::Builder::new(TokioExecutor::new())).await
    }

    /// The same, with room for so many bytes of each answer: no more of one comes until it is read.
    ///
    /// # Panics
    /// When nobody listens, or does not speak HTTP/2.
    pub async fn narrow(base: &str, window: u32) -> Streams {
        Self::with(base, http2::Builder::new(TokioExecutor::new()).initial_stream_window_size(window)).await
    }

    async fn with(base: &str, builder: &http2::Builder<TokioExecutor>) -> Streams {
        let io = TokioIo::new(Connection::open(base).await.stream.into_inner());
        let (sender, connection) = builder.handshake(io).await.expect("speaks HTTP/2");
        // Its requests only tell that it ended.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("the connection ended: {error:?}");
            }
        });
        Streams { base: base.to_owned(), sender }
    }

    /// Sends a request and reads the answer to its end.
    ///
    /// # Errors
    /// The connection was closed, or the stream reset.
    pub async fn ask(&mut self, asked: &Asked) -> hyper::Result<Answer> {
        Self::finish(self.begin(asked).await?).await
    }

    /// Sends a request, and reads no more of its answer than the head.
    ///
    /// # Errors
    /// The connection was closed, or the stream reset.
    pub async fn begin(&mut self, asked: &Asked) -> hyper::Result<Response<Incoming>> {
        self.sender.ready().await?;
        self.sender.send_request(self.request(asked)).await
    }

    /// Reads an answer to its end.
    ///
    /// # Errors
    /// The connection was closed, or the stream reset.
    pub async fn finish(answer: Response<Incoming>) -> hyper::Result<Answer> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.into_body().collect().await?.to_bytes().to_vec();
        Ok(Answer { status, headers, bytes })
    }

    fn request(&self, asked: &Asked) -> Request<Body> {
        let request =
            Request::builder().method(asked.method.clone()).uri(format!("{}{}", self.base, asked.path));
        let request =
            asked.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let (request, pieces) = match &asked.content {
            Content::Sized(bytes) => {
                (request.header(header::CONTENT_LENGTH, bytes.len()), vec![bytes.clone()])
            }
            Content::Pieces(pieces) => (request, pieces.clone()),
        };
        let frames: Vec<_> = pieces.into_iter().map(|piece| Ok(Frame::data(piece))).collect();
        // Nothing is told by the head alone: a server counts empty frames as misdeeds.
        let body = match &asked.content {
            Content::Sized(bytes) if bytes.is_empty() => Empty::new().boxed(),
            _ => StreamBody::new(stream::iter(frames)).boxed(),
        };
        request.body(body).expect("a request")
    }
}
