// Steers the dashboard with a real browser: by keyboard alone, on two pages at once, and without script.
// usage: steps.mjs BASE EMAIL PASSWORD CHROMIUM PERSON TEAM ; what is wrong is printed, a line each.

import { follow, launch, open, signIn, wrong } from "./browser.mjs";

const [base, email, password, chromium, person, team] = process.argv.slice(2);
const browser = await launch(chromium);

// Everything that can be used is reached by Tab, in the order in which it stands, and is seen to have the focus.
async function tab(page, address) {
  await page.goto(address);
  await page.locator("main").waitFor();
  const usable = await page.evaluate(() => {
    const all = "a[href], button:not(:disabled), input:not([type=hidden]), select, iframe, summary, [tabindex='0']";
    // Of a group of radio buttons Tab reaches the chosen one.
    const ours = [...document.querySelectorAll(all)].filter((one) => one.type !== "radio" || one.checked);
    ours.forEach((one, place) => { one.dataset.place = place; });
    return ours.length;
  });
  const seen = [];
  for (let step = 0; step < usable; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return {
        place: one.dataset.place, what: one.outerHTML.slice(0, 120),
        shown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
      };
    });
    seen.push(Number(stop.place));
    if (!stop.shown) wrong.push(`${address}: cannot be seen with the focus: ${stop.what}`);
    if (!stop.marked) wrong.push(`${address}: is not marked with the focus: ${stop.what}`);
  }
  const expected = Array.from({ length: usable }, (_, place) => place);
  if (seen.join() !== expected.join()) wrong.push(`${address}: Tab goes ${seen.join()} of ${usable}`);
}

const page = await open(browser, base, { viewport: { width: 1200, height: 900 } });
await signIn(page, "/admin/dead", email, password);
await page.keyboard.press("Tab");
if ((await page.evaluate(() => document.activeElement.textContent)) !== "To the content") {
  wrong.push("the first thing that Tab reaches is not the way past the navigation");
}
await page.keyboard.press("Enter");
await page.keyboard.press("Tab");
if (!(await page.evaluate(() => document.activeElement.closest("main") !== null))) wrong.push("the way past the navigation leads elsewhere");
// Nothing may change meanwhile: a page that is drawn anew forgets what was noted on it.
const quiet = follow(await page.context().newPage());
await quiet.addInitScript(() => {
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.id === "live") event.preventDefault(); });
});
for (const address of ["/admin", "/admin/jobs?state=dead&text=nobody", "/admin/jobs/1001", "/admin/storage", person, team]) await tab(quiet, address);
await quiet.close();

// A whole action by keyboard: into the field, another number, and Enter.
await page.goto("/admin/jobs/900");
await page.getByLabel("Priority").focus();
await page.keyboard.press("Control+A");
await page.keyboard.type("321");
await page.keyboard.press("Enter");
await page.getByRole("status").getByText("1 job was given another priority.").waitFor();

// One page follows what another does.
const follower = follow(await page.context().newPage());
await follower.goto("/admin/dead");
await page.goto("/admin/dead");
await page.getByRole("button", { name: "Retry them…" }).first().click();
await page.getByRole("button", { name: /^Retry \d+ jobs?$/ }).click();
await page.getByRole("status").getByText(/made ready again/).waitFor();
await follower.getByText("There is none.").waitFor();

// A whole morning without script.
const plain = await open(browser, base, { javaScriptEnabled: false });
const press = (name) => plain.getByRole("button", { name, exact: true }).first().click();
const told = (text) => plain.getByRole("status").getByText(text).waitFor();
await signIn(plain, "/admin", email, password);
await press("Pause queue default");
await told("Nothing of that queue starts any more");
await plain.goto("/admin/jobs?state=ready&kind=send-mail");
if (!(await plain.getByRole("checkbox", { name: "ready" }).isChecked())) wrong.push("an address is no view");
await plain.getByLabel("Order").selectOption("oldest");
await press("Filter");
await plain.getByRole("checkbox", { name: /^Select job/ }).nth(0).check();
await plain.getByRole("checkbox", { name: /^Select job/ }).nth(1).check();
await press("Cancel…");
await press("Cancel 2 jobs");
await told("2 jobs were cancelled");
await plain.goto(person);
await plain.getByLabel("at most").fill("17");
await press("Set the quota");
await told("The quota holds from now on.");
await plain.getByRole("link", { name: /^Remove…/ }).click();
await press("Remove a quota");
await told("The quota is removed.");
await plain.getByRole("link", { name: "Block…" }).click();
await press("Block");
await told("The account is blocked");
await plain.goto("/admin/storage");
await plain.getByRole("checkbox", { name: "unused" }).check();
await press("Scrub and repair…");
await press("Scrub and repair 1 kind");
await told("It was asked for");
await press("Sign out");
await plain.getByLabel("Password").waitFor();

await browser.close();
console.log(wrong.join("\n"));
