// Draws what lies in FOLDER/before and FOLDER/after with a real browser, and prints what is wrong, a line each.
// same: every pair looks the same, now and a second later, each by itself; many: the same, fifty at a time, as pictures of a page.
// acts: nothing of FOLDER/after asks for anything or runs, with nothing around that would stop it; and to see that this
//   would be noticed, most of FOLDER/before does.
// handlers: prints the names of the event handlers that elements of the browser have.
// usage: draw.mjs same|many|acts|handlers CHROMIUM FOLDER

import { createServer } from "node:http";
import { readdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [mode, executablePath, folder] = process.argv.slice(2);
const wrong = [];
let asked = [];

const server = createServer((request, response) => {
  const [, side, name] = /^\/(before|after)\/([^/?]+)\.svg$/.exec(request.headers.host.startsWith("127.0.0.1") ? request.url : "") ?? [];
  if (side) {
    response.writeHead(200, { "content-type": "image/svg+xml" }).end(readFileSync(`${folder}/${side}/${decodeURIComponent(name)}.svg`));
  } else if (request.url === "/page") {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body>");
  } else if (request.url !== "/favicon.ico") {
    asked.push(request.url);
    response.writeHead(404).end();
  }
});
server.on("connection", (socket) => socket.on("error", () => {}));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
const base = `http://127.0.0.1:${port}`;
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", `--host-resolver-rules=MAP outside.example:80 127.0.0.1:${port}`],
});
const context = await browser.newContext({ viewport: { width: 200, height: 200 } });
const page = await context.newPage();
const names = () => readdirSync(`${folder}/after`).map((file) => file.replace(/\.svg$/, "")).sort();

async function at(seconds) {
  await page.evaluate((seconds) => {
    for (const root of document.querySelectorAll("svg")) {
      root.pauseAnimations?.();
      root.setCurrentTime?.(seconds);
    }
    for (const animation of document.getAnimations()) {
      animation.pause();
      animation.currentTime = seconds * 1000;
    }
  }, seconds);
}

async function drawn(side, name) {
  await page.goto(`${base}/${side}/${encodeURIComponent(name)}.svg`);
  const pictures = [];
  for (const seconds of [0, 1.25]) {
    await at(seconds);
    pictures.push(await page.screenshot({ animations: "allow" }));
  }
  return pictures;
}

async function same() {
  for (const name of names()) {
    const [before, after] = [await drawn("before", name), await drawn("after", name)];
    if (!before.every((picture, index) => picture.equals(after[index]))) wrong.push(`${name}: looks different`);
  }
}

async function sheet(side, some) {
  await page.goto(`${base}/page`);
  await page.evaluate(async ([side, some]) => {
    const pictures = some.map((name) => {
      const picture = document.createElement("img");
      picture.src = `/${side}/${encodeURIComponent(name)}.svg`;
      picture.width = picture.height = 96;
      document.body.append(picture);
      return picture;
    });
    await Promise.allSettled(pictures.map((picture) => picture.decode()));
  }, [side, some]);
  return page.screenshot();
}

async function many() {
  await page.setViewportSize({ width: 1000, height: 620 });
  const all = names();
  for (let index = 0; index < all.length; index += 50) {
    const some = all.slice(index, index + 50);
    if ((await sheet("before", some)).equals(await sheet("after", some))) continue;
    for (const name of some) {
      if (!(await sheet("before", [name])).equals(await sheet("after", [name]))) wrong.push(`${name}: looks different`);
    }
  }
}

const painted = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

// What a drawing does when it is opened, drawn and clicked on.
async function deeds(side, name) {
  asked = [];
  const own = await context.newPage();
  const ran = [];
  own.on("console", (told) => told.text() === "ran" && ran.push("runs"));
  own.on("dialog", (dialog) => dialog.dismiss());
  await own.goto(`${base}/${side}/${encodeURIComponent(name)}.svg`);
  await painted(own);
  await own.mouse.click(50, 50);
  await painted(own);
  // Whatever the page asked for has been asked by the time that this, asked last, is answered.
  await own.evaluate(() => fetch("/page"));
  await own.close();
  return [...ran, ...asked.map((address) => `asks for ${address}`)];
}

async function acts() {
  let noticed = 0;
  for (const name of names()) {
    noticed += (await deeds("before", name).catch(() => ["left"])).length > 0;
    wrong.push(...(await deeds("after", name)).map((deed) => `${name}: ${deed}`));
  }
  console.error(`${noticed} of ${names().length} act before`);
  if (noticed < names().length * 0.7) wrong.push(`only ${noticed} of ${names().length} act before: is this seen at all?`);
}

async function handlers() {
  await page.goto(`${base}/page`);
  const all = await page.evaluate(() => {
    const found = new Set();
    const things = [window, document, document.body, ...["svg", "animate", "image"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name)), document.createElement("video")];
    for (const thing of things) for (const name in thing) if (name.startsWith("on")) found.add(name);
    return [...found].sort();
  });
  console.log(all.join("\n"));
}

await { same, many, acts, handlers }[mode]();
await browser.close();
server.close();
server.closeAllConnections();
if (mode !== "handlers") console.log(wrong.join("\n"));
