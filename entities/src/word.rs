//! Columns that hold one of a few words: an enum for each, and what keeps a word that only another release knows.

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveEnum, ColIdx, QueryResult, TryGetError, TryGetable, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One of the words of a column; made by [`words!`](crate::words).
pub trait Word: ActiveEnum<Value = String> + Copy + PartialEq {
    /// As it stands in rows.
    fn as_str(self) -> &'static str;

    /// Every word of the column, in the order of the enum.
    fn all() -> Vec<&'static str> {
        Self::iter().map(Self::as_str).collect()
    }

    /// The one that stands in rows like this; none when no word does.
    fn of(text: &str) -> Option<Self> {
        Self::iter().find(|word| word.as_str() == text)
    }
}

/// A text that is none of the words it should be one of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    known: Vec<&'static str>,
}

impl UnknownWord {
    /// For a text that is no `T`.
    pub fn of<T: Word>() -> UnknownWord {
        UnknownWord { known: T::all() }
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "should be one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Declares enums whose values stand in rows, in JSON and in commands as words. Whoever uses it needs `sea-orm` and
/// `serde`. Where the table has a CHECK constraint, a test compares both.
#[macro_export]
macro_rules! words {
    ($($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:tt,)+ })+) => {$(
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::sea_orm::EnumIter, ::sea_orm::DeriveActiveEnum,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {$(
            $(#[$doc])*
            #[sea_orm(string_value = $word)]
            $variant,
        )+}

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// As it stands in rows.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }

        impl $crate::word::Word for $name {
            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(text: &str) -> ::std::result::Result<$name, $crate::word::UnknownWord> {
                <$name as $crate::word::Word>::of(text).ok_or_else($crate::word::UnknownWord::of::<$name>)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, out: S) -> ::std::result::Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::std::result::Result<$name, D::Error> {
                let text = <::std::string::String as ::serde::Deserialize>::deserialize(from)?;
                text.parse().map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    )+};
}

/// A word of a column without a CHECK constraint: another release, or another program, may have written one that this
/// one does not know. It is kept as it stands, so that it never breaks a list or a sweep.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrUnknown<T> {
    /// One of ours.
    Known(T),
    /// None of ours, as it stands in the row.
    Unknown(String),
}

impl<T: Word> OrUnknown<T> {
    /// The word, when it is one of ours.
    pub fn known(&self) -> Option<T> {
        match self {
            OrUnknown::Known(word) => Some(*word),
            OrUnknown::Unknown(_) => None,
        }
    }

    /// As it stands in the row.
    pub fn as_str(&self) -> &str {
        match self {
            OrUnknown::Known(word) => word.as_str(),
            OrUnknown::Unknown(text) => text,
        }
    }
}

impl<T: Word> From<T> for OrUnknown<T> {
    fn from(word: T) -> Self {
        OrUnknown::Known(word)
    }
}

impl<T: Word> From<String> for OrUnknown<T> {
    fn from(text: String) -> Self {
        T::of(&text).map_or(OrUnknown::Unknown(text), OrUnknown::Known)
    }
}

impl<T: Word> From<&str> for OrUnknown<T> {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Word> PartialEq<T> for OrUnknown<T> {
    fn eq(&self, other: &T) -> bool {
        self.known() == Some(*other)
    }
}

impl<T: Word> fmt::Display for OrUnknown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<T: Word> Serialize for OrUnknown<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de, T: Word> Deserialize<'de> for OrUnknown<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

impl<T: Word> From<OrUnknown<T>> for Value {
    fn from(word: OrUnknown<T>) -> Value {
        word.as_str().into()
    }
}

impl<T: Word> TryGetable for OrUnknown<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        String::try_get_by(row, index).map(Self::from)
    }
}

impl<T: Word> Nullable for OrUnknown<T> {
    fn null() -> Value {
        String::null()
    }
}

impl<T: Word> ValueType for OrUnknown<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <String as ValueType>::try_from(value).map(Self::from)
    }

    fn type_name() -> String {
        String::type_name()
    }

    fn array_type() -> ArrayType {
        String::array_type()
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage_object::BucketName;

    #[test]
    fn a_word_is_its_text_everywhere() {
        for word in BucketName::ALL.iter().copied() {
            let text = word.to_string();
            assert_eq!((word.to_value(), text.parse()), (text.clone(), Ok(word)));
            assert_eq!(OrUnknown::<BucketName>::from(text.clone()), word);
            assert_eq!(Value::from(OrUnknown::from(word)), Value::from(text));
        }
        let error = "attic".parse::<BucketName>().expect_err("is no bucket").to_string();
        assert!(error.starts_with("should be one of file-media-object, "), "{error}");
    }

    #[test]
    fn a_word_of_another_release_stays_as_it_is() {
        let word = OrUnknown::<BucketName>::from("attic");
        assert_eq!((word.known(), word.as_str()), (None, "attic"));
        assert_eq!(Value::from(word), Value::from("attic"));
    }
}
