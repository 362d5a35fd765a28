//! The protocol of one socket: text in, text out, and an end that both sides know of.

use super::{
    ending::Ending,
    frame::Frame,
    limits::{CLOSE_MAX, PIECE_BYTES_MAX, READ_BYTES, SAID_BYTES_MAX},
};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                Frame as Piece,
                coding::{Data, OpCode},
            },
        },
    },
};

/// The server's end of a socket.
pub struct Wire<S> {
    stream: WebSocketStream<S>,
    send_max: Duration,
}

/// What came from the client.
pub enum Heard {
    /// A message.
    Text(Utf8Bytes),
    /// That it is there.
    Life,
    /// The end.
    End(Ending),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Over a connection whose handshake is done. Its client takes each piece within `send_max`.
    pub async fn new(stream: S, send_max: Duration) -> Wire<S> {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(PIECE_BYTES_MAX)
            .max_message_size(Some(SAID_BYTES_MAX))
            .max_frame_size(Some(SAID_BYTES_MAX));
        let stream = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        Wire { stream, send_max }
    }

    /// What comes next. Nothing is lost when this is dropped.
    pub async fn hear(&mut self) -> Heard {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Heard::Text(text),
            Some(Ok(Message::Binary(_))) => Heard::End(Ending::Bytes),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Heard::Life,
            Some(Ok(Message::Close(_))) | None => Heard::End(Ending::Client),
            Some(Err(error)) => Heard::End(of(&error)),
        }
    }

    /// Says something, at the client's pace. What is dropped half-way may be followed by the end alone.
    ///
    /// # Errors
    /// The end of the socket.
    pub async fn say(&mut self, frame: &Frame) -> Result<(), Ending> {
        let text = &frame.text;
        if frame.len() <= PIECE_BYTES_MAX {
            return self.send(Message::Text(text.clone())).await;
        }
        let all: Bytes = text.clone().into();
        let mut kind = OpCode::Data(Data::Text);
        let mut start = 0;
        while start < all.len() {
            let end = all.len().min(start + PIECE_BYTES_MAX);
            let piece = Piece::message(all.slice(start..end), kind, end == all.len());
            self.send(Message::Frame(piece)).await?;
            (kind, start) = (OpCode::Data(Data::Continue), end);
        }
        Ok(())
    }

    /// Asks the client whether it is there.
    ///
    /// # Errors
    /// The end of the socket.
    pub async fn ping(&mut self) -> Result<(), Ending> {
        self.send(Message::Ping(Bytes::new())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Ending> {
        match timeout(self.send_max, self.stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(of(&error)),
            Err(_) => Err(Ending::Slow),
        }
    }

    /// Ends it, and waits a little for the client to do so too.
    pub async fn close(mut self, why: Ending) {
        let frame = why.code().map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
        let end = async {
            if self.stream.close(frame).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        let _ = timeout(CLOSE_MAX, end).await;
    }
}

fn of(error: &Error) -> Ending {
    match error {
        Error::Capacity(_) => Ending::TooLarge,
        Error::Utf8(_) => Ending::NoText,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ending::Client,
        Error::Protocol(_) => Ending::Protocol,
        _ => Ending::Client,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::value::Value;

    /// Of pieces that end within letters.
    fn large() -> Frame {
        Frame::of(&Value::text(&"é".repeat(PIECE_BYTES_MAX)), None)
    }

    #[tokio::test]
    async fn a_large_message_arrives_as_one() {
        let (near, far) = tokio::io::duplex(1 << 10);
        let mut wire = Wire::new(near, Duration::from_secs(60)).await;
        let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
        let frame = large();
        let (said, heard) = tokio::join!(wire.say(&frame), client.next());
        assert_eq!(said, Ok(()));
        assert_eq!(heard.unwrap().unwrap(), Message::Text(frame.text.clone()));
    }

    #[tokio::test]
    async fn who_takes_nothing_is_not_waited_for() {
        let (near, _far) = tokio::io::duplex(1 << 10);
        let mut wire = Wire::new(near, Duration::from_millis(50)).await;
        assert_eq!(wire.say(&large()).await, Err(Ending::Slow));
        // Neither for its end.
        wire.close(Ending::Slow).await;
    }
}
