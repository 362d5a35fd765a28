//! Templates: archives that an operator laid into a directory, for people to begin with.

use platform::app::App;
use std::path::Path;

/// Most templates that are offered.
const TEMPLATES_MAX: usize = 200;
/// Most entries of the directory that are looked at.
const ENTRIES_MAX: usize = 10_000;
/// Longest id, bytes.
const ID_BYTES_MAX: usize = 100;
/// How the names of archives end.
const EXTENSION: &str = "penpot";

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    /// For people.
    pub name: String,
    /// The name of its archive, without the end. Front ends know pictures by it.
    pub id: String,
}

/// The templates of this installation, at most 200, by name. A directory that cannot be read offers none: nobody's page
/// should go for that.
pub async fn list(app: &App) -> Vec<Template> {
    let Some(directory) = app.config.templates.clone() else { return vec![] };
    let shown = directory.clone();
    match tokio::task::spawn_blocking(move || read(&directory)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, directory = %shown.display(), "the templates cannot be read");
            vec![]
        }
        Err(error) => {
            tracing::error!(%error, "the templates could not be listed");
            vec![]
        }
    }
}

fn read(directory: &Path) -> std::io::Result<Vec<Template>> {
    let mut found = vec![];
    for entry in std::fs::read_dir(directory)?.take(ENTRIES_MAX) {
        let path = entry?.path();
        let id = path.file_stem().and_then(|stem| stem.to_str()).filter(|id| is_id(id));
        let is_archive = path.extension().is_some_and(|end| end == EXTENSION) && path.is_file();
        found.extend(id.filter(|_| is_archive).map(|id| Template { name: name(id), id: id.to_owned() }));
    }
    found.sort();
    found.truncate(TEMPLATES_MAX);
    Ok(found)
}

/// Words that are safe as a name of a file, and in addresses.
fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

/// `wireframing-kit` is called Wireframing kit.
fn name(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.trim().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_and_become_names() {
        assert_eq!(name("wireframing-kit"), "Wireframing kit");
        for id in ["", "a/b", "..", "A", "a.b", "-\0"] {
            assert!(!is_id(id), "{id:?}");
        }
        assert!(is_id("ux-notes-2"));
    }
}
