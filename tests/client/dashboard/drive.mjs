// Looks at pages of the dashboard with a real browser: wide and narrow, light and dark.
// usage: drive.mjs BASE EMAIL PASSWORD FOLDER CHROMIUM ; pages are lines NAME ADDRESS [check:BOX] [BUTTON…] of the standard input,
// where a button that is named leads to the page, after a box was checked. Pictures go to FOLDER, what is wrong is printed, a line each.

import { readFileSync } from "node:fs";
import { launch, look, open, signIn, wrong } from "./browser.mjs";

const [base, email, password, folder, chromium] = process.argv.slice(2);
const browser = await launch(chromium);
const pages = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => line.split(" "));

async function walk([width, colorScheme]) {
  const page = await open(browser, base, { viewport: { width, height: 900 }, colorScheme });
  await signIn(page, "/admin/schedule", email, password);
  for (const [name, address, ...words] of pages) {
    await page.goto(address);
    const box = words.find((word) => word.startsWith("check:"));
    if (box) await page.getByRole("checkbox", { name: box.slice("check:".length) }).check();
    const button = words.filter((word) => word !== box);
    if (button.length > 0) {
      await page.getByRole("button", { name: button.join(" ") }).first().click();
      await page.locator("form.confirm").waitFor();
    }
    await look(page, folder, `${name}-${width}-${colorScheme}`);
  }
  await page.context().close();
}

await Promise.all([[1600, "light"], [1600, "dark"], [360, "light"], [360, "dark"]].map(walk));
await browser.close();
console.log(wrong.join("\n"));
