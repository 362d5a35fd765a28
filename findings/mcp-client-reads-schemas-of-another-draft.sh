#!/bin/sh
# The MCP client of @modelcontextprotocol/sdk 1.32.2 refuses right answers: it reads schemas as draft 7, not 2020-12.
#
# What was done: a server of 20 lines offers five tools with an output schema and answers each call with a structured
# content, right or wrong by that schema. The SDK's client, as it comes, lists the tools and calls them.
# What was expected: a schema without "$schema" is JSON Schema 2020-12, which clients must support, and by which they should
# check results (MCP 2025-11-25, "JSON Schema Usage" and Tools, "Output Schema"). The client asks for 2025-11-25.
# What was seen: "prefixItems" is skipped, so "items" counts for every item: a right point is refused with an error. What
# breaks dependentRequired, unevaluatedProperties or prefixItems passes. Naming the dialect in "$schema" changes nothing.
# Why it matters: coordinates, matrices and ranges are tuples; a design server that describes them as 2020-12 does has
# every such answer thrown away by the most used client. Until then: no prefixItems beside items, minItems instead.
#
# Needs node 20, npm and its registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . @modelcontextprotocol/sdk@1.32.2 >/dev/null

cat >see.mjs <<'JS'
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";

const pair = { type: "array", prefixItems: [{ type: "number" }, { type: "number" }], items: false };
const dialect = "https://json-schema.org/draft/2020-12/schema";
const tools = {
  "a right point": [{ properties: { point: pair } }, { point: [1, 2] }],
  "a right point, dialect named": [{ $schema: dialect, properties: { point: pair } }, { point: [1, 2] }],
  "wrong types": [{ properties: { point: { ...pair, items: true } } }, { point: ["x", "y"] }],
  "a part missing": [{ dependentRequired: { width: ["height"] } }, { width: 1 }],
  "a name too many": [{ allOf: [{ properties: { x: {} } }], unevaluatedProperties: false }, { y: 1 }],
};

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "server", version: "1" },
  }),
  "tools/list": () => ({
    tools: Object.entries(tools).map(([name, [schema]]) => ({
      name,
      inputSchema: { type: "object" },
      outputSchema: { type: "object", ...schema },
    })),
  }),
  "tools/call": ({ name }) => ({ content: [], structuredContent: tools[name][1] }),
};
const [ours, theirs] = InMemoryTransport.createLinkedPair();
ours.onmessage = ({ id, method, params }) => {
  if (id === undefined) return;
  if (method === "initialize") console.log("asked for", params.protocolVersion);
  ours.send({ jsonrpc: "2.0", id, result: answers[method](params) });
};
await ours.start();

const client = new Client({ name: "client", version: "1" });
await client.connect(theirs);
await client.listTools();
for (const name of Object.keys(tools)) {
  const outcome = await client.callTool({ name }).then(() => "taken", (error) => `refused, ${error.code}`);
  console.log(`${name}: ${outcome}`);
}
JS

node see.mjs >output
cat output
cmp output - <<'SEEN'
asked for 2025-11-25
a right point: refused, -32602
a right point, dialect named: refused, -32602
wrong types: taken
a part missing: taken
a name too many: taken
SEEN
