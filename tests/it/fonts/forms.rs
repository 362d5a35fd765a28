//! Each form in which a font can be sent, and what it is kept as: read by others than us.

use super::scene::{self, FILES, FONT, bytes, facts, packed, upload, upload_all};
use serde_json::{Value as Json, json};
use tests::{app::TestApp, font, person::Person};
use transit::value::Value;

/// What has to be the same in every form.
const KEPT: [&str; 7] = ["names", "characters", "line", "kerning", "ligatures", "order", "outlines"];

async fn scene() -> (TestApp, Person, Json) {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    (app, ana, team)
}

/// The files of a variant that are there, by where they stand.
async fn files(by: &Person, variant: &Json) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![];
    for (at, mtype) in FILES {
        let Some(id) = variant[at].as_str() else { continue };
        let answer = by.get(&format!("/assets/by-id/{id}")).await;
        // Where the OTF is the TTF, both are one.
        if variant[at] != variant["ttfFileId"] || at == "ttfFileId" {
            assert_eq!(answer.header("content-type"), mtype);
        }
        files.push((at, answer.bytes));
    }
    files
}

fn same(kept: &[&str], one: &Json, two: &Json, what: &str) {
    for name in kept {
        assert_eq!(one[name], two[name], "{what}: {name}");
    }
}

/// The words that other programs read in the font that was sent.
fn expected(fact: &Json) {
    assert_eq!(fact["kerning"], json!({"V A": font::KERNING}));
    assert_eq!(fact["ligatures"], json!({"f i": "f_i"}));
    assert_eq!(fact["characters"], json!({"32": "space", "65": "A", "86": "V", "102": "f", "105": "i"}));
    assert_eq!(fact["names"]["3 1"], "Inky");
    assert_eq!(fact["line"], json!([1000, 800, -200, 800]));
}

#[tokio::test]
async fn quadratic_outlines_stay_byte_for_byte_in_every_form() {
    let (_app, ana, team) = scene().await;
    let ttf = font::ttf("Inky");
    let sent = [
        ("font/ttf", ttf.clone()),
        // It is OpenType too.
        ("font/otf", ttf.clone()),
        ("font/woff", font::woff(&ttf)),
        ("font/woff2", font::woff2(&ttf)),
        ("font/woff2", packed(&ttf).await),
    ];
    for (mtype, file) in sent {
        let variant = upload(&ana, &team, mtype, &file).await.ok();
        assert_eq!(variant["ttfFileId"], variant["otfFileId"], "{mtype}");
        assert_eq!(variant["woff2FileId"].is_null(), mtype != "font/woff2", "it is kept, and never made");
        let files = files(&ana, &variant).await;
        let read = facts(&files.iter().map(|(_, file)| file.as_slice()).collect::<Vec<_>>()).await;
        for ((at, stored), fact) in files.iter().zip(&read) {
            expected(fact);
            same(&KEPT, &read[0], fact, &format!("{mtype} {at}"));
            same(&["metrics", "tables"], &read[0], fact, &format!("{mtype} {at}"));
            assert_eq!(fact["version"], "00010000");
            let flavor = match *at {
                "woff1FileId" => json!("woff"),
                "woff2FileId" => json!("woff2"),
                _ => Json::Null,
            };
            assert_eq!(fact["flavor"], flavor);
            let mtype_at = FILES.iter().find(|(place, _)| place == at).expect("a place").1;
            if mtype_at == mtype {
                assert!(*stored == file, "what was sent is kept as it came");
            }
        }
    }
}

#[tokio::test]
async fn cubic_outlines_get_quadratic_ones_for_those_who_draw_no_others() {
    let (_app, ana, team) = scene().await;
    let otf = font::otf("Inky");
    let original = facts(&[&otf]).await.remove(0);
    for (mtype, file) in
        [("font/otf", otf.clone()), ("font/woff", font::woff(&otf)), ("font/woff2", font::woff2(&otf))]
    {
        let variant = upload(&ana, &team, mtype, &file).await.ok();
        let files = files(&ana, &variant).await;
        let read = facts(&files.iter().map(|(_, file)| file.as_slice()).collect::<Vec<_>>()).await;
        for ((at, _), fact) in files.iter().zip(&read) {
            expected(fact);
            if *at != "ttfFileId" {
                assert_eq!(fact["version"], "4f54544f", "{at}");
                same(&KEPT, &original, fact, &format!("{mtype} {at}"));
                same(&["metrics", "tables"], &original, fact, at);
                continue;
            }
            assert_eq!(fact["version"], "00010000");
            same(&KEPT[..6], &original, fact, &format!("{mtype} {at}"));
            assert_eq!(fact["tables"], json!(quadratic(&original)));
            like(&original, fact);
        }
    }
}

/// The tables of a font once its outlines are quadratic.
fn quadratic(original: &Json) -> Vec<String> {
    let tables = original["tables"].as_array().expect("a list");
    let mut tables: Vec<String> = tables
        .iter()
        .map(|tag| tag.as_str().expect("a name").to_owned())
        .filter(|tag| tag != "CFF ")
        .collect();
    tables.extend(["glyf".to_owned(), "loca".to_owned()]);
    tables.sort();
    tables
}

/// Nobody sees the difference between these outlines.
fn like(cubic: &Json, quadratic: &Json) {
    for (name, one) in cubic["outlines"].as_object().expect("a map") {
        let two = &quadratic["outlines"][name];
        let (one_area, two_area) = (one["area"].as_f64().expect("one"), two["area"].as_f64().expect("two"));
        assert!((one_area - two_area).abs() <= one_area * 0.01, "{name}: {one_area} {two_area}");
        // Ends of curves are the same; the points that they bend around are others.
        for side in [0, 1, 3] {
            assert_eq!(one["bounds"][side].as_f64(), two["bounds"][side].as_f64(), "{name}");
        }
        let metric = |fact: &Json| fact["metrics"][name][0].clone();
        assert_eq!(metric(cubic), metric(quadratic), "{name}");
    }
}

#[tokio::test]
async fn a_variable_font_stays_one() {
    let (_app, ana, team) = scene().await;
    let axis = [
        font::words(&[1, 0, 16, 2, 1, 20, 0, 8]),
        b"wght".to_vec(),
        font::words(&[100, 0, 400, 0, 900, 0, 0, 256]),
    ];
    let mut tables = font::true_type("Inky", 7, 0);
    tables.insert(*b"fvar", axis.concat());
    let ttf = font::plain(*b"\0\x01\0\0", &tables);
    let variant = upload(&ana, &team, "font/ttf", &ttf).await.ok();
    let woff = bytes(&ana, &variant["woff1FileId"]).await;
    let read = facts(&[&ttf, &woff]).await;
    same(&["tables", "outlines"], &read[0], &read[1], "WOFF");
    assert!(read[1]["tables"].as_array().expect("a list").contains(&json!("fvar")));

    // Of cubic outlines only one moment could be kept: what would be lost is not there instead.
    let mut tables = font::post_script("Inky", 7);
    tables.insert(*b"fvar", axis.concat());
    let otf = font::plain(*b"OTTO", &tables);
    let variant = upload(&ana, &team, "font/otf", &otf).await.ok();
    assert_eq!(variant["ttfFileId"], Json::Null);
    assert!(bytes(&ana, &variant["otfFileId"]).await == otf);
    let woff = bytes(&ana, &variant["woff1FileId"]).await;
    same(&["tables", "outlines"], &facts(&[&otf]).await[0], &facts(&[&woff]).await[0], "WOFF");
}

#[tokio::test]
async fn several_files_of_one_variant_are_kept_as_they_came() {
    let (app, ana, team) = scene().await;
    let (ttf, otf) = (font::ttf("Inky"), font::otf("Inky"));
    let (woff, woff2) = (font::woff(&ttf), font::woff2(&ttf));
    let all = [
        ("font/ttf", ttf.as_slice()),
        ("font/otf", otf.as_slice()),
        ("font/woff", woff.as_slice()),
        ("font/woff2", woff2.as_slice()),
    ];
    let variant = upload_all(&ana, &team, &all).await.ok();
    for ((at, mtype), (sent, file)) in FILES.into_iter().zip(all) {
        assert!(mtype == sent && bytes(&ana, &variant[at]).await == file, "{at}");
    }
    let again = upload_all(&ana, &team, &all).await.ok();
    assert_ne!(again["id"], variant["id"]);
    assert_eq!(again["woff1FileId"], variant["woff1FileId"], "equal content is stored once");
    assert_eq!(app.blobs().len(), 4);
}

#[tokio::test]
async fn the_answer_is_the_row_in_both_formats() {
    let (app, ana, team) = scene().await;
    let ttf = font::ttf("Inky");
    // In JSON bytes are base64 text, and both formats take pieces.
    let mut params = scene::params(&team);
    let (first, second) = ttf.split_at(300);
    params["data"] = json!({"font/ttf": [font::base64(first), font::base64(second)]});
    params["variantName"] = json!("Book");
    let variant = ana.call("create-font-variant", params).await.ok();
    assert_eq!((&variant["fontFamily"], &variant["fontWeight"]), (&json!("Inky"), &json!(400)));
    assert_eq!((&variant["fontStyle"], &variant["variantName"]), (&json!("normal"), &json!("Book")));
    assert_eq!((&variant["teamId"], &variant["fontId"]), (&team["id"], &json!(FONT)));
    assert_eq!(variant["profileId"], ana.profile["id"]);
    assert!(bytes(&ana, &variant["ttfFileId"]).await == ttf);
    let listed = ana.call("get-font-variants", json!({"teamId": team["id"]})).await.ok();
    assert_eq!(listed, json!([variant]));

    let pieces = Value::Vec(vec![Value::Bytes(first.to_vec()), Value::Bytes(second.to_vec())]);
    let params = scene::in_transit(&team, vec![(Value::keyword("font/ttf"), pieces)]);
    let answer = ana.call_transit("create-font-variant", &params).await.transit();
    let id = variant["ttfFileId"].as_str().expect("an id").parse().expect("a uuid");
    assert_eq!(answer.get("ttf-file-id"), Some(&Value::Uuid(id)));
    assert_eq!(answer.get("font-weight"), Some(&Value::Int(400)));
    assert_eq!(answer.get("font-style"), Some(&Value::text("normal")));

    let event =
        "SELECT count(*) FROM audit_log WHERE name = 'create-font-variant' AND props->>'font-family' = 'Inky'
                    AND props->'data' = '[\"font/ttf\"]'";
    assert_eq!(app.count(event).await, 2, "the forms of its files, and not their bytes");
}
