// Drives the operator's desk with a real browser: what people see, do and hear read out.
// usage: drive.mjs BASE EMAIL PASSWORD FOLDER CHROMIUM ; pictures go to FOLDER, what is wrong is printed, a line each.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, email, password, folder, executablePath] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wrong = [];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

async function open(options) {
  const context = await browser.newContext({ baseURL: base, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (told) => {
    if (["error", "warning"].includes(told.type())) wrong.push(`${page.url()}: the browser says ${told.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error}`));
  return page;
}

// By keyboard alone, as somebody does who has no mouse.
async function signIn(page, next) {
  await page.goto(next);
  // The first field has the focus by itself, a moment after the page is there.
  await page.locator("[name=email]:focus").waitFor();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.locator("[name=password]:focus").waitFor();
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname + url.search === next);
}

async function look(page, name) {
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) wrong.push(`${name}: scrolls sideways`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
  for (const { impact, id, nodes } of violations) {
    if (["serious", "critical"].includes(impact)) wrong.push(`${name}: ${id}: ${nodes[0].html.slice(0, 200)}`);
  }
}

const pages = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => line.split(" "));
for (const [width, colorScheme] of [[1600, "light"], [1600, "dark"], [360, "light"], [360, "dark"]]) {
  const page = await open({ viewport: { width, height: 900 }, colorScheme });
  await signIn(page, "/admin/schedule");
  for (const [name, address] of pages) {
    await page.goto(address);
    await look(page, `${name}-${width}-${colorScheme}`);
  }
  await page.context().close();
}

// One page follows what another does.
const page = await open({ viewport: { width: 1200, height: 900 } });
await signIn(page, "/admin/dead");
await page.keyboard.press("Tab");
if ((await page.evaluate(() => document.activeElement.textContent)) !== "To the content") {
  wrong.push("the first thing that Tab reaches is not the way past the navigation");
}
const follower = await page.context().newPage();
await follower.goto("/admin/dead");
await page.getByRole("button", { name: "Retry them…" }).first().click();
await page.getByRole("button", { name: /^Retry \d+ jobs?$/ }).click();
await page.getByRole("status").getByText(/made ready again/).waitFor();
await follower.getByText("There is none.").waitFor();

// Nothing needs script.
const plain = await open({ javaScriptEnabled: false });
await signIn(plain, "/admin");
await plain.getByRole("button", { name: "Pause queue default" }).click();
await plain.getByText("Nothing of that queue starts any more").waitFor();
await plain.goto("/admin/jobs?state=discarded");
if (!(await plain.getByRole("checkbox", { name: "discarded" }).isChecked())) wrong.push("an address is no view");

await browser.close();
console.log(wrong.join("\n"));
