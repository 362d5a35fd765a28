//! Fonts made for tests: nothing is read from outside. Each has the letters A, V, f and i, and a ligature of the last
//! two; A moves towards V.

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use flate2::{Compression, write::ZlibEncoder};

/// Tables by their names.
pub type Tables = BTreeMap<[u8; 4], Vec<u8>>;

/// How far A moves towards V.
pub const KERNING: i16 = -80;
/// Units of the em.
const UNITS: u16 = 1000;
/// The glyphs of a small font: none, space, A, V, f, i, fi.
const GLYPHS: u16 = 7;
/// Which characters they are.
const CHARACTERS: [(u16, u16); 5] = [(32, 1), (65, 2), (86, 3), (102, 4), (105, 5)];

/// A TTF; the family stands in its names.
pub fn ttf(family: &str) -> Vec<u8> {
    plain(*b"\0\x01\0\0", &true_type(family, GLYPHS, 0))
}

/// An OTF with cubic outlines.
pub fn otf(family: &str) -> Vec<u8> {
    plain(*b"OTTO", &post_script(family, GLYPHS))
}

/// A TTF of many glyphs, each of so many points more: three bytes a point.
pub fn large_ttf(glyphs: u16, points: usize) -> Vec<u8> {
    plain(*b"\0\x01\0\0", &true_type("Large", glyphs, points))
}

/// An OTF of many glyphs.
pub fn large_otf(glyphs: u16) -> Vec<u8> {
    plain(*b"OTTO", &post_script("Large", glyphs))
}

/// The tables of a TTF.
pub fn true_type(family: &str, glyphs: u16, points: usize) -> Tables {
    let (mut glyf, mut loca) = (vec![], vec![]);
    for glyph in 0..glyphs {
        loca.extend((glyf.len() as u32).to_be_bytes());
        if glyph != 1 {
            glyf.extend(quadratic(glyph, points));
        }
        glyf.resize(glyf.len().next_multiple_of(4), 0);
    }
    loca.extend((glyf.len() as u32).to_be_bytes());
    let mut tables = common(family, glyphs);
    let maxp = [1, 0, glyphs, 5 + points as u16, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    tables.extend([(*b"glyf", glyf), (*b"loca", loca), (*b"maxp", words(&maxp))]);
    tables.insert(*b"post", names(glyphs));
    tables.insert(*b"gasp", words(&[1, 1, 0xFFFF, 15]));
    tables
}

/// The tables of an OTF.
pub fn post_script(family: &str, glyphs: u16) -> Tables {
    let mut tables = common(family, glyphs);
    let charstrings: Vec<Vec<u8>> = (0..glyphs).map(cubic).collect();
    tables.extend([(*b"CFF ", cff(&charstrings, &[])), (*b"maxp", words(&[0, 0x5000, glyphs]))]);
    tables.insert(*b"post", post(3));
    tables
}

/// A file of tables in plain packing.
pub fn plain(version: [u8; 4], tables: &Tables) -> Vec<u8> {
    let count = tables.len() as u16;
    let mut file = [version.to_vec(), words(&[count, 0, 0, 0])].concat();
    let (mut start, mut content) = (12 + 16 * tables.len(), vec![]);
    for (tag, table) in tables {
        file.extend(tag);
        for number in [sum(table), start as u32, table.len() as u32] {
            file.extend(number.to_be_bytes());
        }
        content.extend(table);
        content.resize(content.len().next_multiple_of(4), 0);
        start = 12 + 16 * tables.len() + content.len();
    }
    [file, content].concat()
}

/// Of four bytes each. No table `head` of ours has a seal.
fn sum(table: &[u8]) -> u32 {
    let word =
        |bytes: &[u8]| bytes.iter().zip([24, 16, 8, 0]).map(|(byte, shift)| u32::from(*byte) << shift).sum();
    table.chunks(4).map(word).fold(0, u32::wrapping_add)
}

/// As JSON clients send bytes.
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The tables of a plain file.
pub fn tables(plain: &[u8]) -> Tables {
    let number = |at: usize| u32::from_be_bytes(plain[at..at + 4].try_into().expect("four")) as usize;
    let count = usize::from(u16::from_be_bytes([plain[4], plain[5]]));
    let table = |line: usize| {
        let at = 12 + 16 * line;
        let (start, length) = (number(at + 8), number(at + 12));
        (plain[at..at + 4].try_into().expect("four"), plain[start..start + length].to_vec())
    };
    (0..count).map(table).collect()
}

/// A plain file as WOFF.
pub fn woff(plain: &[u8]) -> Vec<u8> {
    let tables = tables(plain);
    let (mut directory, mut content) = (vec![], vec![]);
    for (tag, table) in &tables {
        let mut encoder = ZlibEncoder::new(vec![], Compression::fast());
        encoder.write_all(table).expect("deflates");
        let packed = Some(encoder.finish().expect("ends")).filter(|packed| packed.len() < table.len());
        let packed = packed.unwrap_or_else(|| table.clone());
        directory.extend(tag);
        let start = 44 + 20 * tables.len() + content.len();
        for number in [start as u32, packed.len() as u32, table.len() as u32, sum(table)] {
            directory.extend(number.to_be_bytes());
        }
        content.extend(packed);
        content.resize(content.len().next_multiple_of(4), 0);
    }
    let size = 44 + directory.len() + content.len();
    let mut file = [b"wOFF".to_vec(), plain[..4].to_vec()].concat();
    file.extend((size as u32).to_be_bytes());
    file.extend(words(&[tables.len() as u16, 0]));
    file.extend((plain.len() as u32).to_be_bytes());
    file.extend([0; 24]);
    [file, directory, content].concat()
}

/// A plain file as WOFF 2, its outlines as they are and its Brotli stream without compression.
pub fn woff2(plain: &[u8]) -> Vec<u8> {
    let tables = tables(plain);
    let mut directory = vec![];
    for (tag, table) in &tables {
        // Outlines are in another form unless it says that they are not.
        directory.push(if [b"glyf", b"loca"].contains(&tag) { 0xFF } else { 0x3F });
        directory.extend(tag);
        let length = table.len() as u32;
        directory.extend(
            (0..5)
                .rev()
                .filter(|place| *place == 0 || length >> (7 * place) > 0)
                .map(|place| ((length >> (7 * place)) & 0x7F) as u8 | if place > 0 { 0x80 } else { 0 }),
        );
    }
    let content = brotli(&tables.values().flatten().copied().collect::<Vec<u8>>());
    let start = 48 + directory.len();
    let size = (start + content.len()).next_multiple_of(4);
    let mut file = [b"wOF2".to_vec(), plain[..4].to_vec()].concat();
    file.extend((size as u32).to_be_bytes());
    file.extend(words(&[tables.len() as u16, 0]));
    file.extend([plain.len() as u32, content.len() as u32].iter().flat_map(|number| number.to_be_bytes()));
    file.extend([0; 24]);
    let mut file = [file, directory, content].concat();
    file.resize(size, 0);
    file
}

/// Blocks of bytes as they are: a head of three bytes each, and an empty last one.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    // The window, one bit; then for each block that it is not the last (1 bit), four digits of its length (2), the
    // length less one (16), and that it is stored (1): 20 bits, filled up to whole bytes.
    let mut stream = vec![];
    for (number, block) in bytes.chunks(1 << 16).enumerate() {
        let head = ((block.len() as u32 - 1) << 3) | (1 << 19);
        let head = if number == 0 { head << 1 } else { head };
        stream.extend(&head.to_le_bytes()[..3]);
        stream.extend(block);
    }
    stream.push(3);
    stream
}

/// Numbers of two bytes.
pub fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// What both kinds have.
fn common(family: &str, glyphs: u16) -> Tables {
    let widths = (0..glyphs).flat_map(|glyph| [width(glyph), if glyph == 1 { 0 } else { 50 }]);
    let mut head = words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 3, UNITS, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.extend(words(&[50, 0, 450, 700, 0, 8, 2, 1, 0]));
    let mut hhea = words(&[1, 0, 800, 200_u16.wrapping_neg(), 0, 1000, 0, 0, 0, 1]);
    hhea.extend(words(&[0, 0, 0, 0, 0, 0, 0, glyphs]));
    let mut os2 = words(&[4, 500, 400, 5, 0]);
    os2.resize(78, 0);
    os2[58..62].copy_from_slice(b"TEST");
    os2[62..68].copy_from_slice(&words(&[0x40, 32, 105]));
    os2[68..78].copy_from_slice(&words(&[800, 200_u16.wrapping_neg(), 0, 900, 200]));
    os2.resize(96, 0);
    let pair = words(&[1, 12, 4, 0, 1, 18, 1, 1, 3, 1, 2, KERNING as u16]);
    let ligature = words(&[1, 8, 1, 14, 1, 1, 4, 1, 4, 6, 2, 5]);
    BTreeMap::from([
        (*b"head", head),
        (*b"hhea", hhea),
        (*b"hmtx", words(&widths.collect::<Vec<_>>())),
        (*b"OS/2", os2),
        (*b"cmap", cmap()),
        (*b"name", name(family)),
        (*b"GPOS", layout(*b"kern", 2, &pair)),
        (*b"GSUB", layout(*b"liga", 4, &ligature)),
    ])
}

fn width(glyph: u16) -> u16 {
    500 + 10 * (glyph % 20)
}

/// One subtable under one feature of the default script.
fn layout(feature: [u8; 4], lookup: u16, subtable: &[u8]) -> Vec<u8> {
    let mut table = words(&[1, 0, 10, 30, 44, 1]);
    table.extend(b"DFLT");
    table.extend(words(&[8, 4, 0, 0, 0xFFFF, 1, 0, 1]));
    table.extend(feature);
    table.extend(words(&[8, 0, 1, 0, 1, 4, lookup, 0, 1, 8]));
    table.extend(subtable);
    table
}

/// Each character a range of its own.
fn cmap() -> Vec<u8> {
    let ranges: Vec<(u16, u16)> = CHARACTERS.into_iter().chain([(0xFFFF, 0)]).collect();
    let count = ranges.len() as u16;
    let mut table = words(&[0, 1, 3, 1, 0, 12, 4, 16 + 8 * count, 0, 2 * count, 8, 2, 2 * count - 8]);
    let ends: Vec<u16> = ranges.iter().map(|(character, _)| *character).collect();
    let deltas: Vec<u16> = ranges.iter().map(|(character, glyph)| glyph.wrapping_sub(*character)).collect();
    for column in [ends.clone(), vec![0], ends, deltas, vec![0; ranges.len()]] {
        table.extend(words(&column));
    }
    table
}

/// The family and the style, for Windows.
fn name(family: &str) -> Vec<u8> {
    let texts = [(1, family), (2, "Regular"), (4, family), (6, "Test-Regular")];
    let (mut lines, mut content) = (words(&[0, 4, 54]), vec![]);
    for (id, text) in texts {
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        lines.extend(words(&[3, 1, 0x409, id, text.len() as u16, content.len() as u16]));
        content.extend(text);
    }
    [lines, content].concat()
}

fn post(version: u16) -> Vec<u8> {
    let mut post = words(&[version, 0, 0, 0, 75_u16.wrapping_neg(), 50]);
    post.resize(32, 0);
    post
}

/// Names of glyphs, all of them new.
fn names(glyphs: u16) -> Vec<u8> {
    let mut post = post(2);
    post.extend(words(&[glyphs]));
    post.extend(words(&(0..glyphs).map(|glyph| 258 + glyph).collect::<Vec<_>>()));
    for glyph in 0..glyphs {
        let name = glyph_name(glyph);
        post.push(name.len() as u8);
        post.extend(name.bytes());
    }
    post
}

fn glyph_name(glyph: u16) -> String {
    let first = [".notdef", "space", "A", "V", "f", "i", "f_i"];
    first.get(usize::from(glyph)).map_or_else(|| format!("g{glyph}"), |name| (*name).to_owned())
}

/// A box whose right side is a curve, and steps on its left.
fn quadratic(glyph: u16, points: usize) -> Vec<u8> {
    let (right, count) = (350 + (glyph % 20) as i16 * 5, 5 + points);
    let mut outline = words(&[1, 50, 0, right as u16 + 50, 700, count as u16 - 1, 0]);
    // On the curve, all but the one that the right side bends around; two bytes for x and y.
    let mut flags = vec![1_u8, 1, 0, 1, 1];
    let mut x: Vec<i16> = vec![50, right - 50, 50, -50, 50 - right];
    let mut y: Vec<i16> = vec![0, 0, 350, 350, 0];
    for point in 0..points {
        // A byte each, to the right and up.
        flags.push(0x37);
        x.push(0);
        y.push(if point % 2 == 0 { (glyph % 250) as i16 } else { 1 });
    }
    outline.extend(flags);
    for (number, x) in x.iter().enumerate() {
        if number < 5 { outline.extend(x.to_be_bytes()) } else { outline.push(*x as u8) }
    }
    for (number, y) in y.iter().enumerate() {
        if number < 5 { outline.extend(y.to_be_bytes()) } else { outline.push(*y as u8) }
    }
    outline
}

/// The same in cubic curves: a charstring. A number before the first move is the width, which here stands elsewhere.
fn cubic(glyph: u16) -> Vec<u8> {
    let mut drawn = vec![];
    if glyph != 1 {
        let right = 350 + (glyph % 20) as i16 * 5;
        number(&mut drawn, &[50, 0]);
        drawn.push(21);
        number(&mut drawn, &[right - 50, 0]);
        drawn.push(5);
        number(&mut drawn, &[30, 200, 0, 300, -30, 200]);
        drawn.push(8);
        number(&mut drawn, &[50 - right, 0]);
        drawn.push(5);
    }
    drawn.push(14);
    drawn
}

/// Numbers of a charstring.
fn number(into: &mut Vec<u8>, numbers: &[i16]) {
    for number in numbers {
        into.push(28);
        into.extend(number.to_be_bytes());
    }
}

/// A table of cubic outlines, with subroutines that they may call.
pub fn cff(charstrings: &[Vec<u8>], subroutines: &[Vec<u8>]) -> Vec<u8> {
    let names: Vec<Vec<u8>> =
        (1..charstrings.len() as u16).map(|glyph| glyph_name(glyph).into_bytes()).collect();
    let (head, strings) = (index(&[b"Test".to_vec()]), index(&names));
    let global = index(subroutines);
    // Its own length does not depend on the places that it names.
    let dictionary = |charset: usize, drawn: usize, private: usize| {
        let mut top = vec![];
        for (numbers, operator) in [(vec![charset], 15), (vec![drawn], 17), (vec![0, private], 18)] {
            for number in numbers {
                top.push(29);
                top.extend((number as i32).to_be_bytes());
            }
            top.push(operator);
        }
        index(&[top])
    };
    let start = 4 + head.len() + dictionary(0, 0, 0).len() + strings.len() + global.len();
    let mut charset = vec![0];
    charset.extend((0..names.len() as u16).flat_map(|name| (391 + name).to_be_bytes()));
    let drawn = index(charstrings);
    let top = dictionary(start, start + charset.len(), start + charset.len() + drawn.len());
    [vec![1, 0, 4, 4], head, top, strings, global, charset, drawn].concat()
}

fn index(items: &[Vec<u8>]) -> Vec<u8> {
    let mut index = (items.len() as u16).to_be_bytes().to_vec();
    if items.is_empty() {
        return index;
    }
    index.push(4);
    let mut at = 1_u32;
    index.extend(at.to_be_bytes());
    for item in items {
        at += item.len() as u32;
        index.extend(at.to_be_bytes());
    }
    index.extend(items.iter().flatten());
    index
}
