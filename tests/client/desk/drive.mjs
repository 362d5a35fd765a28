// Drives the operator's desk with a real browser: what people see, do and hear read out.
// usage: drive.mjs BASE EMAIL PASSWORD FOLDER CHROMIUM ; pictures go to FOLDER, what is wrong is printed, a line each.

import { readFileSync } from "node:fs";
import { follow, launch, look as see, open as opened, signIn as signedIn, wrong } from "./browser.mjs";

const [base, email, password, folder, chromium] = process.argv.slice(2);
const browser = await launch(chromium);
const open = (options) => opened(browser, base, options);
const signIn = (page, next) => signedIn(page, next, email, password);
const look = (page, name) => see(page, folder, name);

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
const follower = follow(await page.context().newPage());
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
