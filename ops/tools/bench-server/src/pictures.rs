//! Pictures to upload, all of them different: photos, screens and icons, and noise as large as it may be.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use anyhow::{Context as _, Result};
use image::{
    ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
    },
};
use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::SmallRng};

/// Bytes and what they are.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) mtype: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// The side of a square of noise that is just below 30 MiB.
pub(crate) const NOISE_SIDE: u32 = 3230;
const JPEG_QUALITY: u8 = 85;

/// So many pictures: of ten, six photos, three screens and an icon.
pub(crate) fn mix(count: usize) -> Result<Vec<Picture>> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let draw = || -> Result<Vec<(usize, Picture)>> {
        let mut drawn = vec![];
        loop {
            let number = next.fetch_add(1, Relaxed);
            if number >= count {
                return Ok(drawn);
            }
            let seed = number as u64;
            let picture = match number % 10 {
                0..6 => photo(seed)?,
                6..9 => screen(seed)?,
                _ => icon(seed)?,
            };
            drawn.push((number, picture));
        }
    };
    let mut drawn = std::thread::scope(|scope| -> Result<Vec<(usize, Picture)>> {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(draw)).collect();
        let mut all = vec![];
        for worker in workers {
            all.extend(worker.join().ok().context("a picture could not be drawn")??);
        }
        Ok(all)
    })?;
    drawn.sort_by_key(|(number, _)| *number);
    Ok(drawn.into_iter().map(|(_, picture)| picture).collect())
}

/// What a mix is, in words.
pub(crate) fn describe(pictures: &[Picture]) -> String {
    let kib = |wanted: &dyn Fn(usize) -> bool| {
        let sizes = pictures.iter().enumerate().filter(|(number, _)| wanted(number % 10));
        let sizes: Vec<usize> = sizes.map(|(_, picture)| picture.bytes.len()).collect();
        sizes.iter().sum::<usize>() / sizes.len().max(1) / 1024
    };
    format!(
        "{} pictures: 60 % JPEG 1600x1200 of {} KiB, 30 % PNG 800x600 of {} KiB, 10 % PNG 64x64 of {} KiB; \
         {} KiB on average",
        pictures.len(),
        kib(&|kind| kind < 6),
        kib(&|kind| (6..9).contains(&kind)),
        kib(&|kind| kind == 9),
        kib(&|_| true),
    )
}

/// Light that changes slowly, and the noise of a sensor.
fn photo(seed: u64) -> Result<Picture> {
    let (width, height) = (1600, 1200);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut noise = vec![0; (width * height) as usize];
    random.fill_bytes(&mut noise);
    let turn = random.random_range(0..255u32);
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let grain = i32::from(noise[(y * width + x) as usize] % 16) - 8;
        let part = |value: u32| (value.cast_signed() + grain).clamp(0, 255) as u8;
        Rgb([part((x / 8 + turn) % 200), part((y / 6 + x / 16) % 220), part((turn + y / 9) % 240)])
    });
    let mut bytes = vec![];
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(&pixels)?;
    Ok(Picture { mtype: "image/jpeg", bytes })
}

/// Boxes of even colour, as programs draw them, and a picture with some grain among them.
fn screen(seed: u64) -> Result<Picture> {
    let (width, height) = (800, 600);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut pixels = RgbImage::from_pixel(width, height, Rgb([245, 245, 248]));
    for _ in 0..60 {
        let (left, top) = (random.random_range(0..width - 20), random.random_range(0..height - 20));
        let (wide, high) = (random.random_range(10..200), random.random_range(4..60));
        let colour = Rgb(random.random::<[u8; 3]>());
        for (x, y) in area(left, top, wide, high, width, height) {
            pixels.put_pixel(x, y, colour);
        }
    }
    for (x, y) in area(random.random_range(0..400), random.random_range(0..300), 240, 180, width, height) {
        let grain = random.random_range(0..12);
        pixels.put_pixel(x, y, Rgb([(x / 4) as u8 + grain, (y / 4) as u8 + grain, 90 + grain]));
    }
    png(pixels.as_raw(), width, height, ExtendedColorType::Rgb8, CompressionType::Default)
}

fn area(
    left: u32,
    top: u32,
    wide: u32,
    high: u32,
    width: u32,
    height: u32,
) -> impl Iterator<Item = (u32, u32)> {
    let (right, bottom) = ((left + wide).min(width), (top + high).min(height));
    (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y)))
}

/// A disc on nothing, smaller than a thumbnail.
fn icon(seed: u64) -> Result<Picture> {
    let colour: [u8; 3] = SmallRng::seed_from_u64(seed).random();
    let pixels = RgbaImage::from_fn(64, 64, |x, y| {
        let (across, down) = (x.cast_signed() - 32, y.cast_signed() - 32);
        let alpha = (1024 - across * across - down * down).clamp(0, 255) as u8;
        Rgba([colour[0], colour[1], colour[2].wrapping_add((x + y) as u8), alpha])
    });
    png(pixels.as_raw(), 64, 64, ExtendedColorType::Rgba8, CompressionType::Default)
}

/// A square of nothing but noise, which no compression makes smaller: three bytes a pixel.
pub(crate) fn noise(side: u32) -> Result<Picture> {
    let mut pixels = vec![0; (side * side * 3) as usize];
    SmallRng::seed_from_u64(rand::random()).fill_bytes(&mut pixels);
    png(&pixels, side, side, ExtendedColorType::Rgb8, CompressionType::Uncompressed)
}

fn png(
    pixels: &[u8],
    width: u32,
    height: u32,
    colour: ExtendedColorType,
    compression: CompressionType,
) -> Result<Picture> {
    let mut bytes = vec![];
    let filter = if matches!(compression, CompressionType::Uncompressed) {
        FilterType::NoFilter
    } else {
        FilterType::Adaptive
    };
    PngEncoder::new_with_quality(&mut bytes, compression, filter)
        .write_image(pixels, width, height, colour)?;
    Ok(Picture { mtype: "image/png", bytes })
}
