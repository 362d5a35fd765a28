//! The house as text: every source file, script and manifest, read once.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &["target", "node_modules"];
/// Files that are read: sources, manifests, scripts, and files without an ending such as Makefile.
const ENDINGS: &[&str] = &["rs", "toml", "sh", "mjs", "ts", "sql", ""];
/// Nothing that a person wrote is larger.
const BYTES_MAX: u64 = 1024 * 1024;
/// Folders within folders.
const DEPTH_MAX: usize = 12;

/// The files of the house by path from its root, with `/` between folders.
#[derive(Debug)]
pub(crate) struct Tree {
    /// Where it stands.
    pub(crate) root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads everything below `root`, hidden folders left out.
    pub(crate) fn read(root: PathBuf) -> Result<Tree, String> {
        let mut files = BTreeMap::new();
        read_folder(&root, &root, &mut files, 0)?;
        Ok(Tree { root, files })
    }

    /// A tree for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        // Real, because rustfmt looks for its settings there.
        Tree {
            root: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../..")),
            files: files.iter().map(own).collect(),
        }
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&String> {
        self.files.get(path)
    }

    /// Every file with its text, by path.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every Rust file below a folder such as `api/src/`.
    pub(crate) fn rust<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(".rs"))
    }
}

fn read_folder(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<String, String>,
    depth: usize,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("{}: more than {DEPTH_MAX} folders deep", folder.display()));
    }
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type().map_err(failed)?;
        if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            read_folder(root, &path, files, depth + 1)?;
        } else if kind.is_file() && is_ours(&path) && entry.metadata().map_err(failed)?.len() <= BYTES_MAX {
            let relative = path.strip_prefix(root).map_err(|error| error.to_string())?;
            let relative = relative.to_string_lossy().replace('\\', "/");
            // Bytes that are no text are no source of ours.
            if let Ok(text) = fs::read_to_string(&path) {
                files.insert(relative, text);
            }
        }
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    let ending = path.extension().map_or("", |ending| ending.to_str().unwrap_or("?"));
    ENDINGS.contains(&ending)
}
