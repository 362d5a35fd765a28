document.querySelector("input").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const part of document.querySelectorAll("[data-name]")) part.hidden = !part.dataset.name.includes(wanted);
});
