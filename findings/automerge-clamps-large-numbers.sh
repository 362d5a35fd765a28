#!/bin/sh
# Automerge 3.5.0 for JavaScript keeps 1e21 as 9223372036854775807, and MAX_SAFE_INTEGER comes back as a BigInt.
#
# What was done: numbers are put into a document with Automerge.from, saved, loaded and compared with what was put in.
# What was expected: a number comes back as that number. "All JSON primitive datatypes are supported" (documentation,
# "Simple Values"); that Number.isInteger decides for an integer is said there, a range is not ("Document Data Model").
# What was seen: what is too large for 64 bits is clamped to the largest: 1e21 and 1e300 become equal, at once, for all
# peers, without an error. From 2^53 - 1 on a number comes back as a BigInt, which JSON.stringify and arithmetic with
# numbers refuse. Large ones below zero stay numbers. new Automerge.Float64(value) in a change keeps the value.
# Why it matters: "no limit" is MAX_SAFE_INTEGER or MAX_VALUE in many documents (sizes, z-indices, bounds of an infinite
# canvas), and ids may be hashes of 53 bits. One such number makes a document that cannot be exported as JSON any more.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . @automerge/automerge@3.5.0 >/dev/null

cat >see.mjs <<'JS'
import * as Automerge from "@automerge/automerge";

const show = (value) => (typeof value === "bigint" ? `BigInt ${value}` : `${value}`);
for (const value of [100.5, 2 ** 53 - 2, Number.MAX_SAFE_INTEGER, 1e21, 1e300, -1e21]) {
  const { value: seen } = Automerge.load(Automerge.save(Automerge.from({ value })));
  console.log(`${show(value)}: ${seen === value ? "the same" : show(seen)}`);
}
try {
  JSON.stringify(Automerge.from({ limit: Number.MAX_SAFE_INTEGER }));
} catch (error) {
  console.log("as JSON:", error.message);
}
const wrapped = Automerge.change(Automerge.init(), (draft) => (draft.value = new Automerge.Float64(1e21)));
console.log("as Float64:", show(wrapped.value));
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
100.5: the same
9007199254740990: the same
9007199254740991: BigInt 9007199254740991
1e+21: BigInt 9223372036854775807
1e+300: BigInt 9223372036854775807
-1e+21: the same
as JSON: Do not know how to serialize a BigInt
as Float64: 1e+21
SEEN
