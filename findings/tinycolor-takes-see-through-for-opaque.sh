#!/bin/sh
# tinycolor2 1.6.0 finds rgb(255 0 0 / 50%) valid and opaque, and makes color(srgb 1 0.5 0) nearly black.
#
# What was done: colours in the syntax of CSS Color 4, and hues below 0 and above 360, are read by tinycolor2 and by
# colorjs.io 0.7.1, and written as eight hexadecimal digits.
# What was expected: the colour, or isValid() false, which is what the README offers to tell whether the input could be
# parsed. CSS Color 4: "The RGB functions" (slash, alpha within rgb), "Representing Cylindrical-coordinate Hues" (modulo 360
# degrees), "the color() function".
# What was seen: valid, and another colour. Alpha is dropped where a slash stands before it or commas follow rgb( instead of
# rgba(; hues outside of 0 to 360 are clamped to red; of color(srgb …) only "rgb …" is looked at. The documented
# leniency (commas, parentheses, percent signs may be left out) explains why it matches, not that it says valid.
# Why it matters: browsers and design tools copy colours in these forms. Tokens and pasted fills that were checked by
# isValid() are stored opaque, red or black; nothing can tell afterwards.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . tinycolor2@1.6.0 colorjs.io@0.7.1 >/dev/null

cat >see.mjs <<'JS'
import Color from "colorjs.io";
import tinycolor from "tinycolor2";

const right = (text) => {
  const color = new Color(text).to("srgb");
  return "#" + [...color.coords, color.alpha].map((part) => Math.round(part * 255).toString(16).padStart(2, "0")).join("");
};
const texts = ["rgb(255 0 0 / 50%)", "rgb(255, 0, 0, 0.5)", "hsl(-120 100% 50%)", "hsl(480 100% 50%)"];
for (const text of [...texts, "color(srgb 1 0.5 0)"]) {
  const seen = tinycolor(text);
  console.log(`${text}: ${seen.isValid() ? "valid" : "invalid"}, ${seen.toHex8String()} instead of ${right(text)}`);
}
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
rgb(255 0 0 / 50%): valid, #ff0000ff instead of #ff000080
rgb(255, 0, 0, 0.5): valid, #ff0000ff instead of #ff000080
hsl(-120 100% 50%): valid, #ff0000ff instead of #0000ffff
hsl(480 100% 50%): valid, #ff0000ff instead of #00ff00ff
color(srgb 1 0.5 0): valid, #010100ff instead of #ff8000ff
SEEN
