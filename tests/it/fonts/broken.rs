//! Files that are no fonts, or that browsers would refuse: whoever sends one is told what is wrong, and nothing stays.

use super::scene::{upload, upload_all};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    font,
};

const TRUE_TYPE: [u8; 4] = *b"\0\x01\0\0";

/// A font of which one table is other, or not there.
fn with(tag: [u8; 4], table: Option<Vec<u8>>) -> Vec<u8> {
    let mut tables = font::true_type("Inky", 7, 0);
    match table {
        Some(table) => tables.insert(tag, table),
        None => tables.remove(&tag),
    };
    font::plain(TRUE_TYPE, &tables)
}

/// One whose table has other bytes at a place.
fn changed(tag: [u8; 4], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut table = font::true_type("Inky", 7, 0).remove(&tag).expect("a table");
    table[at..at + bytes.len()].copy_from_slice(bytes);
    with(tag, Some(table))
}

fn cut(mut file: Vec<u8>, left: usize) -> Vec<u8> {
    file.truncate(left);
    file
}

/// Other bytes at a place of a file.
fn patched(mut file: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

/// The media type, the file, the code of the refusal, and words of it.
type Refused = (&'static str, Vec<u8>, &'static str, &'static str);

fn no_fonts() -> Vec<Refused> {
    let ttf = font::ttf("Inky");
    let (woff, woff2) = (font::woff(&ttf), font::woff2(&ttf));
    let twice = patched(ttf.clone(), 12 + 16, &ttf[12..16]);
    vec![
        ("font/ttf", vec![], "invalid-font-upload", "no font"),
        ("font/ttf", b"<html>".to_vec(), "invalid-font-upload", "no font"),
        ("font/woff", b"<html>".to_vec(), "invalid-woff-file", "no font"),
        ("font/woff2", b"<html>".to_vec(), "invalid-woff2-file", "no font"),
        ("font/ttf", [b"ttcf".to_vec(), vec![0; 99]].concat(), "invalid-font-upload", "several fonts"),
        ("image/png", ttf.clone(), "media-type-not-allowed", "font/woff2"),
        ("font/ttf", woff.clone(), "media-type-mismatch", "WOFF"),
        ("font/woff", woff2.clone(), "media-type-mismatch", "WOFF 2"),
        ("font/woff2", ttf.clone(), "media-type-mismatch", "without a packing"),
        ("font/ttf", font::otf("Inky"), "media-type-mismatch", "font/otf"),
        ("font/ttf", cut(ttf.clone(), 20), "invalid-font-upload", "ends too early"),
        ("font/ttf", cut(ttf.clone(), ttf.len() - 40), "invalid-font-upload", "outside of the file"),
        ("font/ttf", twice, "invalid-font-upload", "comes twice"),
        ("font/ttf", patched(ttf, 4, &[0, 0]), "invalid-font-upload", "no tables"),
        ("font/woff", cut(woff.clone(), 200), "invalid-woff-file", "bytes"),
        ("font/woff", patched(woff.clone(), 44 + 4, &[0xFF; 4]), "invalid-woff-file", "outside"),
        ("font/woff2", cut(woff2.clone(), 200), "invalid-woff2-file", "damaged"),
        ("font/woff2", patched(woff2, 4, b"ttcf"), "invalid-woff2-file", "several fonts"),
    ]
}

fn refused_by_browsers() -> Vec<Refused> {
    let mut refused: Vec<Refused> =
        [*b"OS/2", *b"cmap", *b"hhea", *b"hmtx", *b"maxp", *b"name", *b"post", *b"loca"]
            .into_iter()
            .map(|tag| ("font/ttf", with(tag, None), "invalid-font-upload", "it has no table"))
            .collect();
    refused.extend([
        ("font/ttf", with(*b"glyf", None), "invalid-font-upload", "no outlines"),
        ("font/ttf", with(*b"OS/2", Some(vec![0; 10])), "invalid-font-upload", "OS/2: too short"),
        ("font/ttf", changed(*b"head", 18, &[0, 15]), "invalid-font-upload", "15 units"),
        ("font/ttf", changed(*b"head", 18, &[0x40, 1]), "invalid-font-upload", "16385 units"),
        ("font/ttf", changed(*b"head", 12, &[0; 4]), "invalid-font-upload", "its mark"),
        ("font/ttf", changed(*b"maxp", 4, &[0, 0]), "invalid-font-upload", "no glyphs"),
        ("font/ttf", changed(*b"maxp", 4, &[0xFF, 0xFF]), "invalid-font-upload", "too short for its glyphs"),
        ("font/ttf", changed(*b"hhea", 34, &[0, 0]), "invalid-font-upload", "widths"),
        ("font/ttf", changed(*b"cmap", 2, &[0, 0]), "invalid-font-upload", "no character"),
        ("font/ttf", changed(*b"cmap", 8, &[9; 4]), "invalid-font-upload", "cmap: a part"),
        ("font/ttf", changed(*b"loca", 8, &[9; 4]), "invalid-font-upload", "glyph 2 lies outside"),
    ]);
    refused
}

#[tokio::test]
async fn whoever_sends_no_font_is_told_why_and_nothing_stays() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    for (mtype, file, code, words) in no_fonts().into_iter().chain(refused_by_browsers()) {
        let answer = upload(&ana, &team, mtype, &file).await;
        assert_eq!(answer.failure(), format!("400 validation/{code}"), "{words}: {}", answer.text());
        let hint = answer.json()["hint"].clone();
        assert!(hint.as_str().is_some_and(|hint| hint.contains(words)), "{words}: {hint}");
    }
    let (ttf, broken) = (font::ttf("Inky"), font::woff(&with(*b"post", None)));
    let one_of_two = upload_all(&ana, &team, &[("font/ttf", &ttf), ("font/woff", &broken)]).await;
    assert_eq!(one_of_two.failure(), "400 validation/invalid-woff-file");
    assert_eq!(app.count("SELECT count(*) FROM team_font_variant").await, 0);
    assert!(app.blobs().is_empty());
}

#[tokio::test]
async fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (woff, woff2) = (font::woff(&font::ttf("Inky")), font::woff2(&font::ttf("Inky")));
    // The length of the first table, unpacked: four bytes there, five of seven bits here.
    let woff = patched(woff, 44 + 12, &u32::MAX.to_be_bytes());
    let length = woff2[48 + 5..].iter().position(|byte| byte & 0x80 == 0).expect("an end") + 1;
    let woff2 = [&woff2[..48 + 5], &[0x8F, 0xFF, 0xFF, 0xFF, 0x7F], &woff2[48 + 5 + length..]].concat();
    // Tables that share their bytes: 250 times a megabyte.
    let mut shared = [TRUE_TYPE.to_vec(), font::words(&[250, 0, 0, 0])].concat();
    for table in 0..250_u32 {
        shared.extend([table, 0, 12 + 16 * 250, 1 << 20].iter().flat_map(|number| number.to_be_bytes()));
    }
    shared.resize(shared.len() + (1 << 20), 0);
    for (mtype, file) in [("font/woff", woff), ("font/woff2", woff2), ("font/ttf", shared)] {
        let answer = upload(&ana, &team, mtype, &file).await;
        assert_eq!(
            answer.failure(),
            "400 restriction/font-max-file-size-reached",
            "{mtype} {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn fields_are_named_and_quotas_hold() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies enable-quotes")
        .set("PENPOT_QUOTES_FONT_VARIANTS_PER_TEAM", "1");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let mut fine = super::scene::params(&team);
    fine["data"] = json!({"font/ttf": font::base64(&font::ttf("Inky"))});
    let wrong = [
        ("fontFamily", json!("Inky'; } body { display: none")),
        ("fontFamily", json!("  ")),
        ("fontFamily", json!("x".repeat(251))),
        ("fontWeight", json!(150)),
        ("fontWeight", json!(0)),
        ("fontWeight", json!("bold")),
        ("fontStyle", json!("oblique")),
        ("fontId", json!("inky")),
    ];
    for (field, value) in wrong {
        let mut params = fine.clone();
        params[field] = value.clone();
        let refused = ana.call("create-font-variant", params).await;
        assert_eq!(refused.failure(), "400 validation/params-validation", "{field} {value}");
        let text = refused.text().to_lowercase().replace('-', "");
        assert!(text.contains(&field.to_lowercase()), "{field} {value}: {text}");
    }
    ana.call("create-font-variant", fine.clone()).await.ok();
    let more = ana.call("create-font-variant", fine.clone()).await;
    assert_eq!(more.failure(), "400 restriction/max-quote-reached");
    assert_eq!(more.json()["target"], "font-variants-per-team");
    let gone = json!({"teamId": team["id"], "id": fine["fontId"]});
    ana.call("delete-font", gone).await.ok();
    let more = ana.call("create-font-variant", fine).await;
    assert_eq!(more.failure(), "400 restriction/max-quote-reached", "what is in the bin counts");
}
