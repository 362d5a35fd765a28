//! Archives: ZIP files, written one entry after the other. Run it on the [`platform::cpu`] pool.

use std::fs::File;
use std::io::{self, Write as _};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// An archive that is being written.
#[derive(Debug)]
pub struct ArchiveWriter(ZipWriter<File>);

impl ArchiveWriter {
    /// Into an empty file.
    pub fn new(file: File) -> ArchiveWriter {
        ArchiveWriter(ZipWriter::new(file))
    }

    /// Adds a file. No two have the same name.
    ///
    /// # Errors
    /// The file cannot be written to, or there is one of that name.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, options).map_err(io::Error::other)?;
        self.0.write_all(bytes)
    }

    /// Ends it; how many bytes it has.
    ///
    /// # Errors
    /// The file cannot be written to.
    pub fn finish(self) -> io::Result<u64> {
        let file = self.0.finish().map_err(io::Error::other)?;
        Ok(file.metadata()?.len())
    }
}
