// Counts what is typed as the server does: in UTF-16 units, which is what a JavaScript string's length is.

function count(area, box) {
  const most = Number(area.dataset.count);
  const used = area.value.replace(/\r\n/g, "\n").trim().length;
  box.textContent = `${used.toLocaleString(document.documentElement.lang)} / ${most.toLocaleString(document.documentElement.lang)}`;
  box.classList.toggle("c-over", used > most);
}

for (const area of document.querySelectorAll("[data-count]")) {
  const box = document.createElement("div");
  box.className = "c-count";
  area.after(box);
  area.addEventListener("input", () => count(area, box));
  count(area, box);
}
