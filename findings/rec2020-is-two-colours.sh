#!/bin/sh
# color(rec2020 0.5 0.5 0.5) is #787878 in colorjs.io 0.7.1 and coloraide 8.13.1, and #8b8b8b in culori 4.0.2.
#
# What was done: a grey of the CSS colour space rec2020 is brought to sRGB by three libraries that all follow CSS Color 4.
# What was expected: one colour. The draft of CSS Color 4, "The Predefined ITU-R BT.2020-2 Color Space: the rec2020
# keyword", changed in 2025: the space is display-referred now, its transfer function a power of 2.4 (ITU-R BT.1886).
# What was seen: colorjs.io and coloraide have the new function, culori the camera's function of before. The difference
# is 19 of 255 in the middle greys, and nothing in the text tells which one was meant.
# Why it matters: a token or a fill in a wide gamut space is stored as text by one tool and drawn by another. Where both
# meet (thumbnails on the server by one library, the canvas by the other) the same document has two looks. Whoever
# stores rec2020 must store which one was meant, or convert to a space that did not change (display-p3, oklch).
#
# Needs node 20 and npm, python 3.11 with venv and pip, and their registries. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . colorjs.io@0.7.1 culori@4.0.2 >/dev/null
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check coloraide==8.13.1

cat >see.mjs <<'JS'
import Color from "colorjs.io";
import { formatHex } from "culori";

for (const space of ["display-p3", "rec2020"]) {
  const text = `color(${space} 0.5 0.5 0.5)`;
  console.log(`${text}: colorjs.io ${new Color(text).to("srgb").toString({ format: "hex" })}, culori ${formatHex(text)}`);
}
JS
cat >see.py <<'PY'
from coloraide import Color

print("coloraide", Color("color(rec2020 0.5 0.5 0.5)").convert("srgb").to_string(hex=True))
PY

{ node see.mjs && env/bin/python see.py; } >output
cat output
cmp output - <<'SEEN'
color(display-p3 0.5 0.5 0.5): colorjs.io #808080, culori #808080
color(rec2020 0.5 0.5 0.5): colorjs.io #787878, culori #8b8b8b
coloraide #787878
SEEN
