#!/bin/sh
# svg-path-properties 1.3.0 measures NaN for arcs as minifiers write them, with no spaces around their flags.
#
# What was done: three paths are measured, each in two spellings: with spaces around the arc's flags, and without, as
# minifiers write them (the paths of common icon sets are full of "a2 2 0 01-2 2").
# What was expected: equal lengths. A flag is one digit, and the comma or space after it is optional (SVG 2, 9.3.9, the
# grammar of path data: "flag comma_wsp? flag comma_wsp? coordinate_pair"). The README offers the package as an
# alternative to the browser's getTotalLength and getPointAtLength.
# What was seen: no error, but NaN as the total length, and the start of the path as the point at a length, where the end
# point needs no space itself ("01-2-2", "01.5.5"). With a space in it ("01-2 2") the length is right.
# Why it matters: text on a path, dashes and pictures along a path are placed by length. One icon from a minified set puts
# NaN into matrices and, as JSON knows no NaN, null into stored documents.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . svg-path-properties@1.3.0 >/dev/null

cat >see.cjs <<'JS'
const { svgPathProperties } = require("svg-path-properties");

const pairs = [
  ["M10 10a5 5 0 0 1 -5 5", "M10 10a5 5 0 01-5 5"],
  ["M10 10a2 2 0 0 1 -2 2H6a2 2 0 0 1 -2 -2V6", "M10 10a2 2 0 01-2 2H6a2 2 0 01-2-2V6"],
  ["M0 0a5 5 0 0 1 .5 .5", "M0 0a5 5 0 01.5.5"],
];
for (const [spaced, minified] of pairs) {
  const [right, seen] = [spaced, minified].map((path) => new svgPathProperties(path));
  const { x, y } = seen.getPointAtLength(0.5);
  console.log(`${minified}: ${right.getTotalLength().toFixed(2)} with spaces, ${seen.getTotalLength().toFixed(2)} without,`,
    `point at 0.5: ${x.toFixed(2)} ${y.toFixed(2)}`);
}
JS

node see.cjs >output
cat output
cmp output - <<'SEEN'
M10 10a5 5 0 01-5 5: 7.85 with spaces, 7.85 without, point at 0.5: 9.98 10.50
M10 10a2 2 0 01-2 2H6a2 2 0 01-2-2V6: 12.28 with spaces, NaN without, point at 0.5: 10.00 10.00
M0 0a5 5 0 01.5.5: 0.71 with spaces, NaN without, point at 0.5: 0.00 0.00
SEEN
