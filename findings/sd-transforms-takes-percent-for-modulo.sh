#!/bin/sh
# @tokens-studio/sd-transforms 2.0.3 turns the token "100% - 16px" into 4%: it takes the percent sign for a modulo.
#
# What was done: tokens with two units, and texts that look like sums, go through Style Dictionary 5.5.5 with the transform
# group "tokens-studio", and are written as CSS variables.
# What was expected: what cannot be computed stays as it is, as it does for "1rem + 16px" and "10px + 50%". The README says
# that ts/resolveMath "checks and evaluates math expressions" and shows * alone; in CSS, and in the package's other
# transforms (ts/size/lineheight, ts/size/css/letterspacing), a percent sign after a number is a unit.
# What was seen: 100 modulo -16 is 4, and the sign is put behind it again: 4%. "50% + 10px" is 0%, "1e3px" loses the letters
# of its unit. Tokens of type text are computed too: a date becomes 2012, a phone number a difference. No warning.
# Why it matters: "100% - 16px" is about the commonest width there is. A backend that exports the tokens of Tokens Studio's
# files with this package, as its users do, writes such numbers into every stylesheet; one that resolves them by itself
# disagrees with theirs, and both look right in a diff.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . @tokens-studio/sd-transforms@2.0.3 style-dictionary@5.5.5 >/dev/null

cat >see.mjs <<'JS'
import { register } from "@tokens-studio/sd-transforms";
import StyleDictionary from "style-dictionary";

register(StyleDictionary);
const values = {
  dimension: ["100% - 16px", "50% + 10px", "10px + 50%", "1rem + 16px", "1e3px"],
  text: ["2025-12-01", "555-0100"],
};
const tokens = Object.fromEntries(
  Object.entries(values).flatMap(([$type, texts]) => texts.map(($value, i) => [`${$type}-${i}`, { $type, $value }])),
);
const dictionary = new StyleDictionary({
  tokens,
  preprocessors: ["tokens-studio"],
  platforms: {
    css: { transformGroup: "tokens-studio", transforms: ["name/kebab"], files: [{ format: "css/variables" }] },
  },
});
const seen = await dictionary.getPlatformTokens("css");
for (const { $type, original, $value } of seen.allTokens) console.log(`${$type} ${original.$value}: ${$value}`);
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
dimension 100% - 16px: 4%
dimension 50% + 10px: 0%
dimension 10px + 50%: 10px + 50%
dimension 1rem + 16px: 1rem + 16px
dimension 1e3px: 1000e
content 2025-12-01: 2012
content 555-0100: 455
SEEN
