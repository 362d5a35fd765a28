#!/bin/sh
# svgo 4.1.0 with its default plugins keeps one of two equal opacities: what was 25 % opaque becomes 50 % opaque.
#
# What was done: a square in a group of opacity .5 in a group of opacity .5 is optimised with the default preset. Both
# pictures are drawn by resvg-js 2.6.2, and the alpha of a pixel in the square is read.
# What was expected: the same picture. "opacity" is not inherited, every element applies its own to all that it contains
# (CSS Color 4, "Transparency: the opacity property"), so the two multiply: 64 of 255. svgo's README speaks of what can be
# removed or converted "without impacting rendering".
# What was seen: 128 of 255. Folding a group into its child takes an attribute that both carry with the same value for
# one that is inherited. With values that differ (.5 and .4) both stay.
# Why it matters: a layer at 50 % in a board at 50 % is everyday design. Whoever stores or exports through svgo shows it
# twice as strong, and a test with two different values does not see it.
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

const picture = (outer, inner) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><g opacity="${outer}"><g opacity="${inner}">` +
  `<rect width="20" height="20" fill="red"/></g></g></svg>`;
const alpha = (svg) => new Resvg(svg).render().pixels[4 * (10 * 20 + 10) + 3];

for (const [outer, inner] of [[0.5, 0.5], [0.5, 0.4]]) {
  const before = picture(outer, inner);
  console.log(`${inner} in ${outer}: ${alpha(before)}, optimised ${alpha(optimize(before).data)}`);
}
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
0.5 in 0.5: 64, optimised 128
0.4 in 0.5: 51, optimised 51
SEEN
