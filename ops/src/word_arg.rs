//! Arguments that are one of the words of a column.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use entities::word::Word;

/// Reads one of the words, and lists them in the help and in refusals.
pub(crate) fn word<T>() -> impl TypedValueParser<Value = T>
where
    T: Word + std::str::FromStr<Err = entities::word::UnknownWord> + Send + Sync + 'static,
{
    PossibleValuesParser::new(T::all()).try_map(|text| text.parse::<T>())
}
