//! The file form into a library.

use super::value::of_file;
use super::{DESCRIPTION, METADATA, THEMES, TYPE, VALUE};
use crate::fault::Fault;
use crate::schema::coerce::id_of;
use crate::tokens::library::Library;
use crate::tokens::limits::{TOKEN_WORDS_MAX, TOKENS_MAX};
use crate::tokens::ordered::Ordered;
use crate::tokens::set::{TokenSet, check_parts};
use crate::tokens::theme::Theme;
use crate::tokens::token::{Token, TokenAttributes};
use crate::tokens::{mint, names, types};
use transit::value::Value;
use transit::{Limits, json};

/// The library, as it is stored, of a file of design tokens: of its text, or of its map in which names are text. What
/// has no moment of its own gets `now`, in milliseconds since 1970.
///
/// # Errors
/// [`Fault`] of the first place that is wrong. A token of an unknown type is refused, and so is a file of nothing.
pub fn read(file: Value, now: i64) -> Result<Value, Fault> {
    library(file, now).map(|library| library.to_value())
}

fn library(file: Value, now: i64) -> Result<Library, Fault> {
    let mut sets = named(match file {
        Value::Str(text) => json::read_names(text.as_bytes(), &Limits::REQUEST)
            .map_err(|error| Fault::data(format!("should hold JSON: {error}")))?,
        file => file,
    })?;
    let mut take = |name: &str| sets.iter().position(|(own, _)| own == name).map(|at| sets.remove(at).1);
    let (themes, metadata) = (take(THEMES), take(METADATA).unwrap_or(Value::Map(Vec::new())));
    let metadata = Metadata::read(metadata).map_err(|fault| fault.under(METADATA))?;
    let themes = match themes {
        Some(Value::Vec(themes)) => themes,
        None => Vec::new(),
        Some(_) => return Err(Fault::data("should be a list").under(THEMES)),
    };
    if sets.is_empty() && themes.is_empty() {
        return Err(Fault::data("should have a set or a theme"));
    }
    let mut library = Library::new(now);
    for (name, tokens) in metadata.in_order(sets) {
        let parts = names::split_set(&name);
        let set = check_parts(&parts).and_then(|()| read_set(parts, tokens, now));
        let set = set.map_err(|fault| fault.under(&name))?;
        library.push_set(set).map_err(|fault| fault.under(&name))?;
    }
    for (at, theme) in (0..).zip(themes) {
        let at: usize = at;
        let theme = read_theme(&library, theme, now);
        library.put_theme(theme.map_err(|fault| fault.under(&at.to_string()).under(THEMES))?);
    }
    metadata.activate(&mut library);
    library.check_counts()?;
    Ok(library)
}

/// What stands beside the sets and themes.
struct Metadata {
    order: Vec<String>,
    active_themes: Vec<String>,
    active_sets: Vec<String>,
}

impl Metadata {
    fn read(value: Value) -> Result<Metadata, Fault> {
        let entries = named(value)?;
        let texts = |name: &str| -> Result<Vec<String>, Fault> {
            let Some((_, value)) = entries.iter().find(|(own, _)| own == name) else { return Ok(Vec::new()) };
            let texts = value.items().and_then(|items| items.iter().map(text).collect());
            texts.ok_or_else(|| Fault::data("should be a list of text").under(name))
        };
        let sets = |name| texts(name).map(|all| all.iter().map(|name| names::normal_set(name)).collect());
        Ok(Metadata {
            order: sets("tokenSetOrder")?,
            active_themes: texts("activeThemes")?,
            active_sets: sets("activeSets")?,
        })
    }

    /// The sets in the order that is told; those of which nothing is told come last.
    fn in_order(&self, sets: Vec<(String, Value)>) -> Vec<(String, Value)> {
        let mut placed: Vec<(usize, (String, Value))> = sets
            .into_iter()
            .map(|(name, tokens)| {
                let normal = names::normal_set(&name);
                let place = self.order.iter().position(|own| *own == normal).unwrap_or(usize::MAX);
                (place, (name, tokens))
            })
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, set)| set).collect()
    }

    /// The theme that nobody sees holds the sets that are active by themselves. It stays active beside others, of which
    /// one of each group counts: the last.
    fn activate(self, library: &mut Library) {
        let hidden = library.themes_mut().find(|theme| theme.is_hidden());
        if let Some(hidden) = hidden {
            hidden.sets = self.active_sets;
        }
        for path in self.active_themes {
            let Some(theme) = library.themes().find(|theme| theme.path() == path) else { continue };
            let group = theme.group.clone();
            let same_group = |theme: &&Theme| theme.group == group;
            let others: Vec<String> = library.themes().filter(same_group).map(Theme::path).collect();
            library.active.retain(|active| !others.contains(active));
            library.active.push(path);
        }
    }
}

fn read_theme(library: &Library, value: Value, now: i64) -> Result<Theme, Fault> {
    let entries = named(value)?;
    let get = |name: &str| entries.iter().find(|(own, _)| own == name).map(|(_, value)| value);
    let word = |name: &str| match get(name) {
        None | Some(Value::Nil) => Ok(None),
        Some(Value::Str(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Fault::data("should be text").under(name)),
    };
    let name = word("name")?.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Fault::data("should be there").under("name"))?;
    let (group, external) = (word("group")?.unwrap_or_default(), word("id")?);
    let id = external.as_deref().and_then(id_of).filter(|id| !id.is_nil());
    let id = id.unwrap_or_else(|| mint::id(&["theme", &group, &name]));
    let mut rest = Value::Map(Vec::new());
    rest.put("external-id", Value::Str(external.unwrap_or_else(|| id.to_string())));
    rest.put("description", Value::Str(word("description")?.unwrap_or_default()));
    if let Some(Value::Bool(is_source)) = get("isSource").or_else(|| get("is-source")) {
        rest.put("is-source", Value::Bool(*is_source));
    }
    let selected = named(get("selectedTokenSets").cloned().unwrap_or(Value::Map(Vec::new())));
    let selected = selected.map_err(|fault| fault.under("selectedTokenSets"))?;
    let known: Vec<String> = library.sets().iter().map(|set| set.name()).collect();
    let mut sets: Vec<String> = Vec::new();
    for name in selected.into_iter().filter(|(_, state)| *state != Value::text("disabled")) {
        let name = names::normal_set(&name.0);
        if known.contains(&name) && !sets.contains(&name) {
            sets.push(name);
        }
    }
    let theme = Theme::new(id, &group, &name, sets, rest).complete(now);
    if theme.is_hidden() {
        return Err(Fault::data("should be another: clients hide it").under("name"));
    }
    theme.check()?;
    Ok(theme)
}

fn read_set(parts: Vec<String>, tree: Value, now: i64) -> Result<TokenSet, Fault> {
    let set = names::join_set(&parts);
    let mut tokens = Ordered::new();
    read_tokens(&set, &mut Vec::new(), None, tree, now, &mut tokens)?;
    Ok(TokenSet::new(mint::id(&["set", &set]), parts, tokens).complete(now))
}

/// Reads a group of tokens, or a token and what is nested in it.
fn read_tokens(
    set: &str,
    words: &mut Vec<String>,
    inherited: Option<&str>,
    node: Value,
    now: i64,
    tokens: &mut Ordered<Token>,
) -> Result<(), Fault> {
    let entries = named(node)?;
    let own_type = entries.iter().find(|(name, _)| name == TYPE).map(|(_, value)| value);
    let own_type = match own_type {
        Some(Value::Str(name)) => Some(name.clone()),
        None => None,
        Some(_) => return Err(Fault::data("should be text").under(TYPE)),
    };
    let type_name = own_type.as_deref().or(inherited);
    let value = entries.iter().find(|(name, _)| name == VALUE).map(|(_, value)| value.clone());
    if let Some(value) = value {
        let description = entries.iter().find(|(name, _)| name == DESCRIPTION).map(|(_, text)| text.clone());
        let token = read_token(set, &words.join("."), type_name, value, description, now)?;
        tokens.put(&token.name.clone(), token);
        if tokens.len() > TOKENS_MAX {
            return Err(Fault::limit(format!("would hold more than {TOKENS_MAX} tokens")));
        }
    }
    if words.len() > TOKEN_WORDS_MAX {
        return Err(Fault::limit(format!("should nest at most {TOKEN_WORDS_MAX} levels")));
    }
    for (word, inner) in entries.into_iter().filter(|(name, _)| !name.starts_with('$')) {
        words.push(word.clone());
        read_tokens(set, words, type_name, inner, now, tokens).map_err(|fault| fault.under(&word))?;
        words.pop();
    }
    Ok(())
}

fn read_token(
    set: &str,
    name: &str,
    type_name: Option<&str>,
    value: Value,
    description: Option<Value>,
    now: i64,
) -> Result<Token, Fault> {
    let type_name = type_name.ok_or_else(|| Fault::data("should be there").under(TYPE))?;
    let unknown = || Fault::data("should be a known type of token").under(TYPE);
    let keyword = types::keyword(type_name).ok_or_else(unknown)?;
    let attributes = Value::map([
        ("id", Value::Uuid(mint::id(&["token", set, name]))),
        ("name", Value::text(name)),
        ("type", Value::keyword(keyword)),
        ("value", of_file(keyword, value)),
        ("description", description.unwrap_or(Value::Nil)),
    ]);
    Ok(TokenAttributes::read(attributes)?.make(now))
}

/// The entries of a map whose names are text.
fn named(value: Value) -> Result<Vec<(String, Value)>, Fault> {
    let by_name = || Fault::data("should be a map by name, in which names are as people gave them");
    let Value::Map(entries) = value else { return Err(by_name()) };
    let name = |(key, value)| match key {
        Value::Str(name) => Ok((name, value)),
        _ => Err(by_name()),
    };
    entries.into_iter().map(name).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
