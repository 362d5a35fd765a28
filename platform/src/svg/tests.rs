//! One test for each kind of bomb and for each thing that must go.

use super::*;

fn clean(body: &str) -> String {
    let svg = format!("<svg xmlns='http://www.w3.org/2000/svg'>{body}</svg>");
    String::from_utf8(sanitise(svg.as_bytes(), &Limits::default()).unwrap()).unwrap()
}

fn refusal(svg: &str) -> SvgError {
    let measured = size(svg.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(sanitise(svg.as_bytes(), &Limits::default()).unwrap_err(), measured);
    measured
}

#[test]
fn keeps_pictures() {
    let kept = clean("<g fill='url(#a)' transform='scale(2)'><path d='M0 0L1 1'/><use href='#b'/></g>");
    for part in ["fill=\"url(#a)\"", "d=\"M0 0L1 1\"", "href=\"#b\"", "scale(2)"] {
        assert!(kept.contains(part), "{part} in {kept}");
    }
    let png = "data:image/png;base64,iVBORw0KGgo//8=";
    assert!(clean(&format!("<image href='{png}'/>")).contains(png));
    assert!(clean(&format!("<image xlink:href='{png}'/>")).contains(png));
    assert!(clean("<text>a &amp; b &lt;c&gt; &#233;</text>").contains("a &amp; b &lt;c&gt; é"));
    assert!(clean("<style><![CDATA[.a > .b{fill:red}]]></style>").contains(".a &gt; .b{fill:red}"));
}

#[test]
fn is_deterministic_and_settles() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='4' id='x'><rect y='2' x='1'/></svg>";
    let once = sanitise(svg.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(once, sanitise(svg.as_bytes(), &Limits::default()).unwrap());
    let twice = sanitise(&once, &Limits::default()).unwrap();
    assert_eq!(twice, sanitise(&twice, &Limits::default()).unwrap());
    assert_eq!(size(&once, &Limits::default()).unwrap(), Size { width: 3, height: 4 });
}

#[test]
fn removes_what_acts() {
    for body in [
        "<script>alert(1)</script>",
        "<script href='data:text/javascript,alert(1)'/>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<rect onload='alert(1)' ONCLICK='alert(1)'/>",
        "<a href='javascript:alert(1)'><rect/></a>",
        "<a xlink:href=' java&#10;script:alert(1)'><rect/></a>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><b>alert(1)</b></body></foreignObject>",
        "<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' src='javascript:alert(1)'/>",
        "<set attributeName='href' to='javascript:alert(1)'/>",
        "<animate attributeName='onclick' values='alert(1)'/>",
        "<style>a{background:url(javascript:alert(1))}</style>",
        "<rect style='width:expression(alert(1))'/>",
        "<use href='data:image/svg+xml;base64,PHN2Zy8+#alert(1)'/>",
        "<image href='data:text/html,alert(1)'/>",
        "<!-- alert(1) --><?php alert(1) ?>",
    ] {
        let kept = clean(body).to_ascii_lowercase();
        for word in ["alert", "script:", "onload", "<script", "foreignobject", "iframe"] {
            assert!(!kept.contains(word), "{word} of {body} in {kept}");
        }
    }
}

#[test]
fn removes_what_loads() {
    for body in [
        "<image href='http://evil.example/x.png'/>",
        "<image href='//evil.example/x.png'/>",
        "<image href='/evil/x.png'/>",
        "<use xlink:href='evil.svg#a'/>",
        "<feImage href='https://evil.example/x'/>",
        "<rect fill='url(http://evil.example/x#a)'/>",
        "<rect fill='URL( \"/evil/x#a\" )'/>",
        "<set attributeName='fill' to='url(//evil.example/#a)'/>",
        "<rect style='background:url(http://evil.example/x)'/>",
        "<rect style='background:image-set(\"http://evil.example/x\" 1x)'/>",
        "<style>@import url(http://evil.example/x.css); .a{fill:red}</style>",
        "<style>@imp/**/ort 'evil.css';</style>",
        "<style>@\\69mport 'evil.css';</style>",
        "<style>@font-face{src:url(https://evil.example/f)}</style>",
        "<style>.a{fill:image-set('//evil.example/x')}</style>",
        "<style>.a{fill:u\\rl(//evil.example/x)}</style>",
    ] {
        let kept = clean(body);
        let mangled = kept.contains("evil") && !body.contains("/**/");
        assert!(!mangled && !kept.contains("@import"), "{body} became {kept}");
    }
}

#[test]
fn leaves_sheets_whole_after_an_import() {
    let sheet = "/* see http://a.example */ @charset 'utf-8'; @IMPORT url('http://a.example/;)x.css') screen;\n\
                 @namespace svg url(http://www.w3.org/2000/svg); .a{fill:url(#b);font-family:'x;y'} .c{fill:red}";
    let kept = clean(&format!("<style>{sheet}</style>")).replace("&apos;", "'");
    assert!(kept.contains(".a{fill:url(#b);font-family:'x;y'} .c{fill:red}"), "{kept}");
    assert!(!kept.contains("example") && !kept.contains("namespace svg"), "{kept}");
}

#[test]
fn caps_bytes() {
    let limits = Limits { bytes_max: 10, output_bytes_max: 10, ..Limits::default() };
    assert_eq!(sanitise(b"<svg></svg>", &limits), Err(SvgError::TooLarge(10)));
    assert_eq!(size(b"<svg></svg>", &limits), Err(SvgError::TooLarge(10)));
}

#[test]
fn caps_depth() {
    let nested = |depth: usize| format!("<svg>{}{}</svg>", "<g>".repeat(depth), "</g>".repeat(depth));
    assert!(sanitise(nested(255).as_bytes(), &Limits::default()).is_ok());
    assert_eq!(refusal(&nested(256)), SvgError::TooDeep(256));
    assert_eq!(refusal(&nested(20_000)), SvgError::TooDeep(256));
}

#[test]
fn caps_elements() {
    let many = format!("<svg>{}</svg>", "<g/>".repeat(200_000));
    assert_eq!(refusal(&many), SvgError::TooManyElements(200_000));
}

#[test]
fn caps_the_output() {
    let wide = format!("<svg>{}{}{}</svg>", "<g>".repeat(200), "<g/>".repeat(5000), "</g>".repeat(200));
    let limits = Limits { output_bytes_max: 1_000_000, ..Limits::default() };
    assert_eq!(sanitise(wide.as_bytes(), &limits), Err(SvgError::TooLarge(1_000_000)));
}

#[test]
fn refuses_declarations() {
    let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><svg><text>&b;</text></svg>";
    assert_eq!(refusal(laughs), SvgError::Declarations);
    let outside = "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg><text>&x;</text></svg>";
    assert_eq!(refusal(outside), SvgError::Declarations);
    assert_eq!(refusal("<svg><text>&undeclared;</text></svg>"), SvgError::Declarations);
    let plain =
        "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://x/svg11.dtd'><svg/>";
    let kept = String::from_utf8(sanitise(plain.as_bytes(), &Limits::default()).unwrap()).unwrap();
    assert!(!kept.contains("DOCTYPE") && !kept.contains("dtd"), "{kept}");
}

#[test]
fn refuses_what_is_no_svg() {
    for other in ["", "   ", "text", "<html/>", "<html><svg/></html>"] {
        assert_eq!(refusal(other), SvgError::NotSvg, "{other}");
    }
    for broken in ["<svg>", "<svg><g></svg>", "<svg/><svg/>", "<svg", "<svg a=1/>", "<svg a='1' a='2'/>"] {
        assert!(sanitise(broken.as_bytes(), &Limits::default()).is_err(), "{broken}");
    }
    assert!(matches!(sanitise(b"<svg>\xff</svg>", &Limits::default()), Err(SvgError::Malformed(_))));
}

#[test]
fn reads_other_encodings() {
    let utf16: Vec<u8> =
        "\u{feff}<svg><text>é</text></svg>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1 = b"<?xml version='1.0' encoding='ISO-8859-1'?><svg><text>\xe9</text></svg>".to_vec();
    let marked = "\u{feff}<svg><text>é</text></svg>".as_bytes().to_vec();
    for bytes in [utf16, latin1, marked] {
        let kept = String::from_utf8(sanitise(&bytes, &Limits::default()).unwrap()).unwrap();
        assert!(kept.contains("<text>é</text>"), "{kept}");
    }
}

#[test]
fn measures() {
    for (attributes, expected) in [
        ("width='30' height='20'", (30, 20)),
        ("width='30.6px' height='20.2'", (31, 20)),
        ("width='0.2' height='1e99'", (1, 1_000_000_000)),
        ("width='100%' height='20' viewBox='0 0 50 60'", (50, 60)),
        ("viewBox='-1,-2, 50.4\n60'", (50, 60)),
        ("width='30'", (100, 100)),
        ("width='NaN' height='inf' viewBox='0 0 -1 0'", (100, 100)),
        ("", (100, 100)),
    ] {
        let measured = size(format!("<svg {attributes}/>").as_bytes(), &Limits::default()).unwrap();
        assert_eq!((measured.width, measured.height), expected, "{attributes}");
    }
}

#[test]
fn survives_noise() {
    let sound =
        "<svg viewBox='0 0 1 1'><style>@import 'a';.b{fill:url(#c)}</style><!--x--><g a='&lt;'/>é</svg>";
    let mut seed = 3_u64;
    for _ in 0..3000 {
        let mut bytes = sound.as_bytes().to_vec();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] = b"<>'\"/\\&;@(){}*!-[]ur= \xc3"[(seed >> 20) as usize % 23];
        }
        // Any outcome but a panic is right.
        let _ = sanitise(&bytes, &Limits::default());
    }
}
