//! Pictures drawn for tests: nothing is read from outside.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// A drawn picture of this size, in this format; `seed` changes its content.
pub fn draw(width: u32, height: u32, format: ImageFormat, seed: u8) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 255 / width.max(1)) as u8, (y * 255 / height.max(1)) as u8, seed])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// A PNG.
pub fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    draw(width, height, ImageFormat::Png, seed)
}

/// A JPEG.
pub fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    draw(width, height, ImageFormat::Jpeg, seed)
}
