//! Attributes that hold scripts: the event handlers that the interfaces of the web platform name (Web IDL of HTML, DOM,
//! SVG, UI Events, Pointer and Touch Events, CSS and the rest), those of SVG 1.1 and SVG Tiny 1.2, and those that
//! browsers have besides.

/// The name of a handler, as one of the list.
pub(super) fn find(name: &str) -> Option<&'static str> {
    HANDLERS.binary_search(&name).ok().map(|at| HANDLERS[at])
}

/// In the order of the alphabet.
#[rustfmt::skip]
const HANDLERS: &[&str] = &[
    "onabort", "onactivate", "onadvertisementreceived", "onafterprint", "onanimationcancel", "onanimationend",
    "onanimationiteration", "onanimationstart", "onappinstalled", "onauxclick", "onbeforecopy", "onbeforecut",
    "onbeforeinput", "onbeforeinstallprompt", "onbeforematch", "onbeforepaste", "onbeforeprint", "onbeforetoggle",
    "onbeforeunload", "onbeforexrselect", "onbegin", "onblur", "onbounce", "oncancel", "oncanplay",
    "oncanplaythrough", "onchange", "oncharacteristicvaluechanged", "onclick", "onclose", "oncommand",
    "oncontentvisibilityautostatechange", "oncontextlost", "oncontextmenu", "oncontextrestored", "oncopy",
    "oncuechange", "oncut", "ondblclick", "ondevicemotion", "ondeviceorientation", "ondeviceorientationabsolute",
    "ondrag", "ondragend", "ondragenter", "ondragleave", "ondragover", "ondragstart", "ondrop", "ondurationchange",
    "onemptied", "onencrypted", "onend", "onended", "onenterpictureinpicture", "onerror", "onfencedtreeclick",
    "onfinish", "onfocus", "onfocusin", "onfocusout", "onformdata", "onfreeze", "onfullscreenchange",
    "onfullscreenerror", "ongamepadconnected", "ongamepaddisconnected", "ongattserverdisconnected",
    "ongotpointercapture", "onhashchange", "oninput", "oninstallresult", "oninvalid", "onkeydown", "onkeypress",
    "onkeyup", "onlanguagechange", "onleavepictureinpicture", "onload", "onloadeddata", "onloadedmetadata",
    "onloadstart", "onlocation", "onlostpointercapture", "onmessage", "onmessageerror", "onmousedown",
    "onmouseenter", "onmouseleave", "onmousemove", "onmouseout", "onmouseover", "onmouseup", "onmousewheel",
    "onoffline", "ononline", "onorientationchange", "onpagehide", "onpagereveal", "onpageshow", "onpageswap",
    "onpaste", "onpause", "onplay", "onplaying", "onpointercancel", "onpointerdown", "onpointerenter",
    "onpointerleave", "onpointerlockchange", "onpointerlockerror", "onpointermove", "onpointerout", "onpointerover",
    "onpointerrawupdate", "onpointerup", "onpopstate", "onportalactivate", "onprerenderingchange", "onprogress",
    "onratechange", "onreadystatechange", "onrejectionhandled", "onrepeat", "onreset", "onresize", "onresume",
    "onscroll", "onscrollend", "onscrollsnapchange", "onscrollsnapchanging", "onsearch",
    "onsecuritypolicyviolation", "onseeked", "onseeking", "onselect", "onselectionchange", "onselectstart",
    "onserviceadded", "onservicechanged", "onserviceremoved", "onshow", "onslotchange", "onsnapchanged",
    "onsnapchanging", "onstalled", "onstart", "onstorage", "onstream", "onsubmit", "onsuspend", "ontimeupdate",
    "ontoggle", "ontouchcancel", "ontouchend", "ontouchmove", "ontouchstart", "ontrack", "ontransitioncancel",
    "ontransitionend", "ontransitionrun", "ontransitionstart", "onunhandledrejection", "onunload",
    "onvisibilitychange", "onvolumechange", "onwaiting", "onwaitingforkey", "onwebkitanimationend",
    "onwebkitanimationiteration", "onwebkitanimationstart", "onwebkitfullscreenchange", "onwebkitfullscreenerror",
    "onwebkittransitionend", "onwheel", "onzoom",
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_in_order() {
        assert!(super::HANDLERS.is_sorted());
    }
}
