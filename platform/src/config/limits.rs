//! What uploads may cost, and how long things are kept.

use std::time::Duration;

use super::variables::Variables;
use crate::{image, svg};

/// Limits that an operator may move.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// `PENPOT_MEDIA_MAX_FILE_SIZE`: the largest picture, bytes. Default 30 MiB.
    pub media_bytes_max: u64,
    /// `PENPOT_FONT_MAX_FILE_SIZE`: the largest font, bytes. Default 30 MiB.
    pub font_bytes_max: u64,
    /// `ATELIER_MEDIA_PIXELS_MAX`: the largest picture, pixels, refused before it is decoded. Default 128 million.
    pub media_pixels_max: u64,
    /// `ATELIER_MEDIA_MEMORY_MAX`: the memory of one image decoder, bytes. Default 512 MiB.
    pub media_decode_bytes_max: u64,
    /// `ATELIER_MEDIA_MEMORY_TOTAL`: the memory of all image decoders together, bytes; a picture that needs more is
    /// decoded alone. Default 24 MiB for each of `cpu_slots`.
    pub media_decode_bytes_total: u64,
    /// `PENPOT_QUOTES_UPLOAD_CHUNKS_PER_SESSION`: pieces of one upload. Default 20.
    pub upload_chunks_max: u64,
    /// `PENPOT_QUOTES_UPLOAD_SESSIONS_PER_PROFILE`: uploads in pieces that a person has under way, with the flag
    /// `quotes`. Default 5.
    pub upload_sessions_max: u64,
    /// `ATELIER_SVG_SIZE_MAX`: the largest SVG, bytes. Default 10 MiB.
    pub svg_bytes_max: usize,
    /// `ATELIER_SVG_DEPTH_MAX`: elements within elements of an SVG. Default 256.
    pub svg_depth_max: usize,
    /// `ATELIER_SVG_ELEMENTS_MAX`: elements of an SVG. Default 200,000.
    pub svg_elements_max: usize,
    /// `ATELIER_CPU_SLOTS`: pictures computed and passwords hashed at the same time, each. Default: one a core.
    pub cpu_slots: usize,
    /// `PENPOT_DELETION_DELAY`: how long deleted things can be brought back. Default 7 days.
    pub deletion_delay: Duration,
    /// `PENPOT_FILE_CLEAN_DELAY`: how long a file is left alone after a change, before its unused pictures are looked
    /// for. Default 2 days.
    pub file_clean_delay: Duration,
}

const UPLOAD_BYTES_MAX: u64 = 30 * 1024 * 1024;
const DECODE_BYTES_PER_SLOT: u64 = 24 * 1024 * 1024;
const UPLOAD_CHUNKS_MAX: u64 = 20;
const UPLOAD_SESSIONS_MAX: u64 = 5;
const FILE_CLEAN_DELAY: Duration = Duration::from_secs(2 * 24 * 3600);
const DELETION_DELAY: Duration = Duration::from_secs(7 * 24 * 3600);

impl LimitsConfig {
    pub(super) fn read(vars: &mut Variables) -> LimitsConfig {
        let (image, svg) = (image::Limits::default(), svg::Limits::default());
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let cpu_slots = vars
            .var("ATELIER_CPU_SLOTS", "Pictures computed at the same time, and passwords hashed likewise.")
            .number(cores, 1..=1024);
        LimitsConfig {
            media_bytes_max: vars
                .var("PENPOT_MEDIA_MAX_FILE_SIZE", "The largest uploaded picture, bytes.")
                .number(UPLOAD_BYTES_MAX, 1024..=1 << 32),
            font_bytes_max: vars
                .var("PENPOT_FONT_MAX_FILE_SIZE", "The largest uploaded font, bytes.")
                .number(UPLOAD_BYTES_MAX, 1024..=1 << 32),
            media_pixels_max: vars
                .var("ATELIER_MEDIA_PIXELS_MAX", "The largest uploaded picture, width times height.")
                .number(image.pixels_max, 1..=1 << 32),
            media_decode_bytes_max: vars
                .var(
                    "ATELIER_MEDIA_MEMORY_MAX",
                    "The memory one picture may take while it is decoded, bytes.",
                )
                .number(image.decode_bytes_max, 1 << 20..=1 << 34),
            media_decode_bytes_total: vars
                .var(
                    "ATELIER_MEDIA_MEMORY_TOTAL",
                    "The memory that all pictures under way may take together, bytes; a larger one goes alone.",
                )
                .number(DECODE_BYTES_PER_SLOT * cpu_slots as u64, 1 << 20..=1 << 36),
            upload_chunks_max: vars
                .var("PENPOT_QUOTES_UPLOAD_CHUNKS_PER_SESSION", "Into how many pieces one upload may be cut.")
                .number(UPLOAD_CHUNKS_MAX, 1..=10_000),
            upload_sessions_max: vars
                .var(
                    "PENPOT_QUOTES_UPLOAD_SESSIONS_PER_PROFILE",
                    "Uploads in pieces that a person may have under way, with the flag quotes.",
                )
                .number(UPLOAD_SESSIONS_MAX, 1..=10_000),
            svg_bytes_max: vars
                .var("ATELIER_SVG_SIZE_MAX", "The largest uploaded SVG, bytes.")
                .number(svg.bytes_max, 1024..=1 << 28),
            svg_depth_max: vars
                .var("ATELIER_SVG_DEPTH_MAX", "How deep the elements of an SVG may lie in each other.")
                .number(svg.depth_max, 1..=1024),
            svg_elements_max: vars
                .var("ATELIER_SVG_ELEMENTS_MAX", "How many elements an SVG may have.")
                .number(svg.elements_max, 1..=10_000_000),
            cpu_slots,
            deletion_delay: vars
                .var("PENPOT_DELETION_DELAY", "How long deleted things can be brought back.")
                .duration(DELETION_DELAY),
            file_clean_delay: vars
                .var(
                    "PENPOT_FILE_CLEAN_DELAY",
                    "How long after a change unused pictures of a file are looked for.",
                )
                .duration(FILE_CLEAN_DELAY),
        }
    }

    /// What a picture may cost.
    pub fn image(&self) -> image::Limits {
        image::Limits { pixels_max: self.media_pixels_max, decode_bytes_max: self.media_decode_bytes_max }
    }

    /// What an SVG may cost.
    pub fn svg(&self) -> svg::Limits {
        svg::Limits {
            bytes_max: self.svg_bytes_max,
            depth_max: self.svg_depth_max,
            elements_max: self.svg_elements_max,
        }
    }
}
