#!/bin/sh
# fflate 0.8.3 and jszip 3.10.2 write 70,000 entries into an archive that says it holds 4,464.
#
# What was done: both make an archive of 70,000 files of one byte. The count in its end record is read, and the archive is
# opened by both, by yauzl and by Python's zipfile, each of which says how many entries it finds.
# What was expected: an error, or ZIP64 records. A count that does not fit 16 bits is written as FFFF and stands in the
# ZIP64 end record (APPNOTE 6.3.10, 4.3.14, 4.4.1.4 and 4.4.22). fflate's changes list "Zip64 support"; both read ZIP64.
# What was seen: the count is cut to 16 bits: 70,000 - 65,536 = 4,464. Neither complains. fflate and yauzl then find 4,464
# entries and are content, the other 65,536 are gone; jszip and Python walk the directory to its end and find all.
# Why it matters: a design archive with one entry a shape passes 65,536 entries in a large file. The export looks fine
# where it was made and loses most of its shapes where it is imported, depending on who reads it.
#
# Needs node 20, npm and its registry, and python 3. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . fflate@0.8.3 jszip@3.10.2 yauzl@3.4.0 >/dev/null

cat >see.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import JSZip from "jszip";
import yauzl from "yauzl";

const names = Array.from({ length: 70000 }, (_, number) => `shape-${number}.json`);
const byte = new Uint8Array([48]);

const byFflate = () => Buffer.from(zipSync(Object.fromEntries(names.map((name) => [name, byte])), { level: 0 }));
const byJszip = () => {
  const archive = new JSZip();
  for (const name of names) archive.file(name, byte);
  return archive.generateAsync({ type: "nodebuffer" });
};
const inYauzl = (archive) => new Promise((done, failed) => {
  yauzl.fromBuffer(archive, (error, zip) => {
    if (error) return failed(error);
    let found = 0;
    zip.on("entry", () => found++).on("end", () => done(found)).on("error", failed);
  });
});
const inPython = (archive) => {
  writeFileSync("archive.zip", archive);
  const counts = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).infolist()))";
  return execFileSync("python3", ["-c", counts, "archive.zip"], { encoding: "utf8" }).trim();
};

for (const [name, archive] of [["fflate", byFflate()], ["jszip", await byJszip()]]) {
  const endRecord = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  console.log(`${name} says ${archive.readUInt16LE(endRecord + 10)}; found by fflate`,
    `${Object.keys(unzipSync(archive)).length}, yauzl ${await inYauzl(archive)},`,
    `jszip ${Object.keys((await JSZip.loadAsync(archive)).files).length}, python ${inPython(archive)}`);
}
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
fflate says 4464; found by fflate 4464, yauzl 4464, jszip 70000, python 70000
jszip says 4464; found by fflate 4464, yauzl 4464, jszip 70000, python 70000
SEEN
