// Writes an archive of Penpot's own package of libraries, with something of everything that it can make.
// usage: node write.mjs FILE PICTURE_ID
import { writeFileSync } from "node:fs";
import * as penpot from "@penpot/library";

const [target, picture] = process.argv.slice(2);
const to = penpot.createBuildContext({ referer: "atelier" });
const file = to.addFile({ name: "Everything" });

const place = (x, y, width = 40, height = 30) => ({ x, y, width, height });
const fill = (color, opacity = 1) => ({ fillColor: color, fillOpacity: opacity });

// What is in the library
const ink = to.genId();
to.addLibraryColor({ id: ink, name: "Ink", path: "Brand / Dark", color: "#102030", opacity: 0.5 });
to.addLibraryColor({
  id: to.genId(),
  name: "Dawn",
  gradient: {
    type: "linear",
    startX: 0.5,
    startY: 0,
    endX: 0.5,
    endY: 1,
    width: 1,
    stops: [
      { color: "#ff0000", offset: 0, opacity: 1 },
      { color: "#00ff00", offset: 1, opacity: 0.25 },
    ],
  },
});
const headline = to.genId();
to.addLibraryTypography({
  id: headline,
  name: "Headline",
  path: "Text",
  fontId: "sourcesanspro",
  fontFamily: "sourcesanspro",
  fontVariantId: "bold",
  fontSize: "36",
  fontWeight: "700",
  fontStyle: "normal",
  lineHeight: "1.2",
  letterSpacing: "0",
  textTransform: "uppercase",
});
to.addTokensLib({
  $themes: [{ id: to.genId(), name: "Dark", group: "Mode", description: "", isSource: false,
    selectedTokenSets: { "Brand/Base": "enabled" } }],
  $metadata: { tokenSetOrder: ["Brand/Base", "Sizes"], activeThemes: ["Mode/Dark"], activeSets: ["Brand/Base"] },
  "Brand/Base": {
    ink: { $value: "#102030", $type: "color", $description: "Of the logo" },
    deep: { ink: { $value: "{ink}", $type: "color", $description: "" } },
  },
  Sizes: { gap: { $value: "8", $type: "spacing", $description: "" } },
});

// Boards, one in another, with grids, exports, strokes, shadows and blur
to.addPage({ name: "Boards", background: "#eeeeee" });
to.addBoard({
  name: "Home",
  ...place(0, 0, 400, 300),
  fills: [fill("#ffffff")],
  grids: [{ type: "square", display: true, params: { size: 8, color: { color: "#ff0000", opacity: 0.2 } } }],
  exports: [{ type: "png", scale: 2, suffix: "@2x" }],
  showInViewer: false,
});
to.addRect({
  name: "Card",
  ...place(10, 10),
  r1: 4,
  r2: 4,
  r3: 0,
  r4: 0.5,
  rotation: 0,
  opacity: 0.75,
  blendMode: "multiply",
  fills: [
    { fillColorGradient: { type: "radial", startX: 0.5, startY: 0.5, endX: 1, endY: 1, width: 1,
      stops: [{ color: "#000000", offset: 0, opacity: 1 }, { color: "#ffffff", offset: 1, opacity: 0 }] },
      fillOpacity: 1 },
    { fillColor: "#102030", fillOpacity: 0.5, fillColorRefId: ink, fillColorRefFile: file },
  ],
  strokes: [{ strokeColor: "#000000", strokeOpacity: 1, strokeStyle: "dotted", strokeWidth: 2.5,
    strokeAlignment: "outer" }],
  shadow: [{ id: to.genId(), style: "drop-shadow", offsetX: 1, offsetY: 2, blur: 4, spread: 0, hidden: false,
    color: { color: "#000000", opacity: 0.2 } }],
  blur: { id: to.genId(), type: "layer-blur", value: 3, hidden: true },
  constraintsH: "leftright",
  constraintsV: "scale",
});
to.addBoard({ name: "Inner", ...place(100, 100, 100, 80) });
to.addCircle({ name: "Dot", ...place(110, 110, 20, 20), fills: [fill("#00ff00")] });
to.closeBoard();
to.closeBoard();
to.addBoard({ name: "Second", ...place(500, 0, 200, 200) });
to.closeBoard();

// What happens when somebody clicks
to.addPage({ name: "Interactions" });
const there = to.addBoard({ name: "There", ...place(300, 0, 100, 100) });
to.closeBoard();
to.addBoard({ name: "Here", ...place(0, 0, 100, 100) });
to.addRect({
  name: "Button",
  ...place(5, 5),
  interactions: [
    { eventType: "click", actionType: "navigate", destination: there, preserveScroll: true,
      animation: { animationType: "slide", duration: 300, easing: "ease-in", way: "in", direction: "left",
      offsetEffect: false } },
    { eventType: "after-delay", delay: 600, actionType: "prev-screen" },
    { eventType: "mouse-enter", actionType: "open-url", url: "https://example.com/" },
    { eventType: "click", actionType: "open-overlay", destination: there, overlayPosition: { x: 5, y: 7 },
      overlayPosType: "manual", closeClickOutside: true, backgroundOverlay: false },
  ],
});
to.closeBoard();

// Layouts
to.addPage({ name: "Layouts" });
to.addBoard({
  name: "Row",
  ...place(0, 0, 200, 100),
  layout: "flex",
  layoutFlexDir: "row-reverse",
  layoutGap: { rowGap: 4, columnGap: 8 },
  layoutGapType: "multiple",
  layoutPadding: { p1: 1, p2: 2, p3: 3, p4: 4 },
  layoutPaddingType: "multiple",
  layoutWrapType: "wrap",
  layoutAlignItems: "center",
  layoutAlignContent: "stretch",
  layoutJustifyContent: "space-between",
});
to.addRect({ name: "Wide", ...place(0, 0), layoutItemHSizing: "fill", layoutItemVSizing: "fix",
  layoutItemMargin: { m1: 1, m2: 0, m3: 1, m4: 0 }, layoutItemMarginType: "multiple", layoutItemMinW: 10,
  layoutItemZIndex: 2 });
to.addRect({ name: "Free", ...place(50, 0), layoutItemAbsolute: true, layoutItemAlignSelf: "end" });
to.closeBoard();
const cell = to.genId();
const first = to.genId();
to.addBoard({
  name: "Table",
  ...place(300, 0, 200, 100),
  layout: "grid",
  layoutGridDir: "row",
  layoutGridRows: [{ type: "fixed", value: 40 }, { type: "auto" }],
  layoutGridColumns: [{ type: "flex", value: 1 }, { type: "percent", value: 50 }],
  layoutGridCells: {
    [cell]: { id: cell, areaName: "head", row: 1, rowSpan: 1, column: 1, columnSpan: 2, position: "area",
      alignSelf: "auto", justifySelf: "center", shapes: [first] },
  },
  layoutGap: { rowGap: 0, columnGap: 2 },
  layoutGapType: "simple",
  layoutJustifyItems: "start",
  layoutAlignItems: "start",
  layoutAlignContent: "start",
  layoutJustifyContent: "start",
});
to.addRect({ id: first, name: "Cell", ...place(300, 0) });
to.closeBoard();

// Text, with a picture and something of the library in it
to.addFileMedia({ id: picture, name: "a", width: 20, height: 20 }, new Blob([new Uint8Array([1, 2, 3])],
  { type: "image/png" }));
const image = to.getMediaAsImage(picture);
to.addPage({ name: "Texts" });
const word = (text, more = {}) => ({ text, fontId: "sourcesanspro", fontFamily: "sourcesanspro",
  fontVariantId: "regular", fontSize: "14", fontWeight: "400", fontStyle: "normal", fills: [fill("#000000")],
  ...more });
to.addText({
  name: "Words",
  ...place(0, 0, 200, 60),
  growType: "auto-height",
  content: {
    type: "root",
    verticalAlign: "center",
    children: [
      {
        type: "paragraph-set",
        children: [
          { type: "paragraph", textAlign: "right", textDirection: "ltr", lineHeight: "1.5",
            children: [word("Grüße, 👩‍👩‍👧 "), word("Headline", { typographyRefId: headline,
            typographyRefFile: file, textTransform: "uppercase", fontWeight: "700" })] },
          { type: "paragraph", children: [word("", { fills: [{ fillOpacity: 1, fillImage: { ...image,
            keepAspectRatio: true } }] })] },
        ],
      },
    ],
  },
  appliedTokens: { fill: "ink" },
});
to.addRect({ name: "Photo", ...place(0, 100, 20, 20), fills: [{ fillOpacity: 1, fillImage: image }],
  strokes: [{ strokeImage: image, strokeOpacity: 1, strokeWidth: 4, strokeStyle: "solid",
  strokeAlignment: "inner" }], appliedTokens: { rowGap: "gap", fill: "deep.ink" },
  pluginData: { plugin: { key: "value" } } });

// Paths, groups, masks and what is made of several shapes
to.addPage({ name: "Paths" });
to.addPath({
  name: "Curve",
  content: [
    { command: "move-to", params: { x: 0, y: 0 } },
    { command: "line-to", params: { x: 10.5, y: 0 } },
    { command: "curve-to", params: { c1x: 12, c1y: 3, c2x: 14, c2y: 6, x: 20, y: 20 } },
    { command: "close-path", params: {} },
  ],
  fills: [fill("#abcdef")],
  strokes: [{ strokeColor: "#000000", strokeOpacity: 1, strokeStyle: "solid", strokeWidth: 1,
    strokeAlignment: "center", strokeCapStart: "round", strokeCapEnd: "triangle-arrow" }],
});
to.addGroup({ name: "Mask", maskedGroup: true });
to.addCircle({ name: "Shape of it", ...place(50, 0, 30, 30) });
to.addRect({ name: "Seen through it", ...place(40, 0, 60, 60), fills: [fill("#ff00ff")], blocked: true,
  hidden: true });
to.closeGroup();
for (const [n, type] of ["union", "difference", "intersection", "exclude"].entries()) {
  const group = to.addGroup({ name: type });
  to.addRect({ ...place(100 * n, 100), fills: [fill("#111111")] });
  to.addCircle({ ...place(100 * n + 20, 110), fills: [fill("#222222", 0.5)] });
  to.closeGroup();
  to.addBool({ groupId: group, type });
}

// Components, one of them with variants
to.addPage({ name: "Components" });
const button = to.genId();
const main = to.addBoard({ name: "Button", ...place(0, 0, 80, 24) });
const label = to.genId();
to.addRect({ id: label, name: "Label", ...place(2, 2), fills: [fill("#123456")] });
to.addComponent({ componentId: button, name: "Button", path: "Controls" });
to.closeBoard();
const variants = to.addBoard({ name: "Controls / Toggle", ...place(0, 100, 200, 60), isVariantContainer: true });
for (const [n, value] of ["On", "Off"].entries()) {
  to.addBoard({
    name: "Controls / Toggle", ...place(10 + 90 * n, 110, 80, 24), variantId: variants, variantName: value,
  });
  to.addRect({ name: value, ...place(12 + 90 * n, 112) });
  to.addComponent({ componentId: to.genId(), name: "Toggle", path: "Controls", variantId: variants,
    variantProperties: [{ name: "State", value }] });
  to.closeBoard();
}
to.closeBoard();
// A copy that somebody painted over
to.addBoard({ name: "Button", ...place(200, 0, 80, 24), componentId: button, componentFile: file,
  componentRoot: true, shapeRef: main });
to.addRect({ name: "Label", ...place(202, 2), fills: [fill("#654321")], shapeRef: label, touched: ["fill-group"] });
to.closeBoard();

to.closeFile();
writeFileSync(target, await penpot.exportAsBytes(to));
