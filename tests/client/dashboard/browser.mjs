// What every script of this folder does with a browser.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What is wrong, a line each; printed at the end.
export const wrong = [];

export function launch(executablePath) {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

export async function open(browser, baseURL, options) {
  const context = await browser.newContext({ baseURL, ...options });
  return follow(await context.newPage());
}

export function follow(page) {
  page.setDefaultTimeout(120_000);
  page.on("console", (told) => {
    if (["error", "warning"].includes(told.type())) wrong.push(`${page.url()}: the browser says ${told.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error}`));
  return page;
}

// By keyboard alone, as somebody does who has no mouse.
export async function signIn(page, next, email, password) {
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

export async function look(page, folder, name) {
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) wrong.push(`${name}: scrolls sideways`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
  for (const { impact, id, nodes } of violations) {
    if (["serious", "critical"].includes(impact)) wrong.push(`${name}: ${id}: ${nodes[0].html.slice(0, 200)}`);
  }
}
