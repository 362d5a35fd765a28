// Reads transit documents, one a line, and writes each back twice: compact, then verbose.
//
// Containers keep their order (transit-js's own large maps and sets are hashed), and instants stay `~m` in the verbose
// form, as the wire contract says. Everything else is transit-js as it comes.

import { createInterface } from "node:readline";
import transit from "transit-js";

class OrderedMap {
  constructor(entries) {
    this.entries = entries;
  }
  forEach(each) {
    for (const [key, value] of this.entries) each(value, key);
  }
}

class OrderedSet {
  constructor(items) {
    this.items = items;
  }
}

const pairs = (flat) => {
  const entries = [];
  for (let i = 0; i < flat.length; i += 2) entries.push([flat[i], flat[i + 1]]);
  return new OrderedMap(entries);
};

const handlers = transit.map([
  Date,
  transit.makeWriteHandler({ tag: () => "m", rep: (at) => `${at.valueOf()}`, stringRep: (at) => `${at.valueOf()}` }),
  OrderedMap,
  transit.makeWriteHandler({ tag: () => "map", rep: (map) => map, stringRep: () => null }),
  OrderedSet,
  transit.makeWriteHandler({
    tag: () => "set",
    rep: (set) => transit.tagged("array", set.items),
    stringRep: () => null,
  }),
]);
const reader = transit.reader("json", {
  handlers: { set: (items) => new OrderedSet(items), cmap: pairs },
  mapBuilder: {
    init: () => [],
    add: (entries, key, value) => {
      entries.push([key, value]);
      return entries;
    },
    finalize: (entries) => new OrderedMap(entries),
  },
});
const writers = ["json", "json-verbose"].map((form) => transit.writer(form, { handlers }));

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const value = reader.read(line);
  for (const writer of writers) process.stdout.write(`${writer.write(value)}\n`);
}
