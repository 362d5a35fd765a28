// A night with a mail server that is away, as a new operator lives it: only pages are read, only buttons pressed.
// usage: story.mjs BASE EMAIL PASSWORD FOLDER CHROMIUM CHAPTER SERVER ; what is wrong is printed, a line each.

import { follow, launch, look, open, signIn, wrong } from "./browser.mjs";

const [base, email, password, folder, chromium, chapter, server] = process.argv.slice(2);
const browser = await launch(chromium);
const page = await open(browser, base, { viewport: { width: 1200, height: 900 } });

// What a person reads there, once it says the last of these.
async function reads(where, name, texts) {
  await where.filter({ hasText: texts.at(-1) }).first().waitFor();
  const said = (await where.first().innerText()).replace(/\s+/g, " ");
  for (const text of texts) if (!said.includes(text)) wrong.push(`${name} does not say ${text}: ${said}`);
}

const chapters = {
  async failing() {
    await signIn(page, "/admin", email, password);
    const attention = page.getByRole("region", { name: "What needs somebody" });
    await reads(attention, "the overview", [
      "5 jobs of send-mail keep failing, the first time", "They are tried again by themselves", `SMTP to ${server}`, `the mail server ${server} failed`,
      "Connection refused",
    ]);
    await look(page, folder, "story-failing");
    await attention.getByRole("link", { name: /^job \d+$/ }).click();
    await reads(page.locator("main"), "the page of a failing job", [
      "Send one mail to one person.", "Failed attempts", `SMTP to ${server}`, "See that this server runs", "Connection refused",
    ]);
    await look(page, folder, "story-job");
    await page.goto("/admin/mail");
    await reads(page.locator("main"), "the page about mail", ["Mails are really sent", `the mail server ${server} failed`]);
    await look(page, folder, "story-mail");
    await page.goto("/admin/health");
    await reads(page.locator("main"), "the page about health", ["wrong", "Look at the PENPOT_SMTP settings"]);
  },
  async dead() {
    await signIn(page, "/admin", email, password);
    await page.getByRole("link", { name: "5 dead jobs" }).click();
    const group = page.getByRole("article").first();
    await reads(group, "the page of dead jobs", [
      "5 jobs of send-mail", "Send one mail to one person.", "First", "ago", `SMTP to ${server}`, "See that this server runs",
      `the mail server ${server} failed`, "Connection refused",
    ]);
    await look(page, folder, "story-dead");
    await group.getByRole("link", { name: /^job \d+$/ }).click();
    await page.getByRole("button", { name: "Dry run" }).click();
    await reads(page.getByRole("status"), "a rehearsal", ["A run would do this now: would send", "@example.com"]);
  },
  async again() {
    await signIn(page, "/admin", email, password);
    const watcher = follow(await page.context().newPage());
    await watcher.goto("/admin");
    await watcher.getByText("5 dead jobs").waitFor();
    await page.getByRole("link", { name: "Dead jobs", exact: true }).click();
    await page.getByRole("button", { name: "Retry them…" }).click();
    await reads(page.locator("main"), "the question", ["Retry 5 jobs?"]);
    await page.getByRole("button", { name: "Retry 5 jobs" }).click();
    await reads(page.getByRole("status"), "the answer", ["5 jobs were made ready again."]);
    // Nobody loads it again: the page follows by itself.
    await watcher.getByText("All is well").waitFor();
    await look(watcher, folder, "story-well");
    await watcher.goto("/admin/jobs?kind=send-mail&state=done");
    await watcher.locator("tbody tr").nth(4).waitFor();
    await watcher.goto("/admin/dead");
    await reads(watcher.locator("main"), "the page of dead jobs", ["There is none."]);
  },
};

await chapters[chapter]();
await browser.close();
console.log(wrong.join("\n"));
