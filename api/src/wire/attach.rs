//! The side table for what poem-openapi's JSON cannot carry: free transit data and uploaded files.
//!
//! `parse_from_json` and `to_json` take no context, so the table is a thread local while they run. Both run inside
//! one synchronous call of [`scope`], never across an await, so no task can see another task's table.

use serde_json::Value as Json;
use std::{cell::RefCell, sync::Arc};
use transit::value::Value;

/// One file of a multipart request, spooled to disk. The file is removed when nobody holds this any more.
#[derive(Debug)]
pub struct UploadFile {
    /// The name the client gave it. Untrusted: never a path.
    pub filename: String,
    /// The part's content type, if it had one. Untrusted.
    pub mtype: Option<String>,
    /// Bytes written.
    pub size: u64,
    /// Where it was spooled.
    pub file: tempfile::NamedTempFile,
}

/// One thing beside the JSON, which holds its index in the table.
#[derive(Debug, Clone)]
pub enum Attachment {
    /// Free data, as it came.
    Value(Arc<Value>),
    /// A document in transit, as it is stored.
    Stored(Arc<String>),
    /// A file of a multipart request.
    File(Arc<UploadFile>),
}

/// The attachments of one request or one answer.
pub type Table = Vec<Attachment>;

thread_local! {
    static TABLE: RefCell<Option<Table>> = const { RefCell::new(None) };
}

/// Runs `f` with `table` in place, and gives the table back with what `f` returned.
pub fn scope<T>(table: Table, f: impl FnOnce() -> T) -> (T, Table) {
    /// A panic in `f` must not leave the table for the thread's next request.
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            TABLE.with(|cell| cell.borrow_mut().take());
        }
    }
    TABLE.with(|cell| *cell.borrow_mut() = Some(table));
    let _clear = Clear;
    let result = f();
    (result, TABLE.with(|cell| cell.borrow_mut().take().unwrap_or_default()))
}

/// Adds an uploaded file and returns the value that stands for it among the params.
pub fn add_file(table: &mut Table, file: UploadFile) -> Value {
    let index = i64::try_from(table.len()).unwrap_or(i64::MAX);
    table.push(Attachment::File(Arc::new(file)));
    Value::tagged(UPLOAD, Value::Int(index))
}

/// The tag around an uploaded file's index.
pub(super) const UPLOAD: &str = "upload";

/// The attachment that a JSON number stands for; none outside a scope.
pub(super) fn get(json: &Json) -> Option<Attachment> {
    let index = usize::try_from(json.as_u64()?).ok()?;
    TABLE.with(|cell| cell.borrow().as_ref()?.get(index).cloned())
}

/// The JSON number for an attachment inside a scope; none outside, where the plain JSON form is wanted.
pub(super) fn put(attachment: impl FnOnce() -> Attachment) -> Option<Json> {
    TABLE.with(|cell| {
        let mut table = cell.borrow_mut();
        let table = table.as_mut()?;
        table.push(attachment());
        Some((table.len() - 1).into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_leaves_no_table() {
        let free = || Attachment::Value(Arc::new(Value::Nil));
        let caught = std::panic::catch_unwind(|| {
            scope(vec![free()], || {
                assert!(get(&0.into()).is_some());
                panic!("on purpose");
            })
        });
        assert!(caught.is_err());
        assert!(get(&0.into()).is_none());
        assert!(put(free).is_none());
    }
}
