#!/bin/sh
# transit-js 0.8.874 writes a map's key 0.25 as an integer: read again, it is 0, and keys become equal.
#
# What was done: a map with the keys 0, 0.25, 0.5 and 1.5 is written and read again, as JSON and as JSON-verbose; a
# key written as the format says is read as well.
# What was expected: a number that is no integer, where a string must stand (a map's key), is written with the tag for
# decimals, "~d0.25"; "~i" is the tag for integers (Transit Format 0.8, table of types: "~d123.456" and "~i1234"). Numbers
# anywhere else keep their fraction.
# What was seen: "~i0.25". transit-js reads that as 0: the map then holds three entries with the key 0, and nothing is
# found at 0.25. Python's transit-python2 0.8.321 refuses the same text with an error. "~d0.25" is read rightly.
# Why it matters: Penpot's clients speak transit. Gradient stops by their offset, guides by their position, zooms:
# whatever a client keeps in a map by a fraction reaches the server under other keys, and nobody complains.
#
# Needs node 20 and npm, python 3.11 with venv and pip, and their registries. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . transit-js@0.8.874 >/dev/null
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check transit-python2==0.8.321

cat >see.cjs <<'JS'
const transit = require("transit-js");

const stops = transit.map([0, "black", 0.25, "red", 0.5, "green", 1.5, "white"]);
for (const kind of ["json", "json-verbose"]) {
  const text = transit.writer(kind).write(stops);
  const again = transit.reader(kind).read(text);
  console.log(kind, text);
  console.log("read again:", [...again.keys()].join(" "), "and at 0.25:", again.get(0.25) ?? "nothing");
}
console.log("as the format says:", [...transit.reader("json").read('["^ ","~d0.25","red"]').keys()].join(" "));
JS
cat >see.py <<'PY'
import io

from transit.reader import Reader

try:
    print(Reader("json").read(io.StringIO('["^ ","~i0.25","red"]')))
except ValueError as error:
    print("python:", error)
PY

{ node see.cjs && env/bin/python see.py; } >output
cat output
cmp output - <<'SEEN'
json ["^ ","~i0","black","~i0.25","red","~i0.5","green","~i1.5","white"]
read again: 0 0 0 1 and at 0.25: nothing
json-verbose {"~i0":"black","~i0.25":"red","~i0.5":"green","~i1.5":"white"}
read again: 0 0 0 1 and at 0.25: nothing
as the format says: 0.25
python: invalid literal for int() with base 10: '0.25'
SEEN
