//! The side table for what poem-openapi's JSON cannot carry: free transit data, documents and uploaded files.
//!
//! `parse_from_json` and `to_json` take no context, so the table is a thread local while they run. Both run inside
//! one synchronous call of [`scope`], never across an await, so no task can see another task's table.

use super::document::Document;
use serde_json::Value as Json;
use std::{any::Any, cell::RefCell, sync::Arc};
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
    /// What it takes of the disk for uploads; none in tests.
    pub room: Option<Arc<dyn Any + Send + Sync>>,
}

/// One thing beside the JSON, which holds its index in the table.
#[derive(Debug, Clone)]
pub enum Attachment {
    /// Free data, as it came.
    Value(Arc<Value>),
    /// A document that is sent while it is made.
    Document(Document),
    /// A file of a multipart request.
    File(Arc<UploadFile>),
}

/// The attachments of one request or one answer.
pub type Table = Vec<Attachment>;

/// What values become while a table is in place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// The number of their place in the table.
    Numbers,
    /// Free data is plain JSON, a document its mark.
    Json,
}

thread_local! {
    static TABLE: RefCell<Option<(Mode, Table)>> = const { RefCell::new(None) };
}

/// Runs `f` with `table` in place, and gives the table back with what `f` returned.
pub fn scope<T>(table: Table, f: impl FnOnce() -> T) -> (T, Table) {
    scope_in(Mode::Numbers, table, f)
}

/// Runs `f`, which makes JSON, and gives back the documents whose marks stand in it.
pub fn json_scope<T>(f: impl FnOnce() -> T) -> (T, Vec<Document>) {
    let (made, table) = scope_in(Mode::Json, Table::new(), f);
    let document = |attachment| match attachment {
        Attachment::Document(document) => Some(document),
        Attachment::Value(_) | Attachment::File(_) => None,
    };
    (made, table.into_iter().filter_map(document).collect())
}

fn scope_in<T>(mode: Mode, table: Table, f: impl FnOnce() -> T) -> (T, Table) {
    /// A panic in `f` must not leave the table for the thread's next request.
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            TABLE.with(|cell| cell.borrow_mut().take());
        }
    }
    TABLE.with(|cell| *cell.borrow_mut() = Some((mode, table)));
    let _clear = Clear;
    let result = f();
    let table = TABLE.with(|cell| cell.borrow_mut().take());
    (result, table.map(|(_, table)| table).unwrap_or_default())
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
    TABLE.with(|cell| cell.borrow().as_ref()?.1.get(index).cloned())
}

/// The JSON number for free data inside a scope of numbers; none outside, where the plain JSON form is wanted.
pub(super) fn put(attachment: impl FnOnce() -> Attachment) -> Option<Json> {
    TABLE.with(|cell| match cell.borrow_mut().as_mut()? {
        (Mode::Numbers, table) => {
            table.push(attachment());
            Some((table.len() - 1).into())
        }
        (Mode::Json, _) => None,
    })
}

/// What stands for a document; none outside a scope.
pub(super) fn put_document(document: &Document) -> Option<Json> {
    TABLE.with(|cell| {
        let mut table = cell.borrow_mut();
        let (mode, table) = table.as_mut()?;
        table.push(Attachment::Document(document.clone()));
        Some(match mode {
            Mode::Numbers => (table.len() - 1).into(),
            Mode::Json => document.mark.to_string().into(),
        })
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
