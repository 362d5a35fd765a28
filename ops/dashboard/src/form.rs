//! What browsers send: the fields of a query, or of a form.

use crate::error::{PageError, Result};
use poem::{Body, Request};
use std::time::Duration;
use tokio::time::timeout;
use url::form_urlencoded;

/// A thousand numbers fit.
const FORM_BYTES_MAX: usize = 64 << 10;
/// A form comes within this time.
const FORM_TIME_MAX: Duration = Duration::from_secs(30);

/// Fields in their order; a name may come again.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Those of the address.
    ///
    /// # Errors
    /// One of them has a character that no text can have.
    pub fn of_query(request: &Request) -> Result<Fields> {
        Fields::parse(request.uri().query().unwrap_or_default().as_bytes())
    }

    /// Those of a form.
    ///
    /// # Errors
    /// Too large, too slow, cut off, or with a character that no text can have.
    pub async fn of_body(body: Body) -> Result<Fields> {
        let bytes = timeout(FORM_TIME_MAX, body.into_bytes_limit(FORM_BYTES_MAX)).await;
        let bytes = bytes.map_err(|_| PageError::Wrong("the form did not come in time".to_owned()))?;
        let bytes =
            bytes.map_err(|_| PageError::Wrong(format!("a form has at most {FORM_BYTES_MAX} bytes")))?;
        Fields::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Fields> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(bytes)
            .into_owned()
            // Empty ones are what a form sends for a field that was left alone.
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        // No text in the database has it, and it takes none.
        match fields.iter().find(|(_, value)| value.contains('\0')) {
            Some((name, _)) => {
                Err(PageError::Wrong(format!("{name}: should be free of the character U+0000")))
            }
            None => Ok(Fields(fields)),
        }
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A value that has a form.
    ///
    /// # Errors
    /// Names the field and what it should be.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str, should: &str) -> Result<Option<T>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = text.trim().parse();
        parsed.map(Some).map_err(|_| PageError::Wrong(format!("{name}: should be {should}, not {text:?}")))
    }
}

/// A query out of fields, without a question mark.
pub fn query<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
