// Drawings of our own that neither act nor load: a row of what goes wrong with them each, and every element and
// attribute of SVG. Prints {name: svg} as JSON. usage: cases.mjs

import { svgElementAttributes } from "svg-element-attributes";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP8z4AATAxEcQAz0QEHOoQ+uAAAAABJRU5ErkJggg==";
const gif = "R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==";
const inner = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="teal"/></svg>`;
const svg = (body, more = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200"${more}>${body}</svg>`;
const gradient = (id) => `<linearGradient id="${id}"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>`;
const square = (more) => `<rect x="20" y="20" width="120" height="120" ${more}/>`;
const text = (body, more = "") => `<text x="10" y="80" font-size="30" ${more}>${body}</text>`;

const cases = {
  prefixed: `<s:svg xmlns:s="http://www.w3.org/2000/svg" width="200" height="200"><s:rect width="90" height="90" fill="red"/></s:svg>`,
  "foreign-default": `<s:svg xmlns="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:s="http://www.w3.org/2000/svg" width="200" height="200"><namedview/><s:rect width="90" height="90" fill="red"/></s:svg>`,
  cyrillic: svg(`${gradient("град")}${square('fill="url(#град)"')}`),
  umlaut: svg(`<style>.größe{fill:green}</style>${square('class="größe"')}`),
  set: svg(square(">").replace("/>", `<set attributeName="fill" to="red" begin="1s"/></rect>`).replace(" >", ">")),
  animations: svg(`<rect width="50" height="50"><animate attributeName="x" from="0" to="100" dur="2s"/><animate attributeName="fill" values="red;lime;blue" dur="3s" repeatCount="indefinite"/><animateTransform attributeName="transform" type="rotate" from="0 50 50" to="90 50 50" dur="2s"/></rect><path id="p" d="M0 150H150" fill="none"/><circle r="9"><animateMotion dur="2s"><mpath href="#p"/></animateMotion></circle>`),
  tspans: svg(text("<tspan>on</tspan><tspan>e</tspan>")),
  "white-space": svg(text("  a   b\n  <tspan>c</tspan>\n<tspan> d</tspan>", 'xml:space="preserve"'), ' xml:space="preserve"'),
  "text-path": svg(`<path id="p" d="M10 90Q90 10 190 90" fill="none"/><text font-size="20"><textPath href="#p">along a path</textPath></text><text y="60" font-size="20"><textPath xlink:href="#p">again</textPath></text>`),
  "paint-order": svg(text("Ordered", 'paint-order="stroke" stroke="red" stroke-width="9"')),
  ellipsis: svg(text("a  b", 'style="white-space:pre"') + `<text y="120" white-space="pre" text-overflow="ellipsis">a   b</text>`),
  webp: svg(`<image width="90" height="90" href="data:image/webp;base64,UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAA="/>`),
  misnamed: svg(`<image width="90" height="90" href="data:image/jpg;base64,${png}"/><image y="100" width="90" height="90" xlink:href="data:application/octet-stream;base64,${png}"/><image x="100" width="90" height="90" href="data:;base64,${gif}"/>`),
  "svg-as-data": svg(`<image width="90" height="90" href="data:image/svg+xml;base64,${Buffer.from(inner).toString("base64")}"/><image y="100" width="90" height="90" href="data:image/svg+xml,${encodeURIComponent(inner)}"/>`),
  "css-slashes": svg(`<style>text{content:"//x"}rect{fill:red}</style>${square(`style="--a:'//b';stroke:blue"`)}`),
  "css-escape": svg(`<style>.\\31 a{fill:red}.b\\:c{stroke:blue}rect{f\\69ll-opacity:.5}</style>${square('class="1a b:c"')}`),
  "css-escaped-url": svg(`${gradient("g")}<style>rect{fill:u\\72l(#g)}</style>${square('stroke="url(\\23 g)" stroke-width="9"')}`),
  "css-family": svg(`<style>text{font-family:DejaVu\\ Serif}</style>${text("Family", 'font-family="ＭＳ ゴシック, serif"')}`),
  "css-namespace": svg(`<style>@namespace s "http://www.w3.org/2000/svg";@namespace x url(urn:x);s|rect{fill:red}x|rect{fill:blue}</style>${square("")}`),
  "css-quoted": svg(`<linearGradient id="a(1)"><stop stop-color="red"/></linearGradient>${square(`fill="url('#a(1)')" style='stroke:url("#a(1)")'`)}`),
  "css-cdata": svg(`<style><![CDATA[ .a > .b{fill:red} ]]></style><g class="a">${square('class="b"')}</g>`),
  "css-lang": svg(`<style>:lang(de){fill:red}[tag=v]{stroke:blue}[one]{stroke-width:9}#i{opacity:.5}</style>${square('xml:lang="de" tag="v" one="1" xml:id="i"')}`),
  "css-structure": svg(`<metadata/><style>rect:nth-child(5){fill:red}unknown~rect{stroke:blue}x-y+circle{fill:lime}</style><unknown/><s:n xmlns:s="urn:s"/>${square("")}<x-y/><circle cx="170" cy="170" r="20"/>`),
  "css-media": svg(`<style>:root{--c:#0a0}@media (min-width:1px){.a{fill:var(--c)}}@supports (fill:red){rect{stroke:red}}@layer x{rect{stroke-width:9}}.a{&amp;:nth-child(n){opacity:calc(.25*2)}}</style>${square('class="a"')}`),
  "css-keyframes": svg(`<style>@keyframes k{from{fill:red;transform:rotate(0)}to{fill:blue;transform:rotate(40deg)}}.a{animation:k 2s infinite}</style>${square('class="a"')}`),
  "css-background": svg("", ` style="background:url(data:image/png;base64,${png}) 10px 10px/90px no-repeat,linear-gradient(red,blue)"`),
  "css-image-set": svg("", ` style="background:image-set('data:image/png;base64,${png}' 1x,url(#a) 2x)"`),
  "a-word": svg(`${gradient("javascript:")}<g id="javascript:x" aria-label="javascript:y">${square('fill="url(#javascript:)" data-a="javascript:z"')}</g>`),
  "html-text": svg(`<foreignObject width="180" height="180"><div xmlns="http://www.w3.org/1999/xhtml" style="font:20px sans-serif;color:red"><p>One <b>two</b><br/>three</p><ul><li>four</li></ul><table><tr><td>5</td></tr></table></div></foreignObject>`),
  entities: `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ENTITY st "fill:red;"><!ENTITY two "&st;stroke:blue">]>\n<svg xmlns="&ns_svg;" width="200" height="200">${square('style="&two;"')}<text y="190">&st;</text></svg>`,
  attlist: `<!DOCTYPE svg [<!ATTLIST rect fill CDATA "lime" stroke CDATA #IMPLIED><!ELEMENT svg ANY>]>${svg(square(""))}`,
  "empty-doctype": `<!DOCTYPE svg []>${svg(square(""))}`,
  "both-hrefs": svg(`<rect id="a" width="90" height="90" fill="red"/><circle id="b" r="60" fill="blue"/><use href="#a" xlink:href="#b" x="100"/><use href="" xlink:href="#b" y="100"/>`),
  comments: svg(`<!-- a <rect/> note --><?xpacket begin=""?>${square("")}<!-- end -->`),
  links: svg(`<a href="https://example.com/"><text y="50">link</text></a><style>a:link{fill:red}</style>`),
  capitals: svg(square('FILL="red" style="FILL:RED"')),
  nested: svg(`<svg x="20" width="90" height="90" viewBox="0 0 10 10"><rect width="10" height="10" fill="red"/></svg><switch><g requiredExtensions="x"/><circle cx="150" cy="150" r="20"/></switch>`),
};

// What attributes hold; others hold 1.
const values = {
  href: "#thing", "xlink:href": "#thing", fill: "url(#paint)", stroke: "url('#paint')", filter: "url(#blur)", "clip-path": "url(#clip)",
  mask: "url(#mask)", "marker-start": "url(#marker)", "marker-mid": "url(#marker)", "marker-end": "url(#marker)", cursor: "pointer",
  style: "opacity:.9;fill:red", class: "a", id: "own", d: "M10 10H90V90z", path: "M0 0L50 50", points: "10,10 90,10 50,90", width: "90",
  height: "90", r: "40", rx: "20", ry: "10", cx: "60", cy: "60", x: "10", y: "10", x1: "0", x2: "90", y1: "0", y2: "90", dx: "2", dy: "2",
  viewBox: "0 0 200 200", transform: "rotate(5)", gradientTransform: "rotate(5)", patternTransform: "rotate(5)", opacity: ".8",
  in: "SourceGraphic", in2: "SourceGraphic", type: "matrix", values: "1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 1 0", attributeName: "x",
  from: "0", to: "90", by: "10", dur: "2s", begin: "0s", "xml:space": "preserve", "xml:lang": "en", lang: "en", "font-size": "30",
  "font-family": "serif", "stroke-width": "4", "stroke-dasharray": "8 4", operator: "over", offset: ".5", "stop-color": "red",
  "flood-color": "blue", "lighting-color": "white", color: "green", display: "inline", visibility: "visible", overflow: "visible",
  rotate: "10", orient: "auto", preserveAspectRatio: "xMidYMid meet", textLength: "90", stdDeviation: "2", scale: "5", order: "3",
  kernelMatrix: "0 0 0 0 1 0 0 0 0", radius: "2", refX: "2", refY: "2", markerWidth: "6", markerHeight: "6", keyTimes: "0;1",
  keySplines: "0 0 1 1", keyPoints: "0;1", media: "all", target: "_self", role: "img", tabindex: "0", title: "t", tableValues: "0 1",
};
// Whose whole is their content, or which come to life with something around them.
const inside = { style: ".b{fill:red}", text: "text", tspan: "text", textPath: "text", title: "t", desc: "d", a: square(""), g: square(""), symbol: square(""), switch: square(""), defs: square(""), marker: '<path d="M0 0h4v4z"/>', pattern: square(""), mask: square('fill="white"'), clipPath: square(""), svg: square(""), filter: '<feGaussianBlur stdDeviation="3"/>' };
const within = (name, one) =>
  /^fe(Func|MergeNode|.*Light$)/.test(name) ? `<filter id="f"><feComponentTransfer>${one}</feComponentTransfer></filter>`
  : /^fe/.test(name) ? `<filter id="f">${one}</filter>`
  : name === "stop" ? `<linearGradient id="f">${one}</linearGradient>`
  : ["tspan", "textPath"].includes(name) ? `<text y="90">${one}</text>`
  : /^(animate|set$|mpath|discard)/.test(name) ? `<rect width="50" height="50" fill="red">${one}</rect>` : one;
const scene = `<defs>${gradient("paint")}<filter id="blur"><feGaussianBlur stdDeviation="1"/></filter><clipPath id="clip"><circle cx="60" cy="60" r="60"/></clipPath><mask id="mask"><rect width="150" height="150" fill="white"/></mask><marker id="marker" markerWidth="4" markerHeight="4"><path d="M0 0h4v4z"/></marker><path id="thing" d="M0 60H150"/></defs>`;

const global = svgElementAttributes["*"].filter((name) => !name.startsWith("on"));
for (const [name, own] of Object.entries(svgElementAttributes)) {
  if (["*", "script", "handler", "listener", "audio", "video", "iframe", "canvas", "textArea", "unknown"].includes(name)) continue;
  const all = [...new Set([...own, ...global])].filter((attribute) => !attribute.startsWith("on") && attribute !== "xml:base");
  const bound = all.filter((attribute) => !["ping", "nonce", "referrerpolicy", "crossorigin", "download", "definition-src"].includes(attribute));
  const tag = (attributes) => `<${name}${attributes.map((attribute) => ` ${attribute}="${values[attribute] ?? "1"}"`).join("")}>${inside[name] ?? ""}</${name}>`;
  cases[`element-${name}`] = svg(scene + within(name, tag(bound)) + square('filter="url(#f)" opacity=".5"'));
}
console.log(JSON.stringify(cases));
