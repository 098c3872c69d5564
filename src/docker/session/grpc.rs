//! gRPC over HTTP/2, as a server: messages with five bytes in front, a status in the trailers
//! (grpc/grpc, doc/PROTOCOL-HTTP2.md).

use std::future::poll_fn;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use hyper::{HeaderMap, Response};

/// There is no such thing.
pub const NOT_FOUND: u32 = 5;
/// Something went wrong here.
pub const UNKNOWN: u32 = 2;
/// There is no such method.
pub const UNIMPLEMENTED: u32 = 12;

/// The one message of a call.
pub async fn unary(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut messages = Messages::default();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        messages.push(&data);
    }
    Ok(messages.next().unwrap_or_default())
}

/// Cuts what comes in into messages.
#[derive(Debug, Default)]
pub struct Messages(BytesMut);

impl Messages {
    /// Takes what came.
    pub fn push(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }

    /// The next message, when it is there as a whole.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let length: [u8; 4] = self.0.get(1..5)?.try_into().ok()?;
        let end = 5 + u32::from_be_bytes(length) as usize;
        (self.0.len() >= end).then(|| self.0.split_to(end)[5..].to_vec())
    }
}

/// Appends a message to what will be sent.
pub fn frame(out: &mut BytesMut, message: &[u8]) {
    out.put_u8(0);
    out.put_u32(message.len() as u32);
    out.extend_from_slice(message);
}

/// The head of an answer that is no error yet.
pub fn begin(respond: &mut SendResponse<Bytes>) -> Result<SendStream<Bytes>, h2::Error> {
    let mut head = Response::new(());
    head.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/grpc"));
    respond.send_response(head, false)
}

/// Sends data as fast as the other side takes it.
pub async fn send(stream: &mut SendStream<Bytes>, mut data: Bytes) -> Result<(), h2::Error> {
    while !data.is_empty() {
        stream.reserve_capacity(data.len());
        let Some(room) = poll_fn(|task| stream.poll_capacity(task)).await else { return Err(h2::Reason::CANCEL.into()) };
        let piece = data.split_to(room?.min(data.len()));
        stream.send_data(piece, false)?;
    }
    Ok(())
}

/// Ends an answer well.
pub fn end(stream: &mut SendStream<Bytes>) -> Result<(), h2::Error> {
    stream.send_trailers(status(0, ""))
}

/// Answers with one message.
pub async fn reply(respond: &mut SendResponse<Bytes>, message: &[u8]) -> Result<(), h2::Error> {
    let mut stream = begin(respond)?;
    let mut out = BytesMut::new();
    frame(&mut out, message);
    send(&mut stream, out.freeze()).await?;
    end(&mut stream)
}

/// Answers that it can't be.
pub fn refuse(respond: &mut SendResponse<Bytes>, code: u32, message: &str) -> Result<(), h2::Error> {
    begin(respond)?.send_trailers(status(code, message))
}

fn status(code: u32, message: &str) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", code.into());
    // Percent-encoded; here only what needs no code is kept.
    let plain: String = message.chars().map(|c| if c.is_ascii_graphic() && c != '%' || c == ' ' { c } else { ' ' }).collect();
    if let Ok(message) = plain.parse() {
        trailers.insert("grpc-message", message);
    }
    trailers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_wherever_the_pieces_end() {
        let mut out = BytesMut::new();
        frame(&mut out, b"one");
        frame(&mut out, b"");
        frame(&mut out, &[7; 300]);
        let mut messages = Messages::default();
        let mut read = Vec::new();
        for piece in out.chunks(4) {
            messages.push(piece);
            read.extend(std::iter::from_fn(|| messages.next()));
        }
        assert_eq!(read, [b"one".to_vec(), Vec::new(), vec![7; 300]]);
    }
}
