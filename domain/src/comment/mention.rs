//! People in what is said: `@[name](id)`.

use regex::Regex;
use std::sync::LazyLock;
use uuid::Uuid;

static MENTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"@\[([^\]]*)\]\(([^)]*)\)").expect("a constant"));

/// The people who are mentioned in a text, each once.
pub fn of_text(text: &str) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::new();
    for mention in MENTION.captures_iter(text) {
        let id = mention.get(2).and_then(|id| Uuid::try_parse(id.as_str()).ok());
        found.extend(id.filter(|id| !found.contains(id)));
    }
    found
}

/// A text as people read it: names without ids.
pub fn plain(text: &str) -> String {
    MENTION.replace_all(text, "$1").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_ids_go() {
        let id = Uuid::from_u128(7);
        let text = format!("@[Ana Lí]({id}) and @[Bo](nobody), @[Ana Lí]({id}): see [this](x) a@b.c");
        assert_eq!(of_text(&text), [id]);
        assert_eq!(plain(&text), "Ana Lí and Bo, Ana Lí: see [this](x) a@b.c");
        assert_eq!(plain("$1 costs"), "$1 costs");
    }
}
