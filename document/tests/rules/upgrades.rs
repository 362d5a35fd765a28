//! Older documents, one change of the data model at a time.

use crate::doc::*;
use crate::scene::*;
use document::validate::Defect;
use transit::value::Value;

/// A document with this shape, of which one change of the data model is lacking, afterwards.
fn with_shape(lacking: &str, shape: Value) -> Doc {
    Doc::upgraded(Scene::default().shape(1, 0, shape).doc().data(), &[lacking])
}

fn codes(doc: &Doc) -> Vec<&'static str> {
    check(doc).into_iter().map(|finding| finding.defect.code()).collect()
}

#[test]
fn interactions_that_are_not_valid_go() {
    let valid =
        map([("event-type", text("click")), ("action-type", text("navigate")), ("destination", id(5))]);
    let broken = with(valid.clone(), [("action-type", text("fly"))]);
    let shape = with(shape("rect"), [("interactions", Value::Vec(vec![broken, valid, Value::Nil]))]);
    let doc = with_shape("0002-clean-shape-interactions", shape);
    let left = doc.get(1, "interactions");
    let [only] = left.items().unwrap() else { panic!("{left:?}") };
    assert_eq!((only.get("event-type"), only.get("destination")), (Some(&kw("click")), Some(&id(5))));
}

#[test]
fn the_root_of_a_page_is_in_itself_and_whole() {
    let mut data = Doc::new().data();
    let objects = |data: &mut Value| {
        let page = data.at_mut(&kw("pages-index")).and_then(|pages| pages.at_mut(&id(100))).unwrap();
        page.take("objects").unwrap()
    };
    let put = |data: &mut Value, objects: Value| {
        let page = data.at_mut(&kw("pages-index")).and_then(|pages| pages.at_mut(&id(100))).unwrap();
        page.put("objects", objects);
    };
    let mut own = objects(&mut data);
    let root = own.at_mut(&id(0)).unwrap();
    root.put("parent-id", Value::Nil);
    root.put("frame-id", id(7));
    root.put("x", Value::Int(3));
    root.put("selrect", Value::Int(1));
    root.take("points");
    put(&mut data, own.clone());
    let doc = Doc::upgraded(data.clone(), &["0003-fix-root-shape"]);
    assert_eq!((doc.get(0, "parent-id"), doc.get(0, "frame-id")), (id(0), id(0)));
    assert_eq!(doc.get(0, "selrect").get("x2"), Some(&Value::Float(3.01)));
    assert_eq!(doc.get(0, "points").items().unwrap().len(), 4);
    // Without a root nothing of the page would be seen.
    let stray = with(shape("rect"), [("parent-id", id(0)), ("frame-id", id(0))]);
    put(&mut data, Value::Map(vec![(id(2), stray)]));
    let doc = Doc::upgraded(data, &["0003-fix-root-shape"]);
    assert_eq!((doc.children(0), codes(&doc)), (vec![2], vec![]));
}

#[test]
fn a_direction_that_was_written_backwards_is_turned() {
    for (old, new) in [("reverse-row", "row-reverse"), ("reverse-column", "column-reverse"), ("row", "row")] {
        let shape = with(shape("frame"), [("layout-flex-dir", text(old))]);
        assert_eq!(with_shape("0017-fix-layout-flex-dir", shape).get(1, "layout-flex-dir"), kw(new));
    }
}

#[test]
fn shapes_are_kept_of_deleted_components_only() {
    let kept = Value::Map(vec![(id(1), with(main(301), [("parent-id", id(0)), ("frame-id", id(0))]))]);
    let keeping = || with(of_main(1), [("objects", kept.clone())]);
    let deleted = with(of_main(3), [("deleted", Value::Bool(true))]);
    let gone = with(of_main(9), [("objects", kept.clone())]);
    let scene = Scene::default()
        .component(301, keeping())
        .component(302, deleted)
        .component(303, gone)
        .shape(1, 0, main(301));
    let doc = Doc::upgraded(scene.doc().data(), &["0018-remove-unneeded-objects-from-components"]);
    assert_eq!(doc.component(301, "objects"), Value::Nil);
    assert_eq!(doc.component(302, "objects"), Value::Map(vec![]));
    // Nothing else is left of it.
    assert_eq!(doc.component(303, "objects").entries().len(), 1);
}

/// Component 301 with main 1, in which 2 is a copy of 302; 303 is another. Copy 3 of 301 holds 4.
fn swapped(four: Value) -> Scene {
    Scene::default()
        .component(301, of_main(1))
        .component(302, of_main(10))
        .component(303, of_main(20))
        .shape(10, 0, main(302))
        .shape(20, 0, main(303))
        .shape(1, 0, main(301))
        .shape(2, 1, nested(302, 10))
        .shape(3, 0, copy(301, 1))
        .shape(4, 3, four)
}

#[test]
fn a_copied_head_that_was_swapped_notes_for_what() {
    let data = swapped(nested(303, 20)).doc().data();
    let doc = Doc::upgraded(data.clone(), &["0019-fix-missing-swap-slots"]);
    assert_eq!((doc.touched(4), codes(&doc)), (vec![slot(2)], vec![]));
    // Elsewhere it would not be swapped, but wrong.
    let doc = Doc::upgraded(data, &["0020-sync-component-id-with-near-main"]);
    assert_eq!(codes(&doc), [Defect::MissingSlot.code()]);
}

#[test]
fn a_copied_head_names_the_component_of_what_it_follows_through_all_copies() {
    // 6 follows 4, which follows 2: both name another component.
    let scene = swapped(nested(303, 2))
        .component(304, of_main(5))
        .shape(5, 0, main(304))
        .shape(6, 5, nested(301, 1))
        .shape(7, 6, nested(303, 2))
        .shape(8, 0, copy(304, 5))
        .shape(9, 8, nested(301, 6))
        .shape(11, 9, nested(303, 7));
    let doc = Doc::upgraded(scene.doc().data(), &["0020-sync-component-id-with-near-main"]);
    for number in [4, 7, 11] {
        assert_eq!(doc.get(number, "component-id"), id(302), "{number}");
    }
    assert_eq!(codes(&doc), Vec::<&str>::new());
}

#[test]
fn links_are_put_right_in_what_is_kept_of_deleted_components_too() {
    let placed = |scene: &Scene, number| (id(number), scene.placed(number));
    let scene = swapped(nested(303, 2));
    let kept = Value::Map(vec![placed(&scene, 3), placed(&scene, 4)]);
    let gone = with(of_main(3), [("deleted", Value::Bool(true)), ("objects", kept)]);
    let mut data = scene.component(305, gone).doc().data();
    let page = data.at_mut(&kw("pages-index")).and_then(|pages| pages.at_mut(&id(100))).unwrap();
    page.at_mut(&kw("objects")).unwrap().take_at(&id(4));
    let doc = Doc::upgraded(data, &["0020-sync-component-id-with-near-main"]);
    assert_eq!(doc.at(&[kw("components"), id(305), kw("objects"), id(4), kw("component-id")]), id(302));
}

#[test]
fn attributes_of_svg_are_named_as_scripts_name_them() {
    let attributes = Value::Map(vec![
        (kw("stroke-linecap"), text(" round ")),
        (text("xlink:href"), text("#a")),
        (kw("class"), text("c")),
        (kw("viewBox"), text("0 0 1 1")),
        (kw("style"), text("fill:red; -webkit-box: 1;fill:blue")),
        (kw("onclick"), text("x()")),
        (text("sodipodi:nodetypes"), text("ccc")),
        (kw("data-name"), text("n")),
        (kw("empty"), Value::Nil),
    ]);
    let shape =
        with(shape("rect"), [("svg-attrs", attributes), ("svg-viewbox", map([("x", Value::Int(1))]))]);
    let doc = with_shape("0021-fix-shape-svg-attrs", shape);
    let style = map([("fill", text("red")), ("WebkitBox", text("1"))]);
    let wanted = map([
        ("strokeLinecap", text("round")),
        ("xlinkHref", text("#a")),
        ("className", text("c")),
        ("viewBox", text("0 0 1 1")),
        ("style", style),
    ]);
    assert_eq!(doc.get(1, "svg-attrs"), wanted);
    let view = doc.get(1, "svg-viewbox");
    assert!(matches!(&view, Value::Tagged(tag, _) if tag == "rect"));
    assert_eq!((view.get("x2"), view.get("height")), (Some(&Value::Float(1.01)), Some(&Value::Float(0.01))));
}

#[test]
fn of_a_shape_that_is_no_root_nothing_is_said_and_the_links_are_looked_at_again() {
    let four = with(nested(303, 2), [("component-root", Value::Bool(false))]);
    let doc = Doc::upgraded(swapped(four).doc().data(), &["0022-normalize-component-root-and-resync"]);
    assert_eq!((doc.get(4, "component-root"), doc.get(4, "component-id")), (Value::Nil, id(302)));
    let four = with(nested(303, 20), [("component-root", Value::Bool(false))]);
    let doc = Doc::upgraded(swapped(four).doc().data(), &["0022-normalize-component-root-and-resync"]);
    assert_eq!(doc.touched(4), [slot(2)]);
}

/// A library of tokens with set "a", and a theme with "a" and "b", active.
fn library() -> Value {
    let file = r#"{"a":{},"$themes":[{"name":"t","group":"g","selectedTokenSets":{"a":"enabled"}}],
        "$metadata":{"activeThemes":["g/t"]}}"#;
    let library = document::tokens::dtcg::read(text(file), 5).unwrap();
    let mut doc = Doc::after([change("set-tokens-lib", [("tokens-lib", library)])]);
    let themes = doc.at(&[kw("tokens-lib"), kw("themes")]);
    let (_, group) = crate::tokens::pairs(&themes).remove(1);
    let (_, theme) = crate::tokens::pairs(&group).remove(0);
    let sets = ("sets", Value::Set(vec![text("a"), text("b")]));
    let own = theme.get("id").cloned().unwrap();
    let attrs = map([("id", own.clone()), ("name", text("t")), ("group", text("g")), sets]);
    doc.run([change("set-token-theme", [("id", own), ("attrs", attrs)])]).unwrap();
    doc.at(&[kw("tokens-lib")])
}

#[test]
fn themes_name_no_sets_that_are_not_there() {
    let mut data = Doc::new().data();
    data.put("tokens-lib", library());
    let doc = Doc::upgraded(data, &["0023-repair-token-themes-with-inexistent-sets"]);
    let themes = doc.at(&[kw("tokens-lib"), kw("themes")]);
    let (_, group) = crate::tokens::pairs(&themes).remove(1);
    let (_, theme) = crate::tokens::pairs(&group).remove(0);
    assert_eq!(theme.get("sets"), Some(&Value::Set(vec![text("a")])));
}

#[test]
fn the_ends_of_lines_are_said_of_the_first_stroke() {
    let stroke = || map([("stroke-color", text("#000000"))]);
    let caps = [("stroke-cap-start", text("round")), ("stroke-cap-end", kw("square"))];
    let strokes = Value::Vec(vec![stroke(), with(stroke(), [("stroke-cap-end", text("round"))])]);
    let doc = with_shape(
        "0024b-fix-stroke-cap-placement",
        with(with(shape("rect"), caps.clone()), [("strokes", strokes)]),
    );
    assert_eq!((doc.get(1, "stroke-cap-start"), doc.get(1, "stroke-cap-end")), (Value::Nil, Value::Nil));
    let strokes = doc.get(1, "strokes");
    let [first, second] = strokes.items().unwrap() else { panic!("two") };
    assert_eq!(
        (first.get("stroke-cap-start"), first.get("stroke-cap-end")),
        (Some(&kw("round")), Some(&kw("square")))
    );
    assert_eq!(second.get("stroke-cap-end"), Some(&kw("round")));
    let doc = with_shape("0024b-fix-stroke-cap-placement", with(shape("rect"), caps));
    assert_eq!(doc.get(1, "stroke-cap-start"), Value::Nil);
}

#[test]
fn what_is_active_is_said_in_the_file() {
    let status = |more: Option<Value>| {
        let mut data = Doc::new().data();
        data.put("tokens-lib", library());
        if let Some(status) = more {
            data.put("tokens-status", status);
        }
        Doc::upgraded(data, &["0025-separate-tokens-status"]).at(&[kw("tokens-status")])
    };
    let made = status(None);
    let count = |name: &str| made.get(name).and_then(Value::items).map(<[Value]>::len);
    assert_eq!((count("active-theme-ids"), count("active-set-ids")), (Some(1), Some(1)));
    let own = Value::tagged("penpot/tokens-status", map([("active-theme-ids", Value::Set(vec![id(7)]))]));
    assert_eq!(status(Some(own.clone())), own);
    let doc = Doc::upgraded(Doc::new().data(), &["0025-separate-tokens-status"]);
    assert_eq!(doc.at(&[kw("tokens-status")]), Value::Nil);
}

#[test]
fn a_document_that_lacks_nothing_stays_as_it_is() {
    let data = swapped(nested(302, 2)).doc().data();
    assert!(Doc::upgraded(data.clone(), &[]).data().same(&data));
    let ours = document::file::MIGRATIONS;
    assert_eq!(document::upgrade::missing(Some(67), ours.iter().copied()), Ok(vec![]));
    let lacking =
        document::upgrade::missing(Some(67), ours.iter().copied().filter(|name| !name.starts_with("002")));
    assert!(Doc::upgraded(data.clone(), &lacking.unwrap()).data().same(&data));
}
