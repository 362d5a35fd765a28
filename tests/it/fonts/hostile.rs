//! Fonts that were made to do harm: whatever their bytes say, there is an answer, soon.

use super::scene::upload;
use bytes::Bytes;
use platform::font::{FontLimits, read};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;
use tests::{app::TestApp, font};

/// Some bytes are others, some are gone.
fn spoilt(file: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..file.len());
        match random.random_range(0..4) {
            0 => file[at] = random.random(),
            1 => file[at] ^= 1 << random.random_range(0..8),
            2 => file[at..].iter_mut().take(4).for_each(|byte| *byte = 0xFF),
            _ => file.truncate(at.max(1)),
        }
    }
    file
}

/// The library that reads WOFF 2 and those that draw are others' work: none of them may fall over what is sent.
#[test]
fn no_byte_makes_a_reader_fall_over() {
    let (ttf, otf) = (font::ttf("Inky"), font::otf("Inky"));
    let files = [font::woff(&ttf), font::woff2(&otf), font::woff2(&ttf), ttf, otf];
    let limits = FontLimits::default();
    let (mut random, mut taken) = (StdRng::seed_from_u64(17), 0);
    for round in 0..4_000 {
        let file = spoilt(&files[round % files.len()], &mut random);
        if let Ok(font) = read(&Bytes::from(file), &limits) {
            taken += 1;
            let again = read(&Bytes::from(font.woff()), &limits).expect("what was taken can be read again");
            assert_eq!(again.plain(), font.plain());
            let _ = font.true_type(&limits);
        }
    }
    assert!(taken > 100, "{taken} of them said nothing new");
}

/// Each subroutine calls the next one a hundred times: ten of them would draw for ages.
fn bomb() -> Vec<u8> {
    let call = |subroutine: u8| [[subroutine + 139 - 107, 29].repeat(100), vec![11]].concat();
    let subroutines: Vec<Vec<u8>> = (1..10).map(call).chain([vec![11]]).collect();
    let glyphs: Vec<Vec<u8>> = (0..7).map(|_| vec![139 - 107, 29, 14]).collect();
    let mut tables = font::post_script("Bomb", 7);
    tables.insert(*b"CFF ", font::cff(&glyphs, &subroutines));
    font::plain(*b"OTTO", &tables)
}

#[tokio::test]
async fn outlines_that_never_end_are_given_up() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let refused = upload(&ana, &team, "font/otf", &bomb()).await;
    assert_eq!(refused.failure(), "400 validation/invalid-font-upload");
    assert!(refused.text().contains("glyph 0 cannot be drawn"), "{}", refused.text());

    let font = read(&Bytes::from(font::otf("Inky")), &FontLimits::default()).expect("a font");
    let hurried = font.true_type(&FontLimits { time_max: Duration::ZERO, ..FontLimits::default() });
    let small = font.true_type(&FontLimits { unpacked_bytes_max: 20, ..FontLimits::default() });
    let words = [hurried, small].map(|refused| refused.expect_err("too much").to_string());
    assert!(words[0].contains("too complicated") && words[1].contains("more than 20 bytes"), "{words:?}");
}
