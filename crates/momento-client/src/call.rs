//! One unary gRPC call (gRPC over HTTP/2, `PROTOCOL-HTTP2.md` of the gRPC project).
//!
//! Of what a server says about a failure only the code is read, and gRPC's wish for a pause: its text may echo a
//! credential, and its details may be malformed.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use h2::RecvStream;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE};
use http::{Method, Request, StatusCode, Uri, Version};
use prost::Message;
use tonic::Code;

use crate::call_error::CallError;
use crate::connection::Connection;
use crate::deadline::Deadline;

/// The longest answer read. A token with 20 permissions is a few kB; nobody gets to fill a Lambda's memory instead.
const LONGEST_ANSWER_BYTES: usize = 64 * 1024;

/// The flag for compression and the length, before every message.
const PREFIX_BYTES: usize = 5;

const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

/// A message as it stands in a call: its prefix, then itself.
pub fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(length.saturating_add(PREFIX_BYTES));
    bytes.extend_from_slice(&[0]);
    // No message of ours comes near 4 GiB: its parts were checked against Momento's limits.
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    // It fails for want of room alone, and a `BytesMut` makes room.
    let _ = message.encode(&mut bytes);
    bytes.freeze()
}

/// Calls the method at `uri` with a message that was [`framed`] and the caller's own headers. The service is told the
/// deadline, too.
pub(crate) async fn unary<A: Message + Default>(
    connection: &Connection,
    uri: Uri,
    mut headers: HeaderMap,
    message: Bytes,
    deadline: Deadline,
) -> Result<A, CallError> {
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(TIMEOUT, timeout(deadline.remaining()));
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;

    let mut requests = deadline.bound(connection.ready()).await.unwrap_or(Err(CallError::Timeout))?;
    let (answer, mut outgoing) = requests.send_request(request, false)?;
    outgoing.send_data(message, true)?;
    let answer = async {
        let (head, body) = answer.await?.into_parts();
        // A failure may come at once, without a body and its trailers.
        if let Some(failure) = failure(&head.headers) {
            return Err(failure);
        }
        let (bytes, trailers) = read(body).await?;
        match trailers.get(STATUS).or_else(|| head.headers.get(STATUS)) {
            Some(_) => failure(&trailers).map_or_else(|| message_in(bytes), Err),
            None => Err(CallError::answer(code_of(head.status))),
        }
    };
    connection.watched(answer, deadline).await
}

/// The body and the trailers.
async fn read(mut body: RecvStream) -> Result<(Bytes, HeaderMap), CallError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        if bytes.len().saturating_add(chunk.len()) > LONGEST_ANSWER_BYTES {
            return Err(CallError::answer(Code::OutOfRange));
        }
        // What is taken may be sent again; it fails only for more than was received.
        let _ = body.flow_control().release_capacity(chunk.len());
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes.freeze(), body.trailers().await?.unwrap_or_default()))
}

/// The failure that headers or trailers tell of.
fn failure(headers: &HeaderMap) -> Option<CallError> {
    match Code::from_bytes(headers.get(STATUS)?.as_bytes()) {
        Code::Ok => None,
        // The service is not up, or about to go.
        code @ (Code::Cancelled | Code::Unavailable) => Some(CallError::Connection(code)),
        code => Some(CallError::Answer { code, retry_after: pushback(headers) }),
    }
}

/// gRPC's way for a server to say when to come back (gRPC proposal A6, "pushback"). A negative number means "do not".
fn pushback(headers: &HeaderMap) -> Option<Duration> {
    headers.get(PUSHBACK)?.to_str().ok()?.parse().ok().map(Duration::from_millis)
}

/// The one message of a body.
fn message_in<A: Message + Default>(mut body: Bytes) -> Result<A, CallError> {
    let nonsense = || CallError::answer(Code::Internal);
    let (flag, length) = (body.try_get_u8(), body.try_get_u32());
    let whole = length.ok().and_then(|length| usize::try_from(length).ok()) == Some(body.len());
    if flag != Ok(0) || !whole {
        return Err(nonsense());
    }
    A::decode(body).map_err(|_| nonsense())
}

/// What an answer without a gRPC status amounts to ("HTTP to gRPC Status Code Mapping" of the gRPC project).
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// At most eight digits and a unit.
fn timeout(within: Duration) -> HeaderValue {
    const MOST: u128 = 99_999_999;
    let (number, unit) = if within.as_micros() <= MOST { (within.as_micros(), 'u') } else { (within.as_millis(), 'm') };
    HeaderValue::from_str(&format!("{}{unit}", number.min(MOST))).unwrap_or(HeaderValue::from_static("1S"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Expires;

    fn expires(bytes: &[u8]) -> Result<Expires, CallError> {
        message_in(Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn a_body_is_one_whole_message() {
        let whole = framed(&Expires { valid_for_seconds: 60 });
        assert_eq!(&whole[..], [0, 0, 0, 0, 2, 8, 60]);
        assert_eq!(expires(&whole), Ok(Expires { valid_for_seconds: 60 }));
        let nonsense: &[&[u8]] = &[
            &[],
            &[0, 0, 0],
            &[0, 0, 0, 0, 3, 8, 60],
            &[0, 0, 0, 0, 1, 8, 60],
            &[1, 0, 0, 0, 2, 8, 60],
            &[0, 0, 0, 0, 2, 8, 0x80],
            &[0, 0xff, 0xff, 0xff, 0xff, 8, 60],
        ];
        for bytes in nonsense {
            assert_eq!(expires(bytes), Err(CallError::answer(Code::Internal)), "{bytes:?}");
        }
    }

    #[test]
    fn a_timeout_has_at_most_eight_digits() {
        for (within, expected) in [
            (Duration::from_millis(1), "1000u"),
            (Duration::from_secs(5), "5000000u"),
            (Duration::from_secs(100), "100000m"),
            (Duration::MAX, "99999999m"),
        ] {
            assert_eq!(timeout(within), expected);
        }
    }

    #[test]
    fn the_services_wish_for_a_pause_is_kept_and_a_senseless_one_is_not() {
        let waits: &[(&'static str, Option<Duration>)] =
            &[("250", Some(Duration::from_millis(250))), ("-1", None), ("soon", None), ("", None)];
        for (text, retry_after) in waits {
            let mut headers = HeaderMap::new();
            headers.insert(STATUS, HeaderValue::from_static("8"));
            headers.insert(PUSHBACK, HeaderValue::from_static(text));
            let expected = CallError::Answer { code: Code::ResourceExhausted, retry_after: *retry_after };
            assert_eq!(failure(&headers), Some(expected));
        }
    }

    #[test]
    fn an_answer_that_is_not_grpcs_has_a_code_too() {
        for (status, code) in [(403, Code::PermissionDenied), (429, Code::Unavailable), (200, Code::Unknown)] {
            assert_eq!(code_of(StatusCode::from_u16(status).unwrap()), code);
        }
    }
}
