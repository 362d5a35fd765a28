//! Pictures made on the spot, sound and broken.

use std::io::Cursor;

use ::image::codecs::gif::GifEncoder;
use ::image::{Delay, Frame, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use ::image::ImageFormat;

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn source(bytes: &[u8]) -> Cursor<&[u8]> {
    Cursor::new(bytes)
}

fn red(width: u32, height: u32) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb([200, 30, 30]))
}

fn size_of(jpeg: &[u8]) -> (u32, u32) {
    let info = inspect(source(jpeg), "image/jpeg", &Limits::default()).unwrap();
    (info.width, info.height)
}

/// A JPEG whose metadata says how it is to be turned.
fn turned(picture: RgbImage, orientation: u8) -> Vec<u8> {
    let plain = encoded(picture, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(((exif.len() + 2) as u16).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes
}

/// A PNG header that claims a size, with the check sum right and little behind it.
fn claimed_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&header);
    bytes.extend(crc32(&header).to_be_bytes());
    let idat = [b"IDAT".as_slice(), &[0x78, 0x9c]].concat();
    bytes.extend([0, 0, 0, 2]);
    bytes.extend(&idat);
    bytes.extend(crc32(&idat).to_be_bytes());
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

#[test]
fn knows_the_real_format() {
    let limits = Limits::default();
    for (format, mtype) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let bytes = encoded(red(30, 20), format);
        let info = inspect(source(&bytes), &mtype.to_uppercase(), &limits).unwrap();
        assert_eq!((info.format.mtype(), info.width, info.height), (mtype, 30, 20));
        let whole = Ok(Some(bytes.len() as u64));
        assert_eq!(end(source(&bytes)), whole, "{mtype}");
        assert_eq!(end(source(&[&bytes[..], b"<script>"].concat())), whole, "{mtype}");
        let other = if mtype == "image/png" { "image/jpeg" } else { "image/png" };
        let refused = inspect(source(&bytes), other, &limits).unwrap_err();
        let expected = ImageError::TypeMismatch { declared: other.to_owned(), found: Some(info.format) };
        assert_eq!(refused, expected);
    }
    let text = inspect(source(b"<svg/>"), "image/png", &limits).unwrap_err();
    assert_eq!(text.to_string(), "declared as image/png but is something else");
}

#[test]
fn refuses_pixel_bombs_before_decoding() {
    let bomb = claimed_png(12_000, 12_000);
    let expected = ImageError::TooManyPixels { width: 12_000, height: 12_000, pixels_max: 128_000_000 };
    assert_eq!(inspect(source(&bomb), "image/png", &Limits::default()), Err(expected.clone()));
    assert_eq!(thumbnail(source(&bomb), &Limits::default(), Thumbnail::MEDIA), Err(expected));
    assert!(accept(source(&claimed_png(u32::MAX, 1)), "image/png", &Limits::default(), None).is_err());
}

#[test]
fn refuses_what_needs_too_much_memory() {
    let limits = Limits { decode_bytes_max: 1000, ..Limits::default() };
    let bytes = encoded(red(100, 100), ImageFormat::Png);
    assert_eq!(accept(source(&bytes), "image/png", &limits, None), Err(ImageError::TooMuchMemory));
}

#[test]
fn refuses_every_cut_of_every_format() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let bytes = encoded(red(40, 40), format);
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let refused = accept(source(cut), format.to_mime_type(), &Limits::default(), None).unwrap_err();
            let expected =
                matches!(refused, ImageError::Invalid(_) | ImageError::TypeMismatch { found: None, .. });
            assert!(expected, "{format:?} {length}: {refused}");
        }
    }
}

#[test]
fn refuses_broken_pixels() {
    let mut bytes = encoded(red(40, 40), ImageFormat::Png);
    let middle = bytes.windows(4).position(|name| name == b"IDAT").unwrap() + 8;
    bytes[middle] ^= 0xff;
    assert!(inspect(source(&bytes), "image/png", &Limits::default()).is_ok());
    let refused = accept(source(&bytes), "image/png", &Limits::default(), Some(Thumbnail::MEDIA));
    assert!(matches!(refused, Err(ImageError::Invalid(_))));
}

#[test]
fn survives_noise() {
    let mut seed = 7_u64;
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
        let sound = encoded(red(33, 17), format);
        for _ in 0..300 {
            let mut bytes = sound.clone();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (seed >> 33) as usize % bytes.len();
                bytes[at] = (seed >> 20) as u8;
            }
            let limits = Limits { pixels_max: 1_000_000, decode_bytes_max: 8_000_000 };
            // Either outcome is right; only a panic or a crossed cap would not be.
            if let Ok(accepted) =
                accept(source(&bytes), format.to_mime_type(), &limits, Some(Thumbnail::MEDIA))
            {
                assert!(u64::from(accepted.info.width) * u64::from(accepted.info.height) <= 1_000_000);
            }
        }
    }
}

#[test]
fn makes_thumbnails_that_only_shrink() {
    let limits = Limits::default();
    for ((width, height), expected) in
        [((400, 200), (100, 50)), ((200, 400), (50, 100)), ((5000, 10), (100, 1)), ((60, 40), (60, 40))]
    {
        let bytes = encoded(red(width, height), ImageFormat::Png);
        assert_eq!(size_of(&thumbnail(source(&bytes), &limits, Thumbnail::MEDIA).unwrap()), expected);
    }
    let small = encoded(red(100, 100), ImageFormat::Png);
    assert_eq!(accept(source(&small), "image/png", &limits, Some(Thumbnail::MEDIA)).unwrap().thumbnail, None);
    let large = encoded(red(101, 10), ImageFormat::Png);
    let accepted = accept(source(&large), "image/png", &limits, Some(Thumbnail::MEDIA)).unwrap();
    assert_eq!(size_of(&accepted.thumbnail.unwrap()), (100, 10));
}

#[test]
fn fills_the_box_from_the_centre() {
    let mut picture = RgbImage::from_pixel(300, 100, Rgb([0, 0, 255]));
    for (_, _, pixel) in picture.enumerate_pixels_mut().filter(|(x, _, _)| (100..200).contains(x)) {
        *pixel = Rgb([0, 255, 0]);
    }
    let jpeg =
        thumbnail(source(&encoded(picture, ImageFormat::Png)), &Limits::default(), Thumbnail::PHOTO).unwrap();
    let photo = ::image::load_from_memory(&jpeg).unwrap().into_rgb8();
    assert_eq!(photo.dimensions(), (256, 256));
    for at in [(10, 10), (245, 245), (128, 128)] {
        assert!(photo.get_pixel(at.0, at.1)[1] > 240, "{at:?}");
    }
}

#[test]
fn turns_pictures_upright() {
    let mut picture = RgbImage::from_pixel(200, 100, Rgb([255, 255, 255]));
    for (_, _, pixel) in picture.enumerate_pixels_mut().filter(|(x, _, _)| *x < 100) {
        *pixel = Rgb([0, 0, 0]);
    }
    for (orientation, size, dark) in [
        (1, (200, 100), (25, 25)),
        (6, (100, 200), (25, 25)),
        (8, (100, 200), (25, 75)),
        (3, (200, 100), (75, 25)),
    ] {
        let bytes = turned(picture.clone(), orientation);
        let info = inspect(source(&bytes), "image/jpeg", &Limits::default()).unwrap();
        assert_eq!((info.width, info.height), size, "orientation {orientation}");
        let jpeg = thumbnail(source(&bytes), &Limits::default(), Thumbnail::MEDIA).unwrap();
        let small = ::image::load_from_memory(&jpeg).unwrap().into_rgb8();
        assert_eq!(small.dimensions(), (size.0 / 2, size.1 / 2));
        assert!(small.get_pixel(dark.0, dark.1)[0] < 30, "orientation {orientation}");
    }
}

#[test]
fn lays_transparency_on_white() {
    let clear = RgbaImage::from_pixel(200, 200, Rgba([0, 0, 0, 0]));
    let jpeg =
        thumbnail(source(&encoded(clear, ImageFormat::Png)), &Limits::default(), Thumbnail::MEDIA).unwrap();
    let small = ::image::load_from_memory(&jpeg).unwrap().into_rgb8();
    assert!(small.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
}

#[test]
fn takes_the_first_frame_of_an_animation() {
    let mut bytes = Vec::new();
    let frame = |colour| {
        let picture = RgbaImage::from_pixel(150, 150, Rgba(colour));
        Frame::from_parts(picture, 0, 0, Delay::from_numer_denom_ms(100, 1))
    };
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.encode_frames([frame([255, 0, 0, 255]), frame([0, 0, 255, 255])]).unwrap();
    drop(encoder);
    let jpeg = thumbnail(source(&bytes), &Limits::default(), Thumbnail::MEDIA).unwrap();
    let small = ::image::load_from_memory(&jpeg).unwrap().into_rgb8();
    assert!(small.get_pixel(50, 50)[0] > 200);
}
