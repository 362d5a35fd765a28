// Two people, each with a tab of a real browser in one file, while everything behind it is replaced.
// usage: tabs.mjs ADDRESS FOLDER CHROMIUM PASSWORD FILE TEAM PAGE EMAIL EMAIL
// How they fare is FOLDER/state.json all the time; they stop when FOLDER/stop is there. Prints what came of it as JSON.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "../dashboard/browser.mjs";

const [address, folder, chromium, password, file, team, page, ...emails] = process.argv.slice(2);
const path = createRequire(import.meta.url).resolve("transit-js");
// It is written for both worlds: here it is what a page has.
const library = `(() => { const exports = {}, module = { exports }; ${readFileSync(path, "utf8")}\n;
  window.transit = Object.keys(module.exports).length ? module.exports : (exports.map ? exports : window.transit); })();`;
const tab = readFileSync(new URL("tab.js", import.meta.url), "utf8");
const browser = await launch(chromium);

async function open(email) {
  const one = await (await browser.newContext()).newPage();
  one.setDefaultTimeout(120_000);
  await one.goto(address);
  const status = await one.evaluate(async (login) => {
    const headers = { "content-type": "application/json", accept: "application/json" };
    const body = JSON.stringify(login);
    return (await fetch("/api/main/methods/login-with-password", { method: "POST", headers, body })).status;
  }, { email, password });
  if (status !== 200) throw new Error(`${email} is not let in: ${status}`);
  await one.addScriptTag({ content: library });
  await one.addScriptTag({ content: tab });
  await one.evaluate((about) => startTab(about), { file, team, page, drawn: 150 });
  return one;
}

const tabs = await Promise.all(emails.map(open));
const states = () => Promise.all(tabs.map((one) => one.evaluate(() => tab.state())));
while (!existsSync(`${folder}/stop`)) {
  writeFileSync(`${folder}/state.new`, JSON.stringify(await states()));
  renameSync(`${folder}/state.new`, `${folder}/state.json`);
  await pause(100);
}

await Promise.all(tabs.map((one) => one.evaluate(() => { tab.stops = true; })));
await Promise.all(tabs.map((one) => one.waitForFunction(() => tab.idle)));
const documents = await Promise.all(tabs.map((one) => one.evaluate(() => tab.read())));
const saved = await Promise.all(tabs.map((one) => one.evaluate(() => tab.saved)));
// What one saved last is still on its way to the other.
await Promise.all(tabs.map((one, n) => one.waitForFunction((size) => tab.known.size >= size, documents[n].length)));
const known = await Promise.all(tabs.map((one) => one.evaluate(() => [...tab.known].sort())));
const ended = await states();
await browser.close();

const lost = saved.flat().filter((id) => documents.some((all) => !all.includes(id)));
const equal = [...documents, ...known].every((all) => JSON.stringify(all) === JSON.stringify(documents[0]));
console.log(JSON.stringify({ tabs: ended, saved: saved.flat().length, shapes: documents[0].length, lost, equal }));
