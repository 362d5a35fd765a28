//! Our readers beside others: what we accept reads there as it does here.

use super::*;
use crate::svg::css::token::{TokenKind, Tokens, unescape};

const SOUND: &str = "<!DOCTYPE svg [<!ENTITY e 'x'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>\
    <style>@import 'a';.b{fill:url(#c)}</style><!--x--><g a='&lt;&e;'/>é<![CDATA[<b>]]><?p q?></svg>";
const SHEET: &str =
    "@import url(a\\29 b) x;.\\31 a{b:url( 'c' ) url(d) \"e\\\n'\" -1.5e+3px #f;/* g */}\u{a0}<!-- --> a\\";

/// Texts near a sound one, always the same.
fn mutations(sound: &str, bytes: &[u8], count: usize) -> impl Iterator<Item = String> {
    let mut seed = 3_u64;
    (0..count).map(move |_| {
        let mut text = sound.as_bytes().to_vec();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % text.len();
            text[at] = bytes[(seed >> 20) as usize % bytes.len()];
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// The names, values and texts of a document, as quick-xml reads them.
fn read(text: &str) -> Result<Vec<String>, String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut seen: Vec<String> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                seen.push(tag.name().into_inner().to_owned());
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|error| error.to_string())?;
                    seen.push(attribute.key.into_inner().to_owned());
                    seen.push(attribute.value.into_owned());
                }
            }
            Event::End(tag) => seen.push(tag.name().into_inner().to_owned()),
            _ => {}
        }
    }
    Ok(seen)
}

/// The same as we read them.
fn read_here(text: &str) -> Vec<String> {
    let mut scanner = xml::Scanner::new(text);
    let mut seen = Vec::new();
    loop {
        match scanner.next().unwrap() {
            xml::Token::Nothing => return seen,
            xml::Token::Start { name, is_empty: _ } => {
                seen.push(name.to_owned());
                let own = scanner.attributes.iter();
                seen.extend(
                    own.flat_map(|attribute| [attribute.name.to_owned(), attribute.value.to_owned()]),
                );
            }
            xml::Token::End(name) => seen.push(name.to_owned()),
            xml::Token::DocType => {
                let (_, end) = doctype::read(text, scanner.start, &mut edits::Edits::default()).unwrap();
                scanner.at = end;
            }
            _ => {}
        }
    }
}

#[test]
fn what_is_accepted_reads_alike_elsewhere() {
    let mut accepted = 0;
    for text in mutations(SOUND, b"<>'\"/\\&;@(){}*!-[]?= \xc3urx:", 20_000) {
        let Ok(cleaned) = clean(text.as_bytes(), &Limits::default()) else { continue };
        accepted += 1;
        let kept = cleaned.bytes.map_or(text.clone(), |bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(read(&kept).unwrap_or_else(|error| panic!("{error}: {kept}")), read_here(&kept), "{text}");
        let again =
            clean(kept.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {kept}"));
        assert_eq!((again.bytes, again.removed.is_empty()), (None, true), "{text} became {kept}");
    }
    assert!(accepted > 100, "{accepted}");
}

/// Names, strings and addresses with their places, as cssparser reads them.
fn css(text: &str) -> Vec<(usize, String)> {
    use cssparser::{ParseError, Parser, ParserInput, Token};
    fn all<'i>(
        parser: &mut Parser<'i, '_>,
        seen: &mut Vec<(usize, String)>,
    ) -> Result<(), ParseError<'i, ()>> {
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return Ok(()) };
            let said = match token {
                Token::Ident(name) => Some(format!("ident {name}")),
                Token::AtKeyword(name) => Some(format!("at {name}")),
                Token::QuotedString(text) => Some(format!("string {text}")),
                Token::UnquotedUrl(address) => Some(format!("url {address}")),
                Token::Function(name) => Some(format!("function {name}")),
                Token::BadUrl(_) => Some("bad url".to_owned()),
                Token::BadString(_) => Some("bad string".to_owned()),
                _ => None,
            };
            let opens = matches!(
                token,
                Token::Function(_)
                    | Token::ParenthesisBlock
                    | Token::SquareBracketBlock
                    | Token::CurlyBracketBlock
            );
            seen.extend(said.map(|said| (start, said)));
            if opens {
                parser.parse_nested_block(|parser| all(parser, seen))?;
            }
        }
    }
    let (mut input, mut seen) = (ParserInput::new(text), Vec::new());
    all(&mut Parser::new(&mut input), &mut seen).unwrap();
    seen
}

#[test]
fn tokens_of_css_are_those_of_others() {
    for text in mutations(SHEET, b"\\\n\"'()/*;@{}[]-+#u e1%:<>!.\xc3", 20_000) {
        // A backslash before a line break is no escape (CSS Syntax, 4.3.8); behind a hyphen the other takes it for one.
        if text.contains("-\\\n") {
            continue;
        }
        let ours: Vec<(usize, String)> = Tokens::new(&text)
            .filter_map(|token| {
                let inner = unescape(&text[token.inner.clone()]);
                let said = match token.kind {
                    TokenKind::Ident => format!("ident {inner}"),
                    TokenKind::At => format!("at {inner}"),
                    TokenKind::String => format!("string {inner}"),
                    TokenKind::Url => format!("url {inner}"),
                    TokenKind::Function => format!("function {inner}"),
                    TokenKind::BadUrl => "bad url".to_owned(),
                    TokenKind::BadString => "bad string".to_owned(),
                    _ => return None,
                };
                Some((token.start, said))
            })
            .collect();
        // A backslash that ends the text is nothing to us, and a character to the other.
        let theirs =
            css(&text).into_iter().map(|(at, said)| (at, said.trim_end_matches('\u{fffd}').to_owned()));
        let ours = ours.into_iter().map(|(at, said)| (at, said.trim_end_matches('\u{fffd}').to_owned()));
        assert_eq!(ours.collect::<Vec<_>>(), theirs.collect::<Vec<_>>(), "{text:?}");
    }
}
