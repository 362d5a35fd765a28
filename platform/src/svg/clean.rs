//! The last pass, over what the filter let through: no reference leaves the document.

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::css;
use super::error::{SvgError, malformed};

/// Elements that change one named attribute of another.
const ANIMATIONS: [&[u8]; 4] = [b"animate", b"animateColor", b"animateTransform", b"set"];

pub(super) fn clean(bytes: &[u8]) -> Result<Vec<u8>, SvgError> {
    let text = std::str::from_utf8(bytes).map_err(malformed)?;
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::with_capacity(bytes.len()));
    // The filter leaves nothing inside a style element but text.
    let mut sheet: Option<String> = None;
    loop {
        let event = reader.read_event().map_err(malformed)?;
        match (event, &mut sheet) {
            (Event::Eof, _) => return Ok(writer.into_inner()),
            (Event::Text(text), Some(sheet)) => sheet.push_str(&text.decode().map_err(malformed)?),
            (Event::GeneralRef(name), Some(sheet)) => {
                let escaped = format!("&{};", name.decode().map_err(malformed)?);
                sheet.push_str(&quick_xml::escape::unescape(&escaped).map_err(malformed)?);
            }
            (Event::Start(element), _) => {
                if element.local_name().as_ref() == b"style" {
                    sheet = Some(String::new());
                }
                writer.write_event(Event::Start(within(&element)?)).map_err(malformed)?;
            }
            (Event::Empty(element), _) => {
                writer.write_event(Event::Empty(within(&element)?)).map_err(malformed)?;
            }
            (Event::End(element), _) => {
                let kept = sheet.take().and_then(|sheet| css::within(&sheet)).unwrap_or_default();
                writer.write_event(Event::Text(BytesText::new(&kept))).map_err(malformed)?;
                writer.write_event(Event::End(element)).map_err(malformed)?;
            }
            (event, _) => writer.write_event(event).map_err(malformed)?,
        }
    }
}

/// The element without attributes that refer to anything outside the document.
fn within(element: &BytesStart<'_>) -> Result<BytesStart<'static>, SvgError> {
    let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
    let mut kept = BytesStart::new(name);
    // The filter takes the name of what must not be animated; without it the values are for nothing.
    if ANIMATIONS.contains(&element.local_name().as_ref())
        && element.try_get_attribute("attributeName").map_err(malformed)?.is_none()
    {
        return Ok(kept);
    }
    for attribute in element.attributes() {
        let attribute = attribute.map_err(malformed)?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute.unescape_value().map_err(malformed)?;
        if let Some(value) = allowed(&key, &value) {
            kept.push_attribute((key.as_str(), value.as_str()));
        }
    }
    Ok(kept)
}

fn allowed(key: &str, value: &str) -> Option<String> {
    let refers = matches!(key, "href" | "src" | "base" | "xlink:href" | "xml:base");
    // Spaces and control characters inside a scheme are skipped by browsers.
    let packed = value.to_ascii_lowercase().replace(|c: char| c.is_whitespace() || c.is_control(), "");
    if packed.contains("javascript:") {
        None
    } else if refers {
        css::inside(value).then(|| value.trim().to_owned())
    } else if key == "style" || packed.contains("url(") {
        css::within(value)
    } else {
        Some(value.to_owned())
    }
}
