//! A library into its file form.

use super::value::to_file;
use super::{DESCRIPTION, METADATA, THEMES, TYPE, VALUE};
use crate::fault::Fault;
use crate::tokens::library::Library;
use crate::tokens::limits::TOKEN_WORDS_MAX;
use crate::tokens::set::TokenSet;
use crate::tokens::theme::Theme;
use crate::tokens::token::Token;
use crate::tokens::{names, types};
use transit::value::{Value, camel};

/// The file form of a library as it is stored; its names are text, and all else is what JSON shows of it. None when
/// nothing is in the library.
///
/// # Errors
/// [`Fault`] when it is no library, and of what is wrong in it.
pub fn write(library: &Value) -> Result<Option<Value>, Fault> {
    let library = Library::read(library.clone(), 0)?;
    if library.is_empty() {
        return Ok(None);
    }
    let sets = library.sets();
    let mut file: Vec<(Value, Value)> =
        sets.iter().map(|set| (Value::Str(set.name()), tokens_of(set))).collect();
    let themes = library.themes().filter(|theme| !theme.is_hidden()).map(theme_of).collect();
    file.push((Value::text(THEMES), Value::Vec(themes)));
    file.push((Value::text(METADATA), metadata(&library)));
    Ok(Some(Value::Map(file)))
}

fn metadata(library: &Library) -> Value {
    let texts = |names: Vec<String>| Value::Vec(names.into_iter().map(Value::Str).collect());
    let hidden: Vec<String> = library.themes().filter(|theme| theme.is_hidden()).map(Theme::path).collect();
    let active = library.active.iter().filter(|path| !hidden.contains(path)).cloned().collect();
    let mut active_sets: Vec<String> = Vec::new();
    for name in library.active_themes().flat_map(|theme| &theme.sets) {
        if !active_sets.contains(name) {
            active_sets.push(name.clone());
        }
    }
    named([
        ("tokenSetOrder", texts(library.sets().iter().map(|set| set.name()).collect())),
        ("activeThemes", texts(active)),
        ("activeSets", texts(active_sets)),
    ])
}

fn theme_of(theme: &Theme) -> Value {
    let enabled = |name: &String| (Value::text(name), Value::text("enabled"));
    let attribute = |name| theme.attribute(name).cloned();
    let fields = [
        ("id", attribute("external-id")),
        ("name", Some(Value::text(&theme.name))),
        ("group", Some(Value::text(&theme.group))),
        ("description", attribute("description")),
        ("isSource", attribute("is-source")),
        ("selectedTokenSets", Some(Value::Map(theme.sets.iter().map(enabled).collect()))),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((Value::text(name), value?)));
    Value::Map(fields.collect())
}

/// The tokens of a set, nested by the words of their names.
fn tokens_of(set: &TokenSet) -> Value {
    let mut tree = Value::Map(Vec::new());
    for token in set.tokens() {
        let mut at = &mut tree;
        for word in names::split_token(&token.name, TOKEN_WORDS_MAX) {
            let key = Value::text(word);
            if at.at(&key).is_none() {
                at.put_at(key.clone(), Value::Map(Vec::new()));
            }
            let Some(next) = at.at_mut(&key) else { return tree };
            at = next;
        }
        // Other tokens may be nested in it.
        token_of(token).into_iter().for_each(|(name, value)| at.put_at(Value::text(name), value));
    }
    tree
}

fn token_of(token: &Token) -> Vec<(&'static str, Value)> {
    let keyword = token.attribute("type").and_then(Value::as_keyword).unwrap_or_default();
    let value = token.attribute("value").cloned().unwrap_or(Value::Nil);
    let type_name = types::file_name(keyword).map_or_else(|| camel(keyword), str::to_owned);
    let mut fields = vec![(VALUE, to_file(keyword, value)), (TYPE, Value::Str(type_name))];
    fields.extend(token.attribute("description").map(|text| (DESCRIPTION, text.clone())));
    fields
}

fn named<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(name, value)| (Value::text(name), value)).collect())
}
