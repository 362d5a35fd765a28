//! What stays byte for byte, what goes and is told, and what is refused.

mod closed;
mod peers;

use super::*;

/// A drawing around this.
fn svg(body: &str) -> String {
    format!("<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>{body}</svg>")
}

/// A whole file cleaned, and what went.
fn cleaned(file: &str) -> (String, String) {
    let cleaned =
        clean(file.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {file}"));
    let bytes = cleaned.bytes.unwrap_or_else(|| file.as_bytes().to_vec());
    let went: Vec<String> = cleaned.removed.iter().map(|(what, times)| format!("{what} {times}")).collect();
    (String::from_utf8(bytes).unwrap(), went.join(", "))
}

fn refusal(svg: &str) -> SvgError {
    clean(svg.as_bytes(), &Limits::default()).unwrap_err()
}

#[track_caller]
fn stays(body: &str) {
    let file = svg(body);
    let cleaned =
        clean(file.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert!(cleaned.removed.is_empty(), "{body}: {:?}", cleaned.removed);
    assert_eq!(cleaned.bytes, None, "{body}");
}

/// The drawing around `before` becomes the one around `after`.
#[track_caller]
fn becomes(before: &str, after: &str, went: &str) {
    assert_eq!(cleaned(&svg(before)), (svg(after), went.to_owned()), "{before}");
    stays(after);
}

#[test]
fn what_neither_acts_nor_loads_stays() {
    for body in [
        "<!-- <rect/> a note -->\n\t<rect width = '1'\n/><?xpacket begin=''?>",
        "<g id='град' class='größe' font-family='ＭＳ ゴシック, serif' fill='url(#град)'/>",
        "<rect><set attributeName='fill' to='red' begin='1s'/><animate attributeName='d' values='M0 0;M1 1'/></rect>",
        "<text xml:space='preserve' xml:lang='de' xml:id='x'><tspan>on</tspan><tspan>e</tspan>  &amp; &#233;</text>",
        "<textPath href='#p'/><textPath xlink:href='#p'/><mpath href='#p'/><use xlink:href='' href='#a'/>",
        "<path paint-order='stroke' white-space='pre' text-overflow='clip' d='M0 0L1 1'/>",
        "<style>a{content:'//x';fill:url(#b)}/* url(http://a.example) */</style><g style='--a:\"//b\"'/>",
        "<style>@font-face{font-family:x;src:url(data:font/woff2;base64,d09GMg==) format('woff2'),local('x')}</style>",
        "<style>.\\31 a{font-family:DejaVu\\ Serif;fill:u\\72l(#g)}</style><rect fill='url(\\23 g)'/>",
        "<style><![CDATA[.a > .b{fill:red}]]></style><style>.a &gt; b{fill:url('#c(1)')}</style>",
        "<style>@namespace s 'http://www.w3.org/2000/svg';@charset 'utf-8';s|rect{fill:red}</style>",
        "<rect fill=\"url('#a(1)')\" tag='v' one='two' part='x' dir='rtl' label='javascript:x' data-src='//x'/>",
        "<unknown/><rect/><metadata xmlns:c='urn:c'><c:d c:resource='http://c.example/'>x</c:d></metadata>",
        "<image href='data:image/webp;base64,UklGRg=='/><image xlink:href='data:image/jpg;base64,/9j/4A=='/>",
        "<image href='data:;base64,iVBORw0KGgo='/><image href='data:image/svg+xml,%3Csvg/%3E'/>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml' style='color:red'>a<br/><b>b</b></p></foreignObject>",
        "<a href='https://example.com/' target='_blank'><text>x</text></a><a xlink:href='mailto:a@example.com'/>",
        "<style>a{background:image-set(url(#a) 1x,linear-gradient(var(--a),red) 2x);width:attr(data-w px)}</style>",
    ] {
        stays(body);
    }
}

#[test]
fn prefixes_and_foreign_defaults_stay() {
    for file in [
        "<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:rect width='1'/></s:svg>",
        "<s:svg xmlns='urn:other' xmlns:s='http://www.w3.org/2000/svg'><x/><s:style>s{fill:red}</s:style></s:svg>",
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n<svg xmlns='http://www.w3.org/2000/svg'/>\n<!-- end -->",
    ] {
        assert_eq!(cleaned(file), (file.to_owned(), String::new()));
    }
}

#[test]
fn namespaces_that_nobody_wrote_are_put_in() {
    let (bare, _) = cleaned("<svg width='3'><use xlink:href='#a'/></svg>");
    assert_eq!(
        bare,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width='3'>\
         <use xlink:href='#a'/></svg>"
    );
    becomes(
        "<rect i:label='x' x='1'/><i:view>x</i:view>",
        "<rect x='1'/>",
        "<undeclared:…> 1, undeclared:… 1",
    );
}

#[test]
fn what_acts_goes_and_is_told() {
    for (before, after, went) in [
        ("<g/><script>x()</script><g/>", "<g/><g/>", "<script> 1"),
        ("<script href='data:text/javascript,x'/><SCRIPT/>", "", "<script> 2"),
        ("<x:script xmlns:x='http://www.w3.org/2000/svg'><g><g/></g></x:script>", "", "<script> 1"),
        ("<rect onload='x()' x='1' ONCLICK='x()'/>", "<rect x='1'/>", "onclick 1, onload 1"),
        ("<rect onnewevent='x()'/>", "<rect/>", "on… 1"),
        ("<a href='javascript:x()'><rect/></a>", "<a><rect/></a>", "href 1"),
        ("<a xlink:href=' java&#10;script:x()'/>", "<a/>", "xlink:href 1"),
        (
            "<a xmlns:l='http://www.w3.org/1999/xlink' l:href='javascript:x()'/>",
            "<a xmlns:l='http://www.w3.org/1999/xlink'/>",
            "xlink:href 1",
        ),
        ("<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' src='x'/>", "", "<iframe> 1"),
        (
            "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>a<form/><x-y/></p></foreignObject>",
            "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>a</p></foreignObject>",
            "<element of HTML> 1, <form> 1",
        ),
        (
            "<a><set attributeName='xlink:href' to='javascript:x()'/></a>",
            "<a><set attributeName='xlink:href'/></a>",
            "animated href 1",
        ),
        (
            "<animate values='x()' attributeName=' onclick'/>",
            "<animate attributeName=' onclick'/>",
            "animated handler 1",
        ),
        (
            "<e:listener xmlns:e='http://www.w3.org/2001/xml-events' e:handler='#x'/><handler/>",
            "",
            "<ev:…> 1, <handler> 1",
        ),
        ("<rect style='width:expression(x())'/>", "<rect style='width:expression()'/>", "url() 1"),
    ] {
        becomes(before, after, went);
    }
}

#[test]
fn what_loads_goes_and_is_told() {
    for (before, after, went) in [
        ("<image href='http://a.example/x.png' x='1'/>", "<image x='1'/>", "href 1"),
        ("<use href='//a.example/#a' xlink:href='a.svg#a'/>", "<use/>", "href 1, xlink:href 1"),
        ("<feImage href='/x'/><image href='data:text/html,x'/>", "<feImage/><image/>", "href 2"),
        ("<use href='data:image/svg+xml,%3Csvg/%3E#a'/>", "<use/>", "href 1"),
        ("<g xml:base='http://a.example/'/>", "<g/>", "xml:base 1"),
        ("<rect fill='URL( \"/x#a\" ) red'/>", "<rect fill='URL( \"\" ) red'/>", "url() 1"),
        ("<rect fill='u\\72l(x#a)'/>", "<rect fill='u\\72l()'/>", "url() 1"),
        ("<rect fill='url&#40;x#a)'/>", "<rect fill='url()'/>", "url() 1"),
        (
            "<set attributeName='fill' to='url(//a.example/#a)'/>",
            "<set attributeName='fill' to='url()'/>",
            "url() 1",
        ),
        (
            "<rect style=\"a:'\n';background:url(//a.example)\"/>",
            "<rect style=\"a:'\n';background:url()\"/>",
            "url() 1",
        ),
        (
            "<style>a{background:image-set('x' type('image/png') 1x, url(#b))}</style>",
            "<style>a{background:image-set('' type('image/png') 1x, url(#b))}</style>",
            "url() 1",
        ),
        (
            "<style>a{--u:'x';background:image-set(var(--u) 1x) red}</style>",
            "<style>a{--u:'x';background:image-set() red}</style>",
            "url() 1",
        ),
        (
            "<style>a{background:src(var(--u))}b{c:attr(data-u type(&lt;url>))}</style>",
            "<style>a{background:src()}b{c:attr()}</style>",
            "url() 2",
        ),
        (
            "<style>@import url(http://a.example/;x); .a{fill:red}</style>",
            "<style>/**/ .a{fill:red}</style>",
            "@import 1",
        ),
        (
            "<style>@\\69mport/**/'x' layer(a);.a{@import 'y'}</style>",
            "<style>/**/.a{/**/}</style>",
            "@import 2",
        ),
        (
            "<style>@imp<!-- -->ort <![CDATA['x';a{}]]></style>",
            "<style>/**/<![CDATA[a{}]]></style>",
            "<!-- --> 1, @import 1",
        ),
        (
            "<style>@font-face{src:url(https://a.example/f),url(data:font/ttf,x)}</style>",
            "<style>@font-face{src:url(),url(data:font/ttf,x)}</style>",
            "url() 1",
        ),
        (
            "<style>@namespace a url(urn:a);b{c:(@namespace ) url(x)}</style>",
            "<style>@namespace a url(urn:a);b{c:(@namespace ) url()}</style>",
            "url() 1",
        ),
        ("<style>a{b:\u{a0}url(x)}</style>", "<style>a{b:\u{a0}(x)}</style>", "url() 1"),
        (
            "<div xmlns='http://www.w3.org/1999/xhtml' background='x' class='a'><img src='x' alt='y'/></div>",
            "<div xmlns='http://www.w3.org/1999/xhtml' class='a'><img alt='y'/></div>",
            "attribute of HTML 1, src 1",
        ),
    ] {
        becomes(before, after, went);
    }
    let (kept, went) = cleaned("<?xml-stylesheet href='x.css'?><svg xmlns='http://www.w3.org/2000/svg'/>");
    assert_eq!((kept.as_str(), went.as_str()), ("<svg xmlns='http://www.w3.org/2000/svg'/>", "<?xml-… ?> 1"));
}

#[test]
fn drawings_as_data_are_cleaned_too() {
    let inner =
        "<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script><image href='//a.example'/></svg>";
    let (kept, went) = cleaned(&svg(&format!(
        "<image href=\"data:image/svg+xml,{}#v\"/>",
        inner.replace('<', "%3C").replace('\'', "%27")
    )));
    let data = kept.split_once("base64,").unwrap().1.split_once("#v\"").unwrap().0;
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
    assert_eq!(decoded, b"<svg xmlns='http://www.w3.org/2000/svg'><image/></svg>");
    assert_eq!(went, "<script> 1, href 1");
    // Four deep is one too many.
    let mut deep = inner.to_owned();
    for _ in 0..4 {
        let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &deep);
        deep = svg(&format!("<image href='data:image/svg+xml;base64,{data}'/>"));
    }
    assert!(cleaned(&deep).1.starts_with("href"), "{}", cleaned(&deep).1);
}

#[test]
fn html_reads_nothing_else() {
    // What XML takes for a comment or for text, HTML may take for an element.
    for (before, after, went) in [
        (
            "<title><style><!-- </style><img/> --></style></title>",
            "<title><style></style></title>",
            "<!-- --> 1, <style> 1",
        ),
        ("<!--> <b/> -->", "", "<!-- --> 1"),
        ("<?x ><b/>?>", "", "<? ?> 1"),
        ("<desc><![CDATA[><b>]]></desc>", "<desc>&gt;&lt;b&gt;</desc>", ""),
        ("<p/><style>a{}<![CDATA[b>c{fill:url(x)}]]></style>", "<p/><style></style>", "<style> 1"),
    ] {
        becomes(before, after, went);
    }
}

#[test]
fn what_a_document_type_declares_is_read_within_bounds() {
    let with = |subset: &str, body: &str| format!("<!DOCTYPE svg [{subset}]>{body}");
    for file in [
        with("", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        with(
            "<!ENTITY ns 'http://www.w3.org/2000/svg'>\n<!ENTITY st \"fill:red;\"><!ENTITY two '&st;&#38;amp;'>",
            "<svg xmlns='&ns;'><rect style='&st;' id='&two;'/><text>&two;</text></svg>",
        ),
        with(
            "<!ATTLIST svg xmlns:a CDATA #IMPLIED xml:space (y|z) 'y' fill CDATA #FIXED 'red'><!ELEMENT svg ANY>",
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
        ),
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>\
         <svg xmlns='http://www.w3.org/2000/svg'/>"
            .to_owned(),
    ] {
        assert_eq!(cleaned(&file), (file.clone(), String::new()));
    }
    let outside = "<!DOCTYPE svg SYSTEM 'http://a.example/x.dtd'><svg xmlns='http://www.w3.org/2000/svg'/>";
    let kept = "<!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg'/>";
    assert_eq!(cleaned(outside), (kept.to_owned(), "<!DOCTYPE> 1".to_owned()));

    let handler = with("<!ENTITY h 'javascript:'>", "<svg><a href='&h;x()'/></svg>");
    assert_eq!(cleaned(&handler).1, "href 1");
    let split = with("<!ENTITY u 'url(x) url'>", "<svg><rect fill='&u;(#a)'/></svg>");
    assert!(cleaned(&split).0.contains("fill='url() url(#a)'"), "{}", cleaned(&split).0);

    let laughs: String =
        (1..9).map(|n| format!("<!ENTITY a{n} '{}'>", format!("&a{};", n - 1).repeat(10))).collect();
    for (subset, body) in [
        (format!("<!ENTITY a0 'haha'>{laughs}").as_str(), "<svg><text>&a8;</text></svg>"),
        ("<!ENTITY a '&b;'><!ENTITY b '&a;'>", "<svg><text>&a;</text></svg>"),
        ("<!ENTITY x SYSTEM 'file:///x'>", "<svg/>"),
        ("<!ENTITY % x 'y'>", "<svg/>"),
        ("<!ENTITY x '&#60;script/>'>", "<svg>&x;</svg>"),
        ("<!ENTITY x '<g/>'>", "<svg>&x;</svg>"),
        ("<!ATTLIST rect onload CDATA 'x()'>", "<svg><rect/></svg>"),
        ("<!ATTLIST use href CDATA 'a.svg#b'>", "<svg><use/></svg>"),
    ] {
        let error = refusal(&with(subset, body));
        assert!(matches!(error, SvgError::Declarations(_)), "{subset}: {error}");
    }
    let html = with("<!ATTLIST x xmlns CDATA 'http://www.w3.org/1999/xhtml'>", "<svg><x><object/></x></svg>");
    assert_eq!(cleaned(&html).1, "<element of HTML> 1");
    assert_eq!(refusal("<svg><text>&undeclared;</text></svg>"), SvgError::Undeclared);
}

#[test]
fn it_settles() {
    let file = svg("<script/><rect fill='url(x)' onload='x()'/><style>@import 'x';a{b:url( x )}</style>");
    let (once, _) = cleaned(&file);
    assert_eq!(cleaned(&once), (once.clone(), String::new()));
    assert_eq!(cleaned(&file), cleaned(&file));
}

#[test]
fn caps() {
    let limits = Limits { bytes_max: 10, ..Limits::default() };
    assert_eq!(clean(b"<svg></svg>", &limits), Err(SvgError::TooLarge(10)));
    let nested = |depth: usize| format!("<svg>{}{}</svg>", "<g>".repeat(depth), "</g>".repeat(depth));
    assert!(clean(nested(255).as_bytes(), &Limits::default()).is_ok());
    assert_eq!(refusal(&nested(256)), SvgError::TooDeep(256));
    assert_eq!(refusal(&nested(20_000)), SvgError::TooDeep(256));
    let many = format!("<svg>{}</svg>", "<g/>".repeat(200_000));
    assert_eq!(refusal(&many), SvgError::TooManyElements(200_000));
    let attributes: String = (0..1025).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(refusal(&format!("<svg{attributes}/>")), SvgError::TooManyAttributes(1024));
}

#[test]
fn refuses_what_is_no_svg() {
    for other in ["", "   ", "text", "<html/>", "<html><svg/></html>", "<SVG/>"] {
        assert_eq!(refusal(other), SvgError::NotSvg, "{other}");
    }
    assert_eq!(refusal("<svg xmlns='urn:other'/>"), SvgError::OtherNamespace);
    assert_eq!(refusal("<s:svg/>"), SvgError::OtherNamespace);
    assert_eq!(clean(b"\x1f\x8b\x08", &Limits::default()), Err(SvgError::Compressed));
    for broken in [
        "<svg>",
        "<svg><g></svg>",
        "<svg/><svg/>",
        "<svg",
        "<svg a=1/>",
        "<svg a='1' a='2'/>",
        "<svg a='<'/>",
        "<svg a='1'b='2'/>",
        "<svg/>text",
        "<svg>\u{1}</svg>",
        "<svg><!-- </svg>",
        "<svg a:b:c=''/>",
        "<svg xmlns:x=''/>",
        "<svg xmlns:xml='urn:x'/>",
        "<svg/><!DOCTYPE svg>",
        "<1svg/>",
        "<svg><? ?></svg>",
    ] {
        assert!(matches!(refusal(broken), SvgError::Malformed { .. }), "{broken}: {}", refusal(broken));
    }
    assert!(matches!(clean(b"<svg>\xff</svg>", &Limits::default()), Err(SvgError::Malformed { .. })));
}

#[test]
fn every_encoding_stays_what_it_is() {
    let file = "<svg xmlns='http://www.w3.org/2000/svg'><script/><text>é</text></svg>";
    let kept = "<svg xmlns='http://www.w3.org/2000/svg'><text>é</text></svg>";
    let utf16 = |text: &str| -> Vec<u8> {
        format!("\u{feff}<?xml version='1.0' encoding='UTF-16'?>{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect()
    };
    let latin = |text: &str| -> Vec<u8> {
        let head = "<?xml version='1.0' encoding='ISO-8859-1'?>";
        format!("{head}{text}").chars().map(|c| u8::try_from(c).unwrap()).collect()
    };
    let marked = |text: &str| format!("\u{feff}{text}").into_bytes();
    for (before, after) in
        [(utf16(file), utf16(kept)), (latin(file), latin(kept)), (marked(file), marked(kept))]
    {
        assert_eq!(clean(&before, &Limits::default()).unwrap().bytes, Some(after));
    }
    // What it declares and is not would be read as something else.
    let wrong = format!("<?xml version='1.0' encoding='shift_jis'?>{kept}");
    assert_eq!(cleaned(&wrong).0, format!("<?xml version='1.0' ?>{kept}"));
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
        ("width='&#51;0' height='20'", (30, 20)),
        ("", (100, 100)),
    ] {
        let size = clean(format!("<svg {attributes}/>").as_bytes(), &Limits::default()).unwrap().size;
        assert_eq!((size.width, size.height), expected, "{attributes}");
    }
}
