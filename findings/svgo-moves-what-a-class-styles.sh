#!/bin/sh
# svgo 4.1.0 works a path's transform into its points although a class, or the group, says what must move along with it.
#
# What was done: three pictures are optimised with the default preset and drawn before and after by resvg-js 2.6.2; the
# painted (or blue) pixels are counted. In the first a class sets the stroke's width and the path is scaled by 3, in the
# second a class sets a clip path and the path is moved, in the third the group's fill is a gradient in user space.
# What was expected: the same counts. Stroke, clip path and gradient live in the coordinate system of the element that
# uses them, its transform included (SVG 2, "Stroke properties" and "Gradients"; CSS Masking 1, "Clipping Paths"). Where
# the same properties are attributes of the path, svgo scales the width as well, or leaves the transform alone.
# What was seen: the transform is gone, the class and the group are as they were: a line a third as thick, a clip path
# that stayed behind, a gradient that ends elsewhere. Nothing is warned of.
# Why it matters: Illustrator and Inkscape export classes in a style element, and design files hold transforms
# everywhere. Uploaded logos that went through svgo differ from what was uploaded, in parts.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . svgo@4.1.0 @resvg/resvg-js@2.6.2 >/dev/null

cat >see.mjs <<'JS'
import { optimize } from "svgo";
import { Resvg } from "@resvg/resvg-js";

const svg = (content) => `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${content}</svg>`;
const painted = (red, green, blue, alpha) => alpha > 127;
const isBlue = (red, green, blue, alpha) => alpha > 127 && blue > 250;
const cases = {
  "stroke by class": [painted, `<style>.line{stroke:red;stroke-width:2;fill:none}</style>
    <path class="line" transform="scale(3)" d="M2 10h28"/><path class="line" d="M5 80h90"/>`],
  "clip path by class": [painted, `<style>.cut{clip-path:url(#c)}</style>
    <clipPath id="c"><path d="M0 0h30v30H0z"/></clipPath>
    <path class="cut" transform="translate(50)" d="M0 0h40v40H0z"/><path class="cut" d="M0 0h40v40H0z"/>`],
  "gradient by group": [isBlue, `<linearGradient id="g" gradientUnits="userSpaceOnUse" x1="0" x2="40">
    <stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>
    <g fill="url(#g)"><path transform="translate(40)" d="M0 0h40v40H0z"/><path d="M0 50h40v40H0z"/></g>`],
};
const count = (text, counts) => {
  const { pixels } = new Resvg(text).render();
  let found = 0;
  for (let at = 0; at < pixels.length; at += 4) found += counts(...pixels.subarray(at, at + 4));
  return found;
};
for (const [name, [counts, content]] of Object.entries(cases)) {
  const before = svg(content);
  console.log(`${name}: ${count(before, counts)}, optimised ${count(optimize(before).data, counts)}`);
}
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
stroke by class: 684, optimised 348
clip path by class: 1800, optimised 900
gradient by group: 80, optimised 1640
SEEN
