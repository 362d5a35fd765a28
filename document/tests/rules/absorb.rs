//! A file makes its own what it uses of a library.

use crate::absorb_scene::*;
use crate::doc::*;
use crate::scene::*;
use std::collections::HashMap;
use transit::value::Value;
use uuid::Uuid;

#[test]
fn what_is_used_becomes_the_files_own_under_its_ids() {
    let mut doc = file().doc();
    absorb(&mut doc, &library(), 7);
    assert!(!is_named(&doc, FROM));
    assert_eq!(keys(&doc, "components"), [301, 302], "and what a main has in it");
    assert_eq!((keys(&doc, "colors"), keys(&doc, "typographies")), (vec![200], vec![210]));
    let on_page = |number, name| on_page(&doc, number, name);
    for (number, children) in [(1, ids(&[2, 3])), (3, ids(&[4])), (11, ids(&[12]))] {
        assert_eq!(on_page(number, "shapes"), children);
        assert_eq!(on_page(number, "component-file"), id(1000));
    }
    let top =
        [on_page(1, "parent-id"), on_page(1, "frame-id"), on_page(3, "frame-id"), on_page(4, "frame-id")];
    assert_eq!(top, [id(0), id(0), id(1), id(3)]);
    assert_eq!(on_page(2, "fills"), fill(200, 1000));
    assert_eq!(doc.get(52, "fills"), fill(200, 1000));
    assert_eq!(doc.get(54, "content"), content(210, 1000));
    for copy in [51, 52, 53, 54] {
        assert_eq!(doc.touched(copy), Vec::<String>::new(), "a copy is as it was to those who draw");
    }
    assert_eq!(doc.component(301, "main-instance-page"), page(&doc));
    assert_eq!((doc.component(301, "name"), doc.component(301, "modified-at")), (text("c"), NOW));
    assert_sound(&doc);
    assert_eq!(absorb(&mut doc, &library(), 8), Vec::<Value>::new(), "nothing is left to be taken");
}

#[test]
fn mains_stand_beside_each_other_below_what_is_there() {
    let mut doc = file().doc();
    absorb(&mut doc, &library(), 7);
    let at = |doc: &Doc, number| (on_page(doc, number, "x"), on_page(doc, number, "y"));
    let float = Value::Float;
    assert_eq!(at(&doc, 11), (float(0.0), float(0.0)), "by name, whatever the case");
    assert_eq!(at(&doc, 1), (float(60.0), float(0.0)));
    assert_eq!(at(&doc, 2), (float(60.0), float(0.0)), "what is in it moved with it");

    let other = Scene::default().component(401, of_main(101)).shape(101, 0, theirs(main(401))).doc();
    doc.run([add(61, 0, theirs(copy(401, 101)))]).unwrap();
    absorb(&mut doc, &other, 8);
    assert_eq!(at(&doc, 101), (float(0.0), float(60.0)));
    assert_eq!(doc.at(&[kw("pages")]).items().map(<[Value]>::len), Some(3), "one page of that name");
}

#[test]
fn a_component_that_is_there_already_stays_and_the_other_gets_an_id_of_its_own() {
    let mut doc = file().doc();
    absorb(&mut doc, &library(), 7);
    let first = page(&doc);
    // The library was published and used again.
    doc.run([set(51, "component-file", id(FROM)), set(53, "component-file", id(FROM))]).unwrap();
    absorb(&mut doc, &library(), 8);
    assert!(!is_named(&doc, FROM));
    let components = keys(&doc, "components");
    assert_eq!(components.len(), 4);
    assert_eq!(doc.component(301, "main-instance-page"), first);
    let second = doc.get(51, "component-id");
    assert!(second != id(301) && components.contains(&second.as_uuid().unwrap().as_u128()));
    assert!(page(&doc) != first, "shapes keep their ids, so that copies find what they follow");
    assert_eq!(on_page(&doc, 1, "component-id"), second);
    assert_eq!(doc.get(51, "shape-ref"), id(1));
    assert_sound(&doc);
}

#[test]
fn a_colour_that_is_there_already_is_used_when_it_is_the_same() {
    let scene = Scene::default().shape(52, 0, with(shape("rect"), [("fills", fill(200, FROM))]));
    for (own, stays) in [("#112233", true), ("#445566", false)] {
        let mut doc = scene.doc();
        doc.run([add_color(200, own)]).unwrap();
        absorb(&mut doc, &library(), 7);
        assert_eq!(doc.at(&[kw("colors"), id(200), kw("color")]), text(own));
        assert_eq!(keys(&doc, "colors").len(), if stays { 1 } else { 2 });
        let fills = doc.get(52, "fills");
        let named = fills.items().unwrap()[0].get("fill-color-ref-id").cloned().unwrap();
        assert_eq!(named == id(200), stays);
        assert_eq!(doc.at(&[kw("colors"), named, kw("color")]), text("#112233"));
        assert!(!is_named(&doc, FROM));
    }
}

#[test]
fn colours_are_found_wherever_they_are_named() {
    let reference = |file, id_of| [(file, id(FROM)), (id_of, id(200))];
    let shadow = map([
        ("id", Value::Nil),
        ("style", kw("drop-shadow")),
        ("offset-x", Value::Int(1)),
        ("offset-y", Value::Int(1)),
        ("blur", Value::Int(1)),
        ("spread", Value::Int(1)),
        ("hidden", Value::Bool(false)),
        ("color", with(map([("color", text("#112233"))]), reference("ref-file", "ref-id"))),
    ]);
    let stroke = with(
        map([("stroke-color", text("#112233"))]),
        reference("stroke-color-ref-file", "stroke-color-ref-id"),
    );
    for (name, value) in [("shadow", shadow), ("strokes", stroke)] {
        let mut doc =
            Scene::default().shape(52, 0, with(shape("rect"), [(name, Value::Vec(vec![value]))])).doc();
        absorb(&mut doc, &library(), 7);
        assert!(!is_named(&doc, FROM), "{name}");
        assert_eq!(keys(&doc, "colors"), [200], "{name}");
    }
}

#[test]
fn a_deleted_component_comes_deleted_and_can_be_restored() {
    let mut from = library();
    from.run([
        with(map([("type", kw("del-component")), ("id", id(302))]), []),
        change("del-obj", [("id", id(11))]),
    ])
    .unwrap();
    let mut doc =
        Scene::default().shape(53, 0, theirs(copy(302, 11))).shape(54, 53, follower("text", 12)).doc();
    absorb(&mut doc, &from, 7);
    assert_eq!(doc.component(302, "deleted"), Value::Bool(true));
    let kept = |number| doc.at(&[kw("components"), id(302), kw("objects"), id(number), kw("name")]);
    assert_eq!((kept(11), kept(12)), (text("arrow"), text("a shape")));
    assert_eq!(page(&doc), Value::Nil, "no main, no page");
    assert_eq!(keys(&doc, "typographies"), [210], "of what is kept");
    assert!(!is_named(&doc, FROM));
    assert_sound(&doc);
}

/// Variants 311 and 312 in the frame 31.
fn variants() -> Doc {
    let of_variant = |main: u128, value: &str| {
        let property = map([("name", text("Size")), ("value", text(value))]);
        let properties = Value::Vec(vec![property]);
        with(
            of_main(main),
            [("name", text("Set")), ("variant-id", id(31)), ("variant-properties", properties)],
        )
    };
    let variant = |component: u128, value: &str| {
        let more = [("name", text("Set")), ("variant-id", id(31)), ("variant-name", text(value))];
        with(theirs(main(component)), more)
    };
    let container =
        with(shape("frame"), [("name", text("Set")), ("is-variant-container", Value::Bool(true))]);
    Scene::default()
        .component(311, of_variant(32, "S"))
        .component(312, of_variant(33, "L"))
        .shape(31, 0, container)
        .shape(32, 31, variant(311, "S"))
        .shape(33, 31, variant(312, "L"))
        .doc()
}

#[test]
fn a_variant_comes_with_the_others() {
    let mut doc = Scene::default().shape(51, 0, theirs(copy(311, 32))).doc();
    absorb(&mut doc, &variants(), 7);
    assert_eq!(keys(&doc, "components"), [311, 312]);
    assert_eq!(doc.component(312, "variant-id"), id(31));
    assert_eq!((on_page(&doc, 31, "shapes"), on_page(&doc, 33, "parent-id")), (ids(&[32, 33]), id(31)));
    assert_sound(&doc);

    doc.run([set(51, "component-file", id(FROM))]).unwrap();
    absorb(&mut doc, &variants(), 8);
    assert_eq!(keys(&doc, "components").len(), 4);
    let component = doc.get(51, "component-id").as_uuid().unwrap().as_u128();
    let other = doc.component(component, "variant-id");
    assert!(other != id(31), "variants of something else than those that were there");
    assert_eq!(on_page(&doc, 32, "variant-id"), other);
    assert_eq!(on_page(&doc, 32, "parent-id"), other);
    assert_sound(&doc);
}

#[test]
fn a_main_inside_another_comes_with_it_or_alone() {
    let nested_main = theirs(with(head(342), [("main-instance", Value::Bool(true))]));
    let from = || {
        Scene::default()
            .component(341, of_main(41))
            .component(342, of_main(42))
            .shape(41, 0, theirs(main(341)))
            .shape(42, 41, nested_main.clone())
            .doc()
    };
    let mut alone = Scene::default().shape(51, 0, theirs(copy(342, 42))).doc();
    absorb(&mut alone, &from(), 7);
    assert_eq!(keys(&alone, "components"), [342]);
    assert_eq!(on_page(&alone, 42, "component-root"), Value::Bool(true));
    assert_sound(&alone);

    let mut both =
        Scene::default().shape(51, 0, theirs(copy(341, 41))).shape(52, 0, theirs(copy(342, 42))).doc();
    absorb(&mut both, &from(), 7);
    assert_eq!(keys(&both, "components"), [341, 342]);
    assert_eq!((on_page(&both, 0, "shapes"), on_page(&both, 41, "shapes")), (ids(&[41]), ids(&[42])));
}

#[test]
fn tokens_that_the_file_uses_become_its_own() {
    let tokens = map([("id", id(1)), ("name", text("base")), ("tokens", map([]))]);
    let mut from = Doc::new();
    from.run([change("set-token-set", [("id", id(1)), ("attrs", tokens)])]).unwrap();
    let mut doc = Doc::new();
    doc.run([change("set-tokens-source", [("file-id", id(1000)), ("library-id", id(FROM))])]).unwrap();
    absorb(&mut doc, &from, 7);
    assert_eq!(doc.at(&[kw("tokens-source")]), Value::Nil);
    let sets = |doc: &Doc| doc.at(&[kw("tokens-lib"), kw("sets")]);
    assert!(sets(&doc).same(&sets(&from)) && !sets(&doc).is_nil());
}

#[test]
fn pictures_are_named_by_the_files_own_copies() {
    let image = |number| {
        map([
            ("id", id(number)),
            ("width", Value::Int(1)),
            ("height", Value::Int(1)),
            ("mtype", text("image/png")),
        ])
    };
    let fills = |number| Value::Vec(vec![map([("fill-image", image(number))])]);
    let mut from = Scene::default()
        .component(301, of_main(1))
        .shape(1, 0, theirs(main(301)))
        .shape(2, 1, with(shape("rect"), [("fills", fills(91))]))
        .doc();
    let picture = map([("id", id(200)), ("name", text("sky")), ("image", image(92))]);
    from.run([change("add-color", [("color", picture)])]).unwrap();
    let mut doc = Scene::default()
        .shape(51, 0, theirs(copy(301, 1)))
        .shape(52, 51, with(follower("rect", 2), [("fills", fills(91))]))
        .shape(53, 0, with(shape("rect"), [("fills", fill(200, FROM))]))
        .doc();
    let none = HashMap::new();
    let (taken, _) = planned(&doc, &from, 7, &none);
    assert_eq!(taken.media(), [91, 92].map(Uuid::from_u128).into());
    let media = [91, 92].map(|n| (Uuid::from_u128(n), Uuid::from_u128(n + 1000))).into();
    let (_, changes) = planned(&doc, &from, 7, &media);
    doc.run_all(changes).unwrap();
    assert_eq!((doc.get(52, "fills"), on_page(&doc, 2, "fills")), (fills(1091), fills(1091)));
    assert_eq!(doc.at(&[kw("colors"), id(200), kw("image"), kw("id")]), id(1092));
}

#[test]
fn what_is_kept_of_a_deleted_component_of_the_file_is_changed_too() {
    let mut doc = Scene::default()
        .component(401, of_main(61))
        .shape(61, 0, main(401))
        .shape(62, 61, theirs(nested(302, 11)))
        .doc();
    doc.run([
        with(map([("type", kw("del-component")), ("id", id(401))]), []),
        change("del-obj", [("id", id(61))]),
    ])
    .unwrap();
    absorb(&mut doc, &library(), 7);
    let kept = doc.at(&[kw("components"), id(401), kw("objects"), id(62), kw("component-file")]);
    assert_eq!(kept, id(1000));
    assert!(!is_named(&doc, FROM));
}

#[test]
fn what_is_not_there_is_not_taken() {
    let from = Scene::default().component(301, of_main(99)).doc();
    let mut doc = file().doc();
    let before = doc.data();
    assert_eq!(absorb(&mut doc, &from, 7), Vec::<Value>::new(), "neither its main nor anything else");
    assert!(doc.data().same(&before), "copies stay as they are");
    let mut none = Doc::new();
    assert_eq!(absorb(&mut none, &library(), 7), Vec::<Value>::new());
}

#[test]
fn other_libraries_of_what_is_taken_are_told() {
    let mut from = library();
    from.run([set(12, "content", content(210, 3000)), set(11, "component-file", id(FROM))]).unwrap();
    let (taken, _) = planned(&file().doc(), &from, 7, &HashMap::new());
    assert_eq!(taken.libraries(), [Uuid::from_u128(3000)].into());
}
