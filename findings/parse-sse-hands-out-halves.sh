#!/bin/sh
# parse-sse 0.1.0 hands out an event that the connection's end cut off, and splits one where a chunk ends after a CR.
#
# What was done: three answers, made in the process, are read with parseServerSentEvents: one that ends within an event,
# one whose CRLF is divided between two chunks, and the same bytes in one chunk.
# What was expected: an event is dispatched by the blank line after it; what is pending when the stream ends is
# discarded, and CRLF is one line's end wherever the network divides it (HTML, 9.2.5 and 9.2.6). The README calls the
# package "spec-compliant".
# What was seen: the pending event is handed out like a whole one, here with a data that lost its second line. And where
# CR and LF come apart, the LF counts as the blank line: one event of two lines becomes two events of one.
# Why it matters: a client that follows changes over server-sent events takes a half message for a whole one each time
# a proxy or a deployment cuts the connection, and remembers its id as seen, so that nothing sends the rest again.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . parse-sse@0.1.0 >/dev/null

cat >see.mjs <<'JS'
import { parseServerSentEvents } from "parse-sse";

const read = async (name, ...chunks) => {
  const body = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
  const answer = new Response(body, { headers: { "content-type": "text/event-stream" } });
  const events = [];
  for await (const { data, lastEventId } of parseServerSentEvents(answer)) events.push({ data, lastEventId });
  console.log(`${name}:`, JSON.stringify(events));
};

await read("cut off", "id: 1\ndata: whole\n\nid: 2\ndata: first line\n");
await read("in one chunk", "data: one\r\ndata: two\r\n\r\n");
await read("CR and LF apart", "data: one\r", "\ndata: two\r\n\r\n");
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
cut off: [{"data":"whole","lastEventId":"1"},{"data":"first line","lastEventId":"2"}]
in one chunk: [{"data":"one\ntwo","lastEventId":""}]
CR and LF apart: [{"data":"one","lastEventId":""},{"data":"two","lastEventId":""}]
SEEN
