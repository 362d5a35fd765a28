//! What the database cannot hold, in one place of the params after the other.

use serde_json::{Map, Value as Json};

/// PostgreSQL has no text with it.
pub const NUL: char = '\0';

/// The same with the character in one text, or one name that a client chose.
pub fn each(params: &Json) -> Vec<Json> {
    below(params, true)
}

fn below(json: &Json, is_top: bool) -> Vec<Json> {
    match json {
        Json::String(text) => vec![format!("{text}{NUL}").into()],
        Json::Array(items) => {
            let one = |at: usize| {
                below(&items[at], false).into_iter().map(move |spoilt| {
                    let mut items = items.clone();
                    items[at] = spoilt;
                    Json::Array(items)
                })
            };
            (0..items.len()).flat_map(one).collect()
        }
        Json::Object(entries) => {
            let mut all = vec![];
            for (name, value) in entries {
                all.extend(below(value, false).into_iter().map(|spoilt| {
                    let mut entries = entries.clone();
                    entries[name] = spoilt;
                    Json::Object(entries)
                }));
                if !is_top {
                    let renamed = |known: &String| match known == name {
                        true => format!("{known}{NUL}"),
                        false => known.clone(),
                    };
                    let entries: Map<_, _> =
                        entries.iter().map(|(known, value)| (renamed(known), value.clone())).collect();
                    all.push(entries.into());
                }
            }
            all
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => vec![],
    }
}
