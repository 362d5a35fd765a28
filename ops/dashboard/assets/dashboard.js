// What pages follow by script; without it they are as they were when they were opened.

// Somebody is about to act: what they chose must not move away under them.
function isBusy() {
  const live = document.getElementById("live");
  if (!live) return false;
  const active = document.activeElement;
  const types = active && live.contains(active) && active.matches("input, select, textarea");
  return types || live.querySelector("tbody input:checked") !== null || document.hidden;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "live" && isBusy()) event.preventDefault();
});

// A page that was hidden catches up when it is seen again.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && window.htmx) window.htmx.trigger("#live", "sse:changed");
});

// Shift marks a range, as in lists elsewhere.
let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest("tbody input[type=checkbox]");
  if (!box) return;
  const boxes = [...document.querySelectorAll("tbody input[type=checkbox]")];
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  last = box;
});
