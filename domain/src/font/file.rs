//! Files of one weight and style: what may be sent, and what is made of it.

use crate::error::{Error, Result};
use bytes::Bytes;
use platform::font::{self, Font, FontError, FontLimits, Outlines, Packing};
use std::collections::BTreeMap;

/// In which form a font is sent or kept; the best to make others of first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Quadratic outlines, plain.
    Ttf,
    /// Cubic outlines, plain; or quadratic ones, which are OpenType too.
    Otf,
    /// Each table deflated.
    Woff,
    /// Smaller still. It is kept, and never made: all that reads it reads WOFF too.
    Woff2,
}

/// A font in the forms that it is kept in.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub(super) otf: Option<Bytes>,
    pub(super) ttf: Option<Bytes>,
    pub(super) woff: Option<Bytes>,
    pub(super) woff2: Option<Bytes>,
}

impl Format {
    /// Every one of them.
    pub const ALL: [Format; 4] = [Format::Ttf, Format::Otf, Format::Woff, Format::Woff2];

    /// The one of a media type.
    ///
    /// # Errors
    /// `media-type-not-allowed`.
    pub fn of_mtype(mtype: &str) -> Result<Format> {
        let found = Format::ALL.into_iter().find(|format| format.mtype() == mtype);
        found.ok_or_else(|| {
            let known = Format::ALL.map(Format::mtype).join(", ");
            Error::validation("media-type-not-allowed").hint(format!("fonts are {known}"))
        })
    }

    /// Its media type.
    pub fn mtype(self) -> &'static str {
        match self {
            Format::Ttf => "font/ttf",
            Format::Otf => "font/otf",
            Format::Woff => "font/woff",
            Format::Woff2 => "font/woff2",
        }
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Ttf => "ttf",
            Format::Otf => "otf",
            Format::Woff => "woff",
            Format::Woff2 => "woff2",
        }
    }

    fn packing(self) -> Packing {
        match self {
            Format::Ttf | Format::Otf => Packing::Plain,
            Format::Woff => Packing::Woff,
            Format::Woff2 => Packing::Woff2,
        }
    }

    /// What a refused file means to whoever sent it.
    fn refused(self, error: &FontError) -> Error {
        let refused = match (error, self) {
            (FontError::TooLarge { .. }, _) => Error::restriction("font-max-file-size-reached"),
            (_, Format::Woff) => Error::validation("invalid-woff-file"),
            (_, Format::Woff2) => Error::validation("invalid-woff2-file"),
            _ => Error::validation("invalid-font-upload"),
        };
        refused.hint(format!("{}: {error}", self.mtype()))
    }

    /// Another form than its media type says.
    fn mistaken(self, what: &str) -> Error {
        Error::validation("media-type-mismatch").hint(format!("{}: the file is {what}", self.mtype()))
    }
}

/// How much memory reading a font and making others of it takes, roughly. Looks at the head of the file only.
///
/// # Errors
/// `media-type-mismatch`, `invalid-font-upload`, `invalid-woff-file`, `invalid-woff2-file`,
/// `font-max-file-size-reached`.
pub(super) fn memory(format: Format, file: &Bytes, limits: &FontLimits) -> Result<u64> {
    let packing = Packing::sniff(file).map_err(|error| format.refused(&error))?;
    match packing {
        Some(packing) if packing != format.packing() => {
            return Err(format.mistaken(match packing {
                Packing::Plain => "TrueType or OpenType without a packing",
                Packing::Woff => "WOFF",
                Packing::Woff2 => "WOFF 2",
            }));
        }
        _ => {}
    }
    let unpacked = font::unpacked_bytes(file, limits).map_err(|error| format.refused(&error))?;
    Ok(file.len() as u64 + 3 * unpacked)
}

/// Checks all files, and makes what is missing of the best: with it and WOFF, browsers and exporters are served.
///
/// # Errors
/// As [`memory`].
pub(super) fn make(files: &BTreeMap<Format, Bytes>, limits: &FontLimits) -> Result<Made> {
    let mut best: Option<(Format, Font)> = None;
    for (format, file) in files {
        let font = font::read(file, limits).map_err(|error| format.refused(&error))?;
        if *format == Format::Ttf && font.outlines() == Outlines::PostScript {
            return Err(format.mistaken("OpenType with PostScript outlines: font/otf"));
        }
        best.get_or_insert((*format, font));
    }
    let Some((format, font)) = best else {
        return Err(Error::validation("invalid-font-upload").hint("no file was sent"));
    };
    let sent = |format: Format| files.get(&format).cloned();
    let plain = || match format.packing() {
        Packing::Plain => sent(format).unwrap_or_default(),
        Packing::Woff | Packing::Woff2 => font.plain().into(),
    };
    let mut made = Made {
        otf: sent(Format::Otf),
        ttf: sent(Format::Ttf),
        woff: sent(Format::Woff),
        woff2: sent(Format::Woff2),
    };
    made.woff.get_or_insert_with(|| font.woff().into());
    match font.outlines() {
        Outlines::TrueType => {
            let ttf = made.ttf.get_or_insert_with(plain).clone();
            // OpenType has quadratic outlines as well: nothing would be won by cubic ones, and hints would be lost.
            made.otf.get_or_insert(ttf);
        }
        Outlines::PostScript => {
            made.otf.get_or_insert_with(plain);
            let ttf = font.true_type(limits).map_err(|error| format.refused(&error))?;
            made.ttf = ttf.map(|ttf| ttf.plain().into());
        }
    }
    Ok(made)
}
