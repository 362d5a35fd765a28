//! Fonts: what is in a file, whether browsers will take it, and the same font in other packings. Run it on the
//! [`crate::cpu`] pool.
//!
//! Of a file nothing is believed: every size is looked at before room is made for it, and what takes too long is given
//! up. Tables are passed on byte for byte, so that kerning, ligatures, names and variations are the same in every
//! packing; only cubic outlines, which not everybody draws, can be turned into quadratic ones.

mod check;
mod error;
mod limits;
mod outlines;
mod reader;
mod sfnt;
mod tables;
mod woff;
mod woff2;

use bytes::Bytes;

pub use error::FontError;
pub use limits::FontLimits;
pub use tables::{Font, Outlines};

/// How the tables of a font lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As they are: TTF and OTF.
    Plain,
    /// Each of them deflated: WOFF.
    Woff,
    /// All of them through Brotli, the outlines in another form: WOFF 2.
    Woff2,
}

impl Packing {
    /// By the first bytes of a file; none of what is no font.
    ///
    /// # Errors
    /// [`FontError::Collection`] for several fonts in one file.
    pub fn sniff(file: &[u8]) -> Result<Option<Packing>, FontError> {
        Ok(match file.get(..4) {
            Some([0, 1, 0, 0] | b"true" | b"OTTO") => Some(Packing::Plain),
            Some(b"wOFF") => Some(Packing::Woff),
            Some(b"wOF2") => Some(Packing::Woff2),
            Some(b"ttcf") => return Err(FontError::Collection),
            _ => None,
        })
    }
}

/// What a file says how large its font is, unpacked: bytes. Looks at its head only.
///
/// # Errors
/// [`FontError::Unknown`] for what is no font; [`FontError::Broken`] when the head is cut off;
/// [`FontError::TooLarge`].
pub fn unpacked_bytes(file: &[u8], limits: &FontLimits) -> Result<u64, FontError> {
    let bytes = match Packing::sniff(file)?.ok_or(FontError::Unknown)? {
        Packing::Plain => sfnt::unpacked_bytes(file).max(file.len() as u64),
        Packing::Woff => woff::unpacked_bytes(file, limits)?,
        Packing::Woff2 => woff2::unpacked_bytes(file, limits)?,
    };
    if bytes > limits.unpacked_bytes_max {
        return Err(FontError::TooLarge { bytes_max: limits.unpacked_bytes_max });
    }
    Ok(bytes)
}

/// Reads a file, whatever its packing, and checks what browsers check before they draw with it.
///
/// # Errors
/// Any [`FontError`].
pub fn read(file: &Bytes, limits: &FontLimits) -> Result<Font, FontError> {
    unpacked_bytes(file, limits)?;
    let font = match Packing::sniff(file)?.ok_or(FontError::Unknown)? {
        Packing::Plain => sfnt::read(file, limits)?,
        Packing::Woff => woff::read(file, limits)?,
        Packing::Woff2 => woff2::read(file, limits)?,
    };
    check::check(&font)?;
    sfnt::sealed(font)
}

/// The packings that a font can be written in.
impl Font {
    /// As TTF or OTF.
    pub fn plain(&self) -> Vec<u8> {
        sfnt::write(self)
    }

    /// As WOFF.
    pub fn woff(&self) -> Vec<u8> {
        woff::write(self)
    }

    /// The same font with quadratic outlines; none of a variable one with cubic outlines, of which only one moment
    /// could be kept.
    ///
    /// # Errors
    /// [`FontError::Broken`] when an outline cannot be drawn, [`FontError::TooSlow`], [`FontError::TooLarge`].
    pub fn true_type(&self, limits: &FontLimits) -> Result<Option<Font>, FontError> {
        match (self.outlines(), self.is_variable()) {
            (Outlines::TrueType, _) => Ok(Some(self.clone())),
            (Outlines::PostScript, true) => Ok(None),
            (Outlines::PostScript, false) => sfnt::sealed(outlines::true_type(self, limits)?).map(Some),
        }
    }
}
