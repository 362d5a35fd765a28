//! Cubic outlines into quadratic ones: those who make PNG and PDF draw no others. Everything but the outlines, and
//! their hints, stays; names of glyphs that only the outlines had get a table.

use std::time::Instant;

use bytes::Bytes;
use kurbo::{BezPath, CubicBez, Point};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlineGlyph, OutlinePen};
use skrifa::{FontRef, GlyphId, GlyphNameSource, GlyphNames, MetadataProvider as _};
use write_fonts::dump_table;
use write_fonts::tables::glyf::{Bbox, GlyfLocaBuilder, Glyph, SimpleGlyph};
use write_fonts::tables::loca::LocaFormat;
use write_fonts::tables::post::Post;

use super::error::FontError;
use super::limits::FontLimits;
use super::reader::u16_at;
use super::tables::Font;

/// Points of a glyph, as the format counts them.
const GLYPH_POINTS_MAX: usize = 65_535;
/// Contours of a glyph, likewise.
const GLYPH_CONTOURS_MAX: usize = 32_766;
/// How far a curve may lie beside the one that it is drawn after, in parts of the em: nobody sees it.
const ERROR_MAX: f64 = 1.0 / 1_000.0;
/// Bytes of a point, roughly.
const POINT_BYTES: u64 = 4;
/// A table of names has numbers of its own for that many glyphs.
const NAMED_GLYPHS_MAX: u16 = 32_000;

/// The tables that quadratic outlines need and what they say of them, as they grow.
struct Written {
    glyphs: GlyfLocaBuilder,
    /// Where each glyph begins, from the left.
    bearings: Vec<i16>,
    bounds: Option<Bbox>,
    points_max: usize,
    contours_max: usize,
    points: u64,
}

/// # Errors
/// [`FontError::Broken`], [`FontError::TooSlow`], [`FontError::TooLarge`].
pub(super) fn true_type(font: &Font, limits: &FontLimits) -> Result<Font, FontError> {
    let file = font.plain();
    let read = FontRef::new(&file).map_err(|error| FontError::broken(error.to_string()))?;
    let count = u16_at(font.table(b"maxp"), 4).unwrap_or(0);
    let units = f64::from(u16_at(font.table(b"head"), 18).unwrap_or(1_000));
    let (outlines, started) = (read.outline_glyphs(), Instant::now());
    let mut written = Written {
        glyphs: GlyfLocaBuilder::new(),
        bearings: Vec::with_capacity(usize::from(count)),
        bounds: None,
        points_max: 0,
        contours_max: 0,
        points: 0,
    };
    for number in 0..count {
        if started.elapsed() > limits.time_max {
            return Err(FontError::TooSlow { seconds: limits.time_max.as_secs() });
        }
        let path = match outlines.get(GlyphId::from(number)) {
            Some(outline) => drawn(&outline, units * ERROR_MAX),
            None => Err("it has no outline".to_owned()),
        };
        let added = path.and_then(|path| written.add(&path));
        added.map_err(|why| FontError::broken(format!("glyph {number} cannot be drawn: {why}")))?;
        if written.points * POINT_BYTES > limits.unpacked_bytes_max {
            return Err(FontError::TooLarge { bytes_max: limits.unpacked_bytes_max });
        }
    }
    let names = post(font, &read, count);
    written.into_font(font, count, names)
}

/// A glyph in quadratic curves, outer contours clockwise, as they are there.
fn drawn(outline: &OutlineGlyph<'_>, accuracy: f64) -> Result<BezPath, String> {
    let mut pen = Pen { path: BezPath::new(), at: Point::ZERO, accuracy };
    let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
    outline.draw(settings, &mut pen).map_err(|error| error.to_string())?;
    if pen.is_full() {
        return Err("it has too many points".to_owned());
    }
    Ok(pen.path.reverse_subpaths())
}

struct Pen {
    path: BezPath,
    at: Point,
    accuracy: f64,
}

impl Pen {
    /// What follows is not drawn any more: a few bytes can ask for gigabytes.
    fn is_full(&self) -> bool {
        self.path.elements().len() > GLYPH_POINTS_MAX
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = point(x, y);
        self.path.move_to(self.at);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = point(x, y);
        if !self.is_full() {
            self.path.line_to(self.at);
        }
    }

    fn quad_to(&mut self, control_x: f32, control_y: f32, x: f32, y: f32) {
        self.at = point(x, y);
        if !self.is_full() {
            self.path.quad_to(point(control_x, control_y), self.at);
        }
    }

    fn curve_to(&mut self, first_x: f32, first_y: f32, second_x: f32, second_y: f32, x: f32, y: f32) {
        if self.is_full() {
            return;
        }
        let curve = CubicBez::new(self.at, point(first_x, first_y), point(second_x, second_y), point(x, y));
        for (_, _, quadratic) in curve.to_quads(self.accuracy) {
            self.path.quad_to(quadratic.p1, quadratic.p2);
        }
        self.at = curve.p3;
    }

    fn close(&mut self) {
        self.path.close_path();
    }
}

fn point(x: f32, y: f32) -> Point {
    Point::new(f64::from(x), f64::from(y))
}

impl Written {
    fn add(&mut self, path: &BezPath) -> Result<(), String> {
        if path.is_empty() {
            self.bearings.push(0);
            return self.glyphs.add_glyph(&Glyph::Empty).map(drop).map_err(|error| error.to_string());
        }
        let glyph = SimpleGlyph::from_bezpath(path).map_err(|error| format!("{error:?}"))?;
        let points = glyph.contours.iter().map(|contour| contour.len()).sum();
        if points > GLYPH_POINTS_MAX || glyph.contours.len() > GLYPH_CONTOURS_MAX {
            return Err("it has too many points".to_owned());
        }
        self.points_max = self.points_max.max(points);
        self.contours_max = self.contours_max.max(glyph.contours.len());
        self.points += points as u64;
        self.bearings.push(glyph.bbox.x_min);
        self.bounds = Some(self.bounds.map_or(glyph.bbox, |bounds| bounds.union(glyph.bbox)));
        self.glyphs.add_glyph(&glyph).map(drop).map_err(|error| error.to_string())
    }

    /// The font with these outlines in place of its own.
    fn into_font(self, font: &Font, count: u16, names: Option<Vec<u8>>) -> Result<Font, FontError> {
        let (glyf, loca, format) = self.glyphs.build();
        let broken = |error: write_fonts::error::Error| FontError::broken(error.to_string());
        let mut tables = font.tables.clone();
        // The last one signs what is not the same any more.
        for gone in [b"CFF ", b"CFF2", b"VORG", b"DSIG"] {
            tables.remove(gone);
        }
        tables.insert(*b"glyf", dump_table(&glyf).map_err(broken)?.into());
        tables.insert(*b"loca", dump_table(&loca).map_err(broken)?.into());
        let bounds = self.bounds.unwrap_or_default();
        tables.insert(*b"head", head(font.table(b"head"), bounds, format));
        tables.insert(*b"hmtx", hmtx(font, &self.bearings));
        tables.insert(*b"maxp", maxp(count, self.points_max, self.contours_max));
        if let Some(names) = names {
            tables.insert(*b"post", names.into());
        }
        Ok(Font { tables })
    }
}

/// With the bounds of the new outlines, and how they are found.
fn head(head: &[u8], bounds: Bbox, format: LocaFormat) -> Bytes {
    let mut head = head.to_vec();
    let format = i16::from(format == LocaFormat::Long);
    let places = [(36, bounds.x_min), (38, bounds.y_min), (40, bounds.x_max), (42, bounds.y_max)];
    for (at, number) in places.into_iter().chain([(50, format), (52, 0)]) {
        head[at..at + 2].copy_from_slice(&number.to_be_bytes());
    }
    head.into()
}

/// The widths as they were, and where the new outlines begin.
fn hmtx(font: &Font, bearings: &[i16]) -> Bytes {
    let widths = usize::from(u16_at(font.table(b"hhea"), 34).unwrap_or(0));
    let mut hmtx = font.table(b"hmtx").to_vec();
    for (glyph, bearing) in bearings.iter().enumerate() {
        let at = if glyph < widths { 4 * glyph + 2 } else { 4 * widths + 2 * (glyph - widths) };
        if let Some(place) = hmtx.get_mut(at..at + 2) {
            place.copy_from_slice(&bearing.to_be_bytes());
        }
    }
    hmtx.into()
}

/// Of glyphs without instructions and without parts that are other glyphs.
fn maxp(count: u16, points: usize, contours: usize) -> Bytes {
    let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let mut numbers = [0; 16];
    // Version 1.0, then one zone.
    (numbers[0], numbers[2], numbers[7]) = (1, count, 1);
    (numbers[3], numbers[4]) = (short(points), short(contours));
    numbers.iter().flat_map(|number: &u16| number.to_be_bytes()).collect()
}

/// A table of names, when the outlines had them; none when nobody had.
fn post(font: &Font, read: &FontRef<'_>, count: u16) -> Option<Vec<u8>> {
    let names = GlyphNames::new(read);
    if names.source() != GlyphNameSource::Cff || count > NAMED_GLYPHS_MAX {
        return None;
    }
    let named: Vec<String> = (0..count)
        .map(|glyph| names.get(GlyphId::from(glyph)).map(|name| name.to_string()))
        .collect::<Option<_>>()?;
    let mut post = dump_table(&Post::new_v2(named.iter().map(String::as_str))).ok()?;
    // What stands between the version and the names is the slant, the underline and the like.
    post.get_mut(4..32)?.copy_from_slice(font.table(b"post").get(4..32)?);
    Some(post)
}
