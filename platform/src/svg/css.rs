//! Style sheets and style values: what in them refers to the outside.

pub(super) mod token;

use std::ops::Range;

use super::edits::Removed;
use super::reference::{self, Nested, Referrer, Verdict};
use token::{Token, TokenKind, Tokens, unescape};

/// Functions in which a string is an address (CSS Values, CSS Images, and what browsers had of their own).
const ADDRESSES: [&str; 9] = [
    "src",
    "image",
    "image-set",
    "-webkit-image-set",
    "-moz-image-rect",
    "-webkit-cross-fade",
    "cross-fade",
    "expression",
    "alphaimageloader",
];

/// What may stand in them; what else does may become an address that nobody sees.
const BETWEEN: [&str; 9] =
    ["url", "src", "type", "format", "tech", "image", "image-set", "-webkit-image-set", "calc"];

/// A span of the text, and what shall stand there instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) span: Range<usize>,
    pub(super) with: String,
}

/// What has to change in a sheet or a value, in order, and what goes with that.
pub(super) fn changes(text: &str, nested: Nested<'_>) -> (Vec<Change>, Removed) {
    if !is_suspicious(text.as_bytes()) {
        return (Vec::new(), Removed::default());
    }
    let mut filter = Filter { text, nested, blocks: Vec::new(), changes: Vec::new(), attr: None };
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        if let Some(end) = filter.take(&token, tokens) {
            tokens.seek(end);
        }
    }
    while filter.close(text.len()) {}
    let mut removed = Removed::default();
    let mut changes = Vec::with_capacity(filter.changes.len());
    for (change, what) in filter.changes {
        match what {
            What::Gone(what) => removed.add(what, 1),
            What::Within(within) => removed.join(&within),
        }
        changes.push(change);
    }
    (changes, removed)
}

/// A quick look whether anything could refer to the outside: an escape, a rule that imports, or a parenthesis behind a
/// name that an address may follow.
fn is_suspicious(text: &[u8]) -> bool {
    const NAMES: [&[u8]; 9] = [
        b"url",
        b"src",
        b"image",
        b"image-set",
        b"image-rect",
        b"cross-fade",
        b"expression",
        b"loader",
        b"attr",
    ];
    let calls = |name: &[u8], before: &[u8]| {
        let tail = before.len().checked_sub(name.len()).map(|from| &before[from..]);
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(name))
    };
    memchr::memchr(b'\\', text).is_some()
        || memchr::memchr_iter(b'(', text).any(|at| {
            let is_plain = is_local(&text[at..]);
            NAMES.iter().any(|name| calls(name, &text[..at]) && !(is_plain && *name == b"url"))
        })
        || memchr::memchr_iter(b'@', text)
            .any(|at| text.get(at + 1).is_some_and(|next| matches!(next, b'i' | b'I')))
}

/// Whether a text begins with `(#name)`, which is what most addresses are.
fn is_local(text: &[u8]) -> bool {
    let Some(name) = text.strip_prefix(b"(#") else { return false };
    let end =
        name.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')));
    end.is_some_and(|end| name[end] == b')')
}

/// Why something changes.
enum What {
    Gone(&'static str),
    Within(Removed),
}

/// What an open block or function is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Strings right in it are addresses, and so is what may come in their place.
    Addresses,
    /// The string in it is an address.
    Url,
    /// It takes the value of an attribute.
    Attr,
    Other,
}

struct Block {
    closing: u8,
    role: Role,
    /// Behind what opens it.
    start: usize,
    /// Changes before it.
    changes: usize,
    /// All in it goes.
    is_tainted: bool,
}

struct Filter<'a, 'n> {
    text: &'a str,
    nested: Nested<'n>,
    blocks: Vec<Block>,
    changes: Vec<(Change, What)>,
    /// The outermost open block that takes an attribute's value.
    attr: Option<usize>,
}

impl Filter<'_, '_> {
    /// Looks at a token; where to go on when more than it is done with.
    fn take(&mut self, token: &Token, after: Tokens<'_>) -> Option<usize> {
        match token.kind {
            TokenKind::Url => self.address(token.inner.clone()),
            TokenKind::String if matches!(self.role(), Role::Addresses | Role::Url) => {
                self.address(token.inner.clone())
            }
            TokenKind::Function => self.function(token),
            TokenKind::Open(closing) => self.open(closing, Role::Other, token.end),
            TokenKind::Close(closing) if self.blocks.last().is_some_and(|block| block.closing == closing) => {
                self.close(token.start);
            }
            TokenKind::At if imports(&unescape(&self.text[token.inner.clone()])) => {
                let end = end_of_rule(after, self.text.len());
                // Nothing in its place would join what stands around it.
                self.change(token.start..end, "/**/".to_owned(), What::Gone("@import"));
                return Some(end);
            }
            // Its address is a name, and nothing lies there. Elsewhere it is no rule.
            TokenKind::At if self.blocks.is_empty() && self.is(token, "namespace") => {
                return Some(end_of_rule(after, self.text.len()));
            }
            TokenKind::Asterisk => self.taint_attr(),
            TokenKind::Ident
                if self.attr.is_some() && ["url", "image", "src"].iter().any(|name| self.is(token, name)) =>
            {
                self.taint_attr();
            }
            _ => {}
        }
        None
    }

    fn is(&self, token: &Token, name: &str) -> bool {
        unescape(&self.text[token.inner.clone()]).eq_ignore_ascii_case(name)
    }

    fn role(&self) -> Role {
        self.blocks.last().map_or(Role::Other, |block| block.role)
    }

    fn function(&mut self, token: &Token) {
        let raw = &self.text[token.inner.clone()];
        let name = unescape(raw).to_ascii_lowercase();
        let is_harmless = BETWEEN.contains(&name.as_str()) || name.ends_with("gradient");
        if let Some(block) = self.blocks.last_mut()
            && block.role == Role::Addresses
            && !is_harmless
        {
            block.is_tainted = true;
        }
        // Whether some letters outside ASCII belong to names has changed: read the other way, this calls the function
        // behind the last of them.
        let tail = name.rsplit(|c: char| !c.is_ascii()).next().unwrap_or_default();
        if tail.len() < name.len() && (tail == "url" || ADDRESSES.contains(&tail)) {
            let start =
                raw.char_indices().rev().find(|(_, c)| !c.is_ascii()).map_or(0, |(at, c)| at + c.len_utf8());
            self.change(token.inner.start + start..token.inner.end, String::new(), What::Gone("url()"));
        }
        let role = match name.as_str() {
            "url" => Role::Url,
            "attr" => Role::Attr,
            name if ADDRESSES.contains(&name) => Role::Addresses,
            _ => Role::Other,
        };
        self.open(b')', role, token.end);
        if name == "expression"
            && let Some(block) = self.blocks.last_mut()
        {
            block.is_tainted = true;
        }
    }

    fn open(&mut self, closing: u8, role: Role, start: usize) {
        if role == Role::Attr {
            self.attr.get_or_insert(self.blocks.len());
        }
        let changes = self.changes.len();
        self.blocks.push(Block { closing, role, start, changes, is_tainted: false });
    }

    /// Closes the innermost block at a place; false when there is none.
    fn close(&mut self, end: usize) -> bool {
        let Some(block) = self.blocks.pop() else { return false };
        self.attr.take_if(|at| *at == self.blocks.len());
        if block.is_tainted && block.start < end {
            self.changes.truncate(block.changes);
            self.change(block.start..end, String::new(), What::Gone("url()"));
        }
        true
    }

    /// What goes with the outermost goes with all in it.
    fn taint_attr(&mut self) {
        if let Some(at) = self.attr {
            self.blocks[at].is_tainted = true;
        }
    }

    fn address(&mut self, span: Range<usize>) {
        let address = unescape(&self.text[span.clone()]);
        match reference::judge(&address, Referrer::Style, self.nested) {
            Verdict::Keep => {}
            Verdict::Drop => self.change(span, String::new(), What::Gone("url()")),
            Verdict::Instead(address, within) => self.change(span, address, What::Within(within)),
        }
    }

    fn change(&mut self, span: Range<usize>, with: String, what: What) {
        self.changes.push((Change { span, with }, what));
    }
}

/// Whether a rule imports; what follows the name may be read as no part of it.
fn imports(name: &str) -> bool {
    let head = name.split(|c: char| !c.is_ascii()).next().unwrap_or_default();
    head.eq_ignore_ascii_case("import")
}

/// Behind the semicolon or the block that ends a rule, or before what ends the block that it stands in.
fn end_of_rule(tokens: Tokens<'_>, end: usize) -> usize {
    let mut open: Vec<u8> = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Function => open.push(b')'),
            TokenKind::Open(closing) => open.push(closing),
            TokenKind::Semicolon if open.is_empty() => return token.end,
            TokenKind::Close(b'}') if open.is_empty() => return token.start,
            TokenKind::Close(closing) if open.last() == Some(&closing) => {
                open.pop();
                if closing == b'}' && open.is_empty() {
                    return token.end;
                }
            }
            _ => {}
        }
    }
    end
}
