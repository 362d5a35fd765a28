//! Texts with a meaning: keywords, non-blank text, addresses.

use super::scalar::scalar_type;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;
use std::fmt::{self, Display};
use std::str::FromStr;

macro_rules! text_type {
    ($(#[$doc:meta])* $type:ident, $name:literal, $schema:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(
            /// The text itself.
            pub String,
        );
        scalar_type!($type, $name, $schema);
        impl ParseFromJSON for $type {
            fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
                match json.unwrap_or_default() {
                    Json::String(text) => Ok(Self(text)),
                    other => Err(ParseError::expected_type(other)),
                }
            }
        }
        impl ToJSON for $type {
            fn to_json(&self) -> Option<Json> {
                Some(self.0.clone().into())
            }
        }
        impl Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl From<$type> for String {
            fn from(text: $type) -> String {
                text.0
            }
        }
        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_type!(
    /// An open keyword, without its colon. Closed ones are `#[derive(Enum)]`.
    Keyword,
    "keyword",
    MetaSchema::new_with_format("string", "keyword")
);

text_type!(
    /// Text with at least one character that is no white space.
    Text,
    "text",
    MetaSchema { min_length: Some(1), ..MetaSchema::new_with_format("string", "text") }
);

text_type!(
    /// A mail address, at most 250 characters, as it was typed: lower-casing is the rule's business.
    Email,
    "email",
    MetaSchema::new_with_format("string", "email")
);

text_type!(
    /// An address of any scheme, unresolved. Transit clients see a uri.
    Uri,
    "uri",
    MetaSchema::new_with_format("string", "uri")
);

impl FromStr for Keyword {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}
