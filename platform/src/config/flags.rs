//! Features switched on and off by words: `enable-x` and `disable-x`.

use std::collections::BTreeSet;

use super::variables::{Variables, words};

/// The words that are on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags(BTreeSet<String>);

/// On unless disabled.
const DEFAULT: &[&str] = &[
    "available-viewer-wasm",
    "backend-api-doc",
    "backend-openapi-doc",
    "backend-svgo",
    "backend-worker",
    "background-blur",
    "component-thumbnails",
    "dashboard",
    "dashboard-templates-section",
    "email-verification",
    "export-file-v3",
    "exporter-svgo",
    "feature-fdata-objects-map",
    "feature-render-wasm",
    "frontend-svgo",
    "google-fonts-provider",
    "inspect-styles",
    "login-with-password",
    "onboarding",
    "registration",
    "render-switch",
    "render-wasm-dpr",
    "render-wasm-info",
    "rpc-climit",
    "rpc-rlimit",
    "secure-session-cookies",
    "stroke-path",
    "token-color",
    "token-combobox",
    "token-import-from-library",
    "token-shadow",
    "token-typography-row",
];

impl Default for Flags {
    /// What holds when nobody says anything.
    fn default() -> Flags {
        Flags(DEFAULT.iter().map(|flag| (*flag).to_owned()).collect())
    }
}

impl Flags {
    /// Applies words such as `enable-smtp disable-registration` to the default, the later word winning.
    /// Words of any other form are ignored: other programs read the same variable.
    pub fn parse(text: &str) -> Flags {
        let Flags(mut on) = Flags::default();
        for word in words(text) {
            if let Some(flag) = word.strip_prefix("enable-") {
                on.insert(flag.to_owned());
            } else if let Some(flag) = word.strip_prefix("disable-") {
                on.remove(flag);
            }
        }
        Flags(on)
    }

    /// Whether a flag is on; `flag` without `enable-`.
    pub fn has(&self, flag: &str) -> bool {
        self.0.contains(flag)
    }

    /// All that are on, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn read(vars: &mut Variables) -> Flags {
        let words = vars
            .var(
                "PENPOT_FLAGS",
                "Features switched by the words enable-x and disable-x; unknown words are ignored.",
            )
            .text("");
        Flags::parse(&words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_words_in_order() {
        let flags =
            Flags::parse("enable-smtp, disable-registration\nnonsense enable- disable-smtp enable-smtp");
        assert!(flags.has("smtp") && flags.has("email-verification"));
        assert!(!flags.has("registration") && !flags.has("nonsense"));
        assert!(Flags::parse("enable-x disable-x").iter().eq(Flags::default().iter()));
    }

    #[test]
    fn defaults_are_sorted_and_leave_access_tokens_off() {
        assert!(DEFAULT.is_sorted());
        assert!(!Flags::default().has("access-tokens"));
    }
}
