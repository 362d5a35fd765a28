//! What the package writes, entry by entry.

use document::change::NAMED_FIELDS;
use document::tokens::dtcg;
use document::upgrade;
use std::collections::BTreeMap;
use tests::{node, python};
use transit::{Limits, value::Value};
use uuid::Uuid;

/// What stands for the picture until it is known.
const PICTURE: &str = "00000000-0000-0000-0000-00000000a5a5";

/// An archive of one file.
pub struct Archive {
    /// Its entries by their names.
    texts: BTreeMap<String, String>,
    /// The file.
    file: String,
}

fn read(text: &str) -> Value {
    transit::json::read(text.as_bytes(), &Limits::STORED).expect("JSON")
}

impl Archive {
    /// A new one.
    pub async fn write() -> Archive {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("everything.penpot").display().to_string();
        node::run("archive/write.mjs", &[&path, PICTURE]).await;
        let texts: BTreeMap<String, String> =
            serde_json::from_str(&python::script("unpack.py", &[&path]).await).expect("JSON");
        let manifest = read(&texts["manifest.json"]);
        let file = manifest.get("files").and_then(|files| files.items()?.first()?.get("id")?.as_str());
        Archive { file: file.expect("a file").to_owned(), texts }
    }

    /// The same of another file, with another picture.
    pub fn of(&self, file: Uuid, picture: &str) -> Archive {
        let file = file.to_string();
        let other = |text: &String| text.replace(&self.file, &file).replace(PICTURE, picture);
        let texts = self.texts.iter().map(|(name, text)| (other(name), other(text))).collect();
        Archive { texts, file }
    }

    /// The changes of the data model that it lacks.
    pub fn missing(&self) -> Vec<&'static str> {
        let file = read(&self.texts[&format!("files/{}.json", self.file)]);
        let done: Vec<&str> = file
            .get("migrations")
            .and_then(Value::items)
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let version = file.get("version").and_then(Value::as_int);
        upgrade::missing(version, done).expect("is of a version that is known")
    }

    /// What belongs to a map of the document: the map, the page for a shape, the id, and what it says.
    pub fn entries(&self) -> Vec<(&'static str, Option<String>, String, Value)> {
        let mut entries = vec![];
        for (name, text) in &self.texts {
            let words: Vec<&str> = name.trim_end_matches(".json").split('/').collect();
            let (map, page, id) = match words[..] {
                ["files", _, "pages", page, shape] => ("objects", Some(page.to_owned()), shape),
                ["files", _, "pages", page] => ("pages-index", None, page),
                ["files", _, "components", id] => ("components", None, id),
                ["files", _, "colors", id] => ("colors", None, id),
                ["files", _, "typographies", id] => ("typographies", None, id),
                _ => continue,
            };
            let mut entry = read(text);
            entry.take("page-id");
            entries.push((map, page, id.to_owned(), entry));
        }
        entries
    }

    /// The document, as JSON says it.
    pub fn data(&self) -> Value {
        let file: Uuid = self.file.parse().expect("an id");
        let mut data = document::file::new_data(file, Uuid::nil());
        let (mut order, mut pages, mut shapes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut maps = BTreeMap::<_, Vec<(Value, Value)>>::new();
        for (map, page, id, mut entry) in self.entries() {
            let key = Value::text(&id);
            match (map, page) {
                ("pages-index", _) => {
                    let at = entry.take("index").and_then(|index| index.as_int()).expect("a place");
                    order.insert(at, Value::Uuid(id.parse().expect("an id")));
                    pages.insert(id, entry);
                }
                (_, Some(page)) => shapes.entry(page).or_insert_with(Vec::new).push((key, entry)),
                (map, None) => maps.entry(map).or_default().push((key, entry)),
            }
        }
        for (id, shapes) in shapes {
            pages.get_mut(&id).expect("a page").put("objects", Value::Map(shapes));
        }
        data.put("pages", Value::Vec(order.into_values().collect()));
        data.put(
            "pages-index",
            Value::Map(pages.into_iter().map(|(id, page)| (Value::text(&id), page)).collect()),
        );
        for (map, entries) in maps {
            data.put(map, Value::Map(entries));
        }
        data.put("tokens-lib", self.tokens());
        data
    }

    /// The library of tokens; its names are nobody's words but those of who wrote it.
    fn tokens(&self) -> Value {
        let text = format!("{{\"tokensLib\":{}}}", self.texts[&format!("files/{}/tokens.json", self.file)]);
        let named =
            transit::json::read_with_names(text.as_bytes(), &Limits::STORED, NAMED_FIELDS).expect("JSON");
        dtcg::read(named.get("tokens-lib").expect("is there").clone(), 0).expect("a library")
    }
}
