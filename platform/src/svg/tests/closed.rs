//! What others read differently than it seems, each by one harmless probe.

use super::*;

const NS: &str = "xmlns='http://www.w3.org/2000/svg'";

fn with(subset: &str, body: &str) -> String {
    format!("<!DOCTYPE svg [{subset}]><svg {NS}>{body}</svg>")
}

#[track_caller]
fn declares_too_much(file: &str) {
    let error = refusal(file);
    assert!(matches!(error, SvgError::Declarations(_)), "{file}: {error}");
}

#[track_caller]
fn is_malformed(file: &str) {
    let error = refusal(file);
    assert!(matches!(error, SvgError::Malformed { .. }), "{file}: {error}");
}

#[test]
fn a_declaration_says_plainly_and_soon_what_it_means() {
    let far = " ".repeat(250);
    is_malformed(&format!("<?xml version='1.0'{far}encoding='utf-8'?><svg/>"));
    is_malformed(&format!("<?xml\tversion='1.0'{far}?><svg/>"));
    is_malformed("<?xml version='encoding' encoding='koi8-r'?><svg/>");
    is_malformed("<?xml version='1.0' encoding?><svg/>");
    is_malformed("<?xml version='1.0' x='><b/>'?><svg/>");
    let wide = format!("\u{feff}<?xml version='1.0'{far}encoding='utf-8'?><svg/>");
    let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(clean(&wide, &Limits::default()), Err(SvgError::Malformed { .. })));
}

#[test]
fn the_worst_that_an_element_may_animate_counts() {
    becomes(
        "<set attributename='x' attributeName='href' to='x:y'/>",
        "<set attributename='x' attributeName='href'/>",
        "animated href 1",
    );
    becomes(
        "<set attributeName='href' ATTRIBUTENAME='onclick' to='x'/>",
        "<set attributeName='href' ATTRIBUTENAME='onclick'/>",
        "animated handler 1",
    );
    let (kept, went) = cleaned(&with(
        "<!ATTLIST set attributename CDATA 'x' attributeName CDATA 'onclick'>",
        "<set to='x'/><set attributeName='x' to='y'/>",
    ));
    assert!(kept.ends_with("<set/><set attributeName='x'/></svg>"), "{kept}");
    assert_eq!(went, "animated handler 2");
}

#[test]
fn a_line_break_is_one_blank() {
    becomes("<rect fill='\\75\r\nrl(x)'/>", "<rect fill='\\75 rl()'/>", "url() 1");
    stays("<rect fill='\\75\r\nrl(#x)' d='M0\r\n0'/>");
    // A line break each, so that it calls nothing.
    let (kept, went) = cleaned(&svg("<style>a{b:\\75\r<!-- -->\nrl(x [ url(y)}</style>"));
    assert!(!kept.contains("url(y)"), "{kept}");
    assert_eq!(went, "<!-- --> 1, url() 1");
}

#[test]
fn what_a_document_type_says_reads_alike() {
    for subset in [
        "<!ATTLIST rect fill NMTOKENS 'red'>",
        "<!ATTLIST rect fill (a|b) #IMPLIED>",
        "<!ATTLIST rect fill NMTOKEN #REQUIRED>",
        "<!ENTITY a 'x\ty'>",
        "<!ENTITY a 'x&#10;y'>",
        "<!ATTLIST rect fill CDATA 'a\nb'>",
        "<!ATTLIST rect fill CDATA 'a&#xd;b'>",
        "<!ENTITY a 'x>y'>",
        "<!ENTITY a 'x<y'>",
        "<!ATTLIST rect id (a|b>) #IMPLIED>",
        "<!ELEMENT svg '>'>",
    ] {
        declares_too_much(&with(subset, ""));
    }
    declares_too_much(&format!("<!DOCTYPE svg PUBLIC '>' 'http://www.w3.org/'><svg {NS}/>"));
    declares_too_much(&format!("<!DOCTYPE svg SYSTEM 'http://www.w3.org/<'><svg {NS}/>"));
    declares_too_much(&with("<!ENTITY a 'x&#38;#10;y'>", "<rect fill='&a;'/>"));
    let typed = with("<!ATTLIST rect id ID #IMPLIED class NMTOKENS 'a' xlink:show (new|none) 'none'>", "");
    assert_eq!(cleaned(&typed), (typed.clone(), String::new()));
}

#[test]
fn all_that_one_reference_means_changes_at_once() {
    let (kept, went) = cleaned(&with("<!ENTITY u 'url(x) url(y)'>", "<rect fill='&u;&lt;'/>"));
    assert!(kept.ends_with("<rect fill='url() url()&lt;'/></svg>"), "{kept}");
    assert_eq!(went, "url() 2");
    let (kept, _) = cleaned(&with("<!ENTITY u 'url(x) url(y)'>", "<style>a{b:&u;}<![CDATA[c>d{}]]></style>"));
    assert!(kept.ends_with("<style>a{b:url() url()}c&gt;d{}</style></svg>"), "{kept}");
}

#[test]
fn entities_cost_even_when_they_mean_nothing() {
    let empty: String =
        (1..8).map(|n| format!("<!ENTITY a{n} '{}'>", format!("&a{};", n - 1).repeat(20))).collect();
    declares_too_much(&with(&format!("<!ENTITY a0 ''>{empty}"), "<text>&a7;</text>"));
    let long = with(&format!("<!ENTITY a '{}'>", "x".repeat(50_000)), &"<text>&a;</text>".repeat(100));
    declares_too_much(&long);
}

#[test]
fn work_is_in_proportion() {
    let start = std::time::Instant::now();
    let attrs = format!("<rect style='{}'/>", "attr(*".repeat(100_000));
    assert_eq!(cleaned(&svg(&attrs)).1, "url() 1");
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
    declares_too_much(&with(&format!("<!ATTLIST rect a CDATA '{}'>", "x".repeat(4096)), ""));
    let often = with(&format!("<!ATTLIST g a CDATA '{}'>", "x".repeat(4000)), &"<g/>".repeat(2_200));
    declares_too_much(&often);
}

#[test]
fn what_goes_joins_nothing() {
    becomes("<style>a{b:u@import 'x';rl(y)}</style>", "<style>a{b:u/**/rl(y)}</style>", "@import 1");
}

#[test]
fn each_of_several_values_is_judged() {
    for values in ["a\";url(x);\"", "url(#a);url(x)", "\\;url(x)", "(;url(x)"] {
        becomes(
            &format!("<animate attributeName='fill' values='{values}'/>"),
            "<animate attributeName='fill'/>",
            "values 1",
        );
    }
    stays("<animate attributeName='fill' values='url(#a);rgb(0,0,0);red'/>");
}

#[test]
fn html_knows_attributes_by_their_names() {
    for name in ["xlink:href", "xlink:HREF"] {
        let file = |more: &str| format!("<svg {NS} xmlns:xlink='urn:x'><a{more}/></svg>");
        let (kept, went) = cleaned(&file(&format!(" {name}='x:y'")));
        assert_eq!((kept, went.as_str()), (file(""), "xlink:href 1"), "{name}");
    }
    let file = |more: &str| format!("<svg {NS} xmlns:XLINK='urn:x'><a{more}/></svg>");
    assert_eq!(cleaned(&file(" XLINK:href='x:y'")), (file(""), "xlink:href 1".to_owned()));
    becomes("<g background='x.png' BACKGROUND='//x'/>", "<g/>", "background 2");
    stays("<g background='#fff'/>");
}

#[test]
fn html_reads_sheets_as_raw_text() {
    for sheet in ["a{b:&quot;x}", "a{}<?x */ b{} ?>", "<![CDATA[a{}]]>", "a{}<!-- x -->"] {
        let (kept, went) = cleaned(&svg(&format!("<desc><style>{sheet}</style></desc>")));
        assert_eq!(kept, svg("<desc><style></style></desc>"), "{sheet}");
        assert!(went.contains("<style> 1"), "{went}");
    }
    becomes("<style>a{}<!-- x -->b{}</style>", "<style>a{}b{}</style>", "<!-- --> 1");
    becomes("<desc><style/>a{}</desc><style/>", "<desc>a{}</desc><style/>", "<style> 1");
    stays("<desc><style>a > b{fill:red}</style></desc>");
}

#[test]
fn html_knows_no_declarations() {
    for (name, body) in [
        ("lpar", ""),
        ("quotx", ""),
        ("q", "<rect style='a:&q;;fill:url(x);&q;'/>"),
        ("q", "<style>a{b:&q;;fill:url(x);&q;}</style>"),
        ("q", "<animate attributeName='fill' values='&q;url(x)&q;'/>"),
    ] {
        declares_too_much(&with(&format!("<!ENTITY {name} '\"'>"), body));
    }
    let plain = with("<!ENTITY st 'fill:red'><!ENTITY lt '&#38;#60;'>", "<rect style='&st;;a:url(#b)'/>");
    assert_eq!(cleaned(&plain), (plain.clone(), String::new()));
}
