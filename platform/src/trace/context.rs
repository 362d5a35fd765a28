//! The place of a span: as W3C's `traceparent` writes it.

use std::fmt;

/// Ids of 16 and 8 bytes, and whether the trace is kept. `Display` gives the W3C form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// What everything belongs to that one request, command or tick caused.
    pub trace_id: [u8; 16],
    /// This span.
    pub span_id: [u8; 8],
    /// Whether spans of this trace are kept.
    pub sampled: bool,
}

impl Context {
    /// The trace's id, 32 hexadecimal digits.
    pub fn trace(&self) -> String {
        hex::encode(self.trace_id)
    }

    /// The span's id, 16 hexadecimal digits.
    pub fn span(&self) -> String {
        hex::encode(self.span_id)
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-0{}", self.trace(), self.span(), u8::from(self.sampled))
    }
}

/// What a new trace is written as before it has a span: `00-` and the id.
pub fn new_trace() -> String {
    format!("00-{}", hex::encode(random::<16>()))
}

/// What a new span is told about the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) trace_id: [u8; 16],
    /// None: the trace begins here.
    pub(super) span_id: Option<[u8; 8]>,
    /// None: nobody has decided yet.
    pub(super) sampled: Option<bool>,
}

impl Before {
    /// Reads `00-trace`, `00-trace-span` or `00-trace-span-flags`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Before> {
        let mut parts = text.split('-');
        if parts.next()? != "00" {
            return None;
        }
        let trace_id = id::<16>(parts.next()?)?;
        let span_id = parts.next().map(id::<8>);
        let flags = parts.next().map(id::<1>);
        if span_id == Some(None) || parts.next().is_some() {
            return None;
        }
        let sampled = match flags {
            None => None,
            // An id of one zero byte is none.
            Some(None) if text.ends_with("-00") => Some(false),
            Some(None) => return None,
            Some(Some([flags])) => Some(flags & 1 == 1),
        };
        Some(Before { trace_id, span_id: span_id.flatten(), sampled })
    }
}

/// Lower case hexadecimal, not all zero, as the standard says.
fn id<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (bytes != [0; BYTES]).then_some(bytes)
}

/// Never all zero, which means none.
pub(super) fn random<const BYTES: usize>() -> [u8; BYTES] {
    loop {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes[..]);
        if bytes != [0; BYTES] {
            return bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn what_is_written_can_be_read() {
        for sampled in [true, false] {
            let context = Context { trace_id: random(), span_id: random(), sampled };
            let before = Before::parse(&context.to_string()).unwrap();
            assert_eq!(before.trace_id, context.trace_id);
            assert_eq!(before.span_id, Some(context.span_id));
            assert_eq!(before.sampled, Some(sampled));
        }
        let new = Before::parse(&new_trace()).unwrap();
        assert_eq!((new.span_id, new.sampled), (None, None));
    }

    #[test]
    fn anything_else_is_none() {
        let zero = "0".repeat(32);
        for bad in [
            String::new(),
            "00".to_owned(),
            format!("01-{TRACE}-b7ad6b7169203331-01"),
            format!("00-{zero}-b7ad6b7169203331-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{TRACE}-b7ad6b71692033-01"),
            format!("00-{TRACE}-b7ad6b7169203331-1"),
            format!("00-{TRACE}-b7ad6b7169203331-01-x"),
            format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()),
        ] {
            assert_eq!(Before::parse(&bad), None, "{bad}");
        }
    }
}
