//! Reads variables, collecting every error and a description of every setting on the way.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::duration;
use super::error::ConfigError;
use super::secret::Secret;

/// One setting as a person sees it: for `atelier doctor` and the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name of the variable.
    pub name: &'static str,
    /// Older names that are read too.
    pub aliases: &'static [&'static str],
    /// What it does, one sentence.
    pub meaning: &'static str,
    /// The value in force as text; `(hidden)` for a secret, empty when there is none.
    pub value: String,
    /// What holds when it is not set, as text; empty when nothing does.
    pub default: String,
    /// Whether it was set, rather than left to its default.
    pub set: bool,
}

/// The variables of one start.
pub(super) struct Variables {
    given: BTreeMap<String, String>,
    errors: Vec<ConfigError>,
    settings: Vec<Setting>,
}

/// One variable about to be read. The last call decides its type.
pub(super) struct Variable<'v> {
    variables: &'v mut Variables,
    name: &'static str,
    aliases: &'static [&'static str],
    meaning: &'static str,
    secret: bool,
}

const HIDDEN: &str = "(hidden)";

impl Variables {
    /// Blank values count as not set: that is how compose files leave things out.
    pub(super) fn new(given: impl IntoIterator<Item = (String, String)>) -> Variables {
        let given = given.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        Variables { given, errors: vec![], settings: vec![] }
    }

    pub(super) fn var(&mut self, name: &'static str, meaning: &'static str) -> Variable<'_> {
        Variable { variables: self, name, aliases: &[], meaning, secret: false }
    }

    /// Notes an error that is about more than the form of one value.
    pub(super) fn refuse(&mut self, name: &str, should: &str, got: Option<&str>) {
        let error =
            ConfigError { name: name.to_owned(), should: should.to_owned(), got: got.map(str::to_owned) };
        self.errors.push(error);
    }

    pub(super) fn finish(self) -> (Vec<ConfigError>, Vec<Setting>) {
        (self.errors, self.settings)
    }
}

impl Variable<'_> {
    /// Other names; the first one that is set counts, the main name before them.
    pub(super) fn or(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Its value is shown nowhere.
    pub(super) fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The general form: `parse` gives `None` for what is not `should`.
    pub(super) fn optional<T: Clone>(
        self,
        default: Option<T>,
        should: &str,
        show: impl Fn(&T) -> String,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let mut names = std::iter::once(&self.name).chain(self.aliases);
        let found = names.find_map(|name| self.variables.given.get_key_value(*name));
        let parsed = found.map(|(name, text)| (name.clone(), text.clone(), parse(text.trim())));
        let (value, set) = match parsed {
            Some((_, _, Some(value))) => (Some(value), true),
            Some((name, text, None)) => {
                let got = (!self.secret).then_some(text.as_str());
                self.variables.refuse(&name, should, got);
                (default.clone(), true)
            }
            None => (default.clone(), false),
        };
        let text = |value: &Option<T>| match value {
            Some(_) if self.secret => HIDDEN.to_owned(),
            Some(value) => show(value),
            None => String::new(),
        };
        let (value_text, default_text) = (text(&value), text(&default));
        self.variables.settings.push(Setting {
            name: self.name,
            aliases: self.aliases,
            meaning: self.meaning,
            value: value_text,
            default: default_text,
            set,
        });
        value
    }

    /// Like [`Variable::optional`], always with a value.
    pub(super) fn parsed<T: Clone>(
        self,
        default: T,
        should: &str,
        show: impl Fn(&T) -> String,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        self.optional(Some(default.clone()), should, show, parse).unwrap_or(default)
    }

    pub(super) fn text(self, default: &str) -> String {
        self.parsed(default.to_owned(), "text", String::clone, |text| Some(text.to_owned()))
    }

    pub(super) fn optional_text(self) -> Option<String> {
        self.optional(None, "text", String::clone, |text| Some(text.to_owned()))
    }

    pub(super) fn optional_secret(self) -> Option<Secret> {
        self.secret().optional(None, "text", |_| HIDDEN.to_owned(), |text| Some(Secret::from(text)))
    }

    /// A whole number within `range`.
    pub(super) fn number<T>(self, default: T, range: RangeInclusive<T>) -> T
    where
        T: Copy + Display + PartialOrd + std::str::FromStr,
    {
        let should = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(default, &should, T::to_string, |text| text.parse().ok().filter(|n| range.contains(n)))
    }

    /// A length of time.
    pub(super) fn duration(self, default: Duration) -> Duration {
        let should = "a length of time such as 15m, 7d or 1h30m, or a number of milliseconds";
        self.parsed(default, should, |value| duration::show(*value), duration::parse)
    }

    pub(super) fn boolean(self, default: bool) -> bool {
        self.parsed(default, "true or false", bool::to_string, |text| {
            match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "1" | "yes" | "on" => Some(true),
                "false" | "f" | "0" | "no" | "off" => Some(false),
                _ => None,
            }
        })
    }

    pub(super) fn optional_path(self) -> Option<PathBuf> {
        self.optional(None, "a path", |path| path.display().to_string(), |text| Some(PathBuf::from(text)))
    }

    pub(super) fn path(self, default: PathBuf) -> PathBuf {
        self.parsed(default, "a path", |path| path.display().to_string(), |text| Some(PathBuf::from(text)))
    }

    /// An `http` or `https` address with a host.
    pub(super) fn optional_url(self, default: Option<Url>) -> Option<Url> {
        let should = "an address that starts with http:// or https://";
        self.optional(default, should, Url::to_string, |text| {
            let url = Url::parse(text).ok()?;
            (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
        })
    }

    /// As [`Variable::optional_url`], without a name or a password in it. Shown nowhere all the same: such addresses
    /// often hold a key.
    pub(super) fn optional_plain_url(self) -> Option<Url> {
        let should = "an address that starts with http:// or https://, without a user name or a password";
        let secret = self.secret();
        secret.optional(None, should, Url::to_string, |text| {
            let url = Url::parse(text).ok()?;
            let plain = url.username().is_empty() && url.password().is_none();
            (plain && matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
        })
    }

    /// Words separated by commas or white space.
    pub(super) fn words(self) -> Vec<String> {
        self.parsed(vec![], "words separated by spaces", |words| words.join(" "), |text| Some(words(text)))
    }
}

/// Splits at commas and white space.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
