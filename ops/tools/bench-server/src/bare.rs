//! What storing a picture costs at the least: hash it, decode it, make it small, write both so that they last.

use std::{
    fs::{self, File},
    io::{Cursor, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use platform::{
    image::{self, Limits, Thumbnail},
    storage::Blobs,
};
use sha2::{Digest as _, Sha256};

use crate::pictures::Picture;

/// Where the time went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) hash: Duration,
    pub(crate) decode: Duration,
    pub(crate) write: Duration,
}

/// Stores one, with its small version if it is larger than that.
pub(crate) fn store(root: &Path, picture: &Picture, spent: &mut Spent) -> Result<()> {
    let begun = Instant::now();
    std::hint::black_box(Sha256::digest(&picture.bytes));
    spent.hash += begun.elapsed();
    let begun = Instant::now();
    let source = Cursor::new(&picture.bytes);
    let accepted = image::accept(source, picture.mtype, &Limits::default(), Some(Thumbnail::MEDIA))?;
    spent.decode += begun.elapsed();
    let begun = Instant::now();
    write(root, &picture.bytes)?;
    if let Some(small) = accepted.thumbnail {
        std::hint::black_box(Sha256::digest(&small));
        write(root, &small)?;
    }
    spent.write += begun.elapsed();
    Ok(())
}

/// As the directory of blobs is written: the bytes, then their name, then the folders that got a new entry.
fn write(root: &Path, bytes: &[u8]) -> Result<()> {
    let id = platform::ids::random_id();
    let path = root.join(Blobs::path(id));
    let folder = path.parent().context("a path without a folder")?;
    let is_new = !folder.exists();
    fs::create_dir_all(folder)?;
    let incoming = root.join(".incoming").join(id.simple().to_string());
    let mut file = File::create_new(&incoming)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&incoming, &path)?;
    File::open(folder)?.sync_all()?;
    if is_new {
        File::open(folder.parent().context("a folder without a parent")?)?.sync_all()?;
        File::open(root)?.sync_all()?;
    }
    Ok(())
}
