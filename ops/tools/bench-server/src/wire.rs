//! A client of HTTP/1.1 that costs next to nothing: bytes out, a head in, and its body counted.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context as _, Result, bail, ensure};
use entities::ids::FileId;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::pictures::Picture;

/// More than any head that comes here, and enough to read a body in few pieces.
const BUFFER_BYTES: usize = 256 << 10;
const BOUNDARY: &str = "a-boundary-that-no-picture-has";

/// A connection that is kept.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back, without its body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Bytes of the body.
    pub(crate) length: usize,
    last: bool,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Connection> {
        Ok(Connection { address, stream: connect(address).await?, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Sends these bytes one after the other, and reads one answer to its end.
    pub(crate) async fn exchange(&mut self, pieces: &[&[u8]]) -> Result<Answer> {
        for piece in pieces {
            self.stream.write_all(piece).await?;
        }
        let mut filled = 0;
        let (answer, head) = loop {
            let n = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(n > 0, "the connection was closed before an answer");
            filled += n;
            if let Some(end) = end_of_head(&self.buffer[..filled]) {
                break (parse(&self.buffer[..end])?, end);
            }
        };
        // Told whatever it is: the bodies of failures are short, and come along with their heads.
        ensure!(matches!(answer.status, 200 | 204), "{}", String::from_utf8_lossy(&self.buffer[..filled]));
        let mut there = filled - head;
        while there < answer.length {
            let n = self.stream.read(&mut self.buffer).await?;
            ensure!(n > 0, "the connection was closed within an answer");
            there += n;
        }
        ensure!(there == answer.length, "more than one answer");
        if answer.last {
            self.stream = connect(self.address).await?;
        }
        Ok(answer)
    }

    /// Uploads a picture into a file, as a browser does.
    pub(crate) async fn upload(&mut self, cookie: &str, file: FileId, picture: &Picture) -> Result<()> {
        let field = |name: &str, value: &str| {
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let mut form = field("file-id", &file.0.to_string());
        form += &field("is-local", "true");
        form += &field("name", "picture");
        form += &format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"content\"; filename=\"picture\"\r\n\
             content-type: {}\r\n\r\n",
            picture.mtype
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let length = form.len() + picture.bytes.len() + end.len();
        let head = format!(
            "POST /api/main/methods/upload-file-media-object HTTP/1.1\r\nhost: localhost\r\n\
             accept: application/json\r\ncookie: {cookie}\r\ncontent-length: {length}\r\n\
             content-type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n{form}"
        );
        self.exchange(&[head.as_bytes(), &picture.bytes, end.as_bytes()]).await?;
        Ok(())
    }
}

/// A whole request without a body.
pub(crate) fn get(path: &str, cookie: &str) -> Vec<u8> {
    let accept = "accept: application/json";
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{accept}\r\ncookie: {cookie}\r\n\r\n").into_bytes()
}

/// A whole call of a method, in JSON.
pub(crate) fn post(method: &str, cookie: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /api/main/methods/{method} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\
         cookie: {cookie}\r\ncontent-length: {length}\r\ncontent-type: application/json\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The head of a call of a method in transit, whose body comes after it.
pub(crate) fn transit_head(method: &str, cookie: &str, length: usize) -> Vec<u8> {
    format!(
        "POST /api/main/methods/{method} HTTP/1.1\r\nhost: localhost\r\naccept: application/transit+json\r\n\
         cookie: {cookie}\r\ncontent-length: {length}\r\ncontent-type: application/transit+json\r\n\r\n"
    )
    .into_bytes()
}

/// A whole request without a body, after whose answer the connection ends.
pub(crate) fn get_closing(path: &str, cookie: &str, accept: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\ncookie: {cookie}\r\n\
         connection: close\r\n\r\n"
    )
    .into_bytes()
}

/// How long an answer took, milliseconds.
pub(crate) struct Counted {
    /// Until the first byte of its body.
    pub(crate) first: f64,
    /// Until its end.
    pub(crate) whole: f64,
}

/// Reads an answer of any length to the end of the connection and keeps nothing of it.
pub(crate) async fn count(address: SocketAddr, request: &[u8]) -> Result<Counted> {
    let mut first = f64::NAN;
    let begun = Instant::now();
    let since = |begun: Instant| begun.elapsed().as_secs_f64() * 1000.0;
    let (mut last, mut bytes) = ([0; 5], 0);
    let length = closing(address, request, |body| {
        if first.is_nan() && !body.is_empty() {
            first = since(begun);
        }
        bytes += body.len();
        let tail = &body[body.len().saturating_sub(last.len())..];
        last.rotate_left(tail.len());
        last[5 - tail.len()..].copy_from_slice(tail);
    })
    .await?;
    ensure!(length.map_or(&last == b"0\r\n\r\n", |length| bytes == length), "the answer was cut off");
    Ok(Counted { first, whole: since(begun) })
}

/// Reads an answer of any length to the end of the connection: its body, in the pieces it came in.
pub(crate) async fn fetch(address: SocketAddr, request: &[u8]) -> Result<Vec<u8>> {
    let mut body = vec![];
    let length = closing(address, request, |bytes| body.extend_from_slice(bytes)).await?;
    let Some(length) = length else { return without_chunks(&body) };
    ensure!(body.len() == length, "the answer was cut off");
    Ok(body)
}

/// Hands on what follows the head; answers its length, none of what came in chunks.
async fn closing(address: SocketAddr, request: &[u8], mut each: impl FnMut(&[u8])) -> Result<Option<usize>> {
    let mut stream = connect(address).await?;
    stream.write_all(request).await?;
    let (mut buffer, mut filled) = (vec![0; BUFFER_BYTES], 0);
    let length = loop {
        let n = stream.read(&mut buffer[filled..]).await?;
        ensure!(n > 0, "the connection was closed before an answer");
        filled += n;
        if let Some(end) = end_of_head(&buffer[..filled]) {
            ensure!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..filled]));
            each(&buffer[end..filled]);
            break length(str::from_utf8(&buffer[..end])?)?;
        }
    };
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(length),
            n => each(&buffer[..n]),
        }
    }
}

/// What a head says of its body's length.
fn length(head: &str) -> Result<Option<usize>> {
    let values = head.lines().filter_map(|line| line.split_once(": "));
    let length = values.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Ok(length.map(|(_, value)| value.parse()).transpose()?)
}

/// A body that came in chunks, whole.
fn without_chunks(body: &[u8]) -> Result<Vec<u8>> {
    let (mut whole, mut rest) = (vec![], body);
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").context("a chunk without a size")?;
        let size = usize::from_str_radix(str::from_utf8(&rest[..end])?, 16)?;
        if size == 0 {
            return Ok(whole);
        }
        let begin = end + 2;
        whole.extend_from_slice(rest.get(begin..begin + size).context("the answer was cut off")?);
        rest = &rest[begin + size + 2..];
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn parse(head: &[u8]) -> Result<Answer> {
    let head = str::from_utf8(head)?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    let mut answer = Answer { status, length: 0, last: false };
    for line in head.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            answer.length = value.parse()?;
        } else if name.eq_ignore_ascii_case("connection") {
            answer.last = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("an answer without a length: {head}");
        }
    }
    Ok(answer)
}
