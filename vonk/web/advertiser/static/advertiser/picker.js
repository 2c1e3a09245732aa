// A long list to tick becomes one to search: what is chosen stands above it. Without this it is a plain list.

const language = document.documentElement.lang;
const plain = (text) => text.toLocaleLowerCase(language).normalize("NFD").replace(/\p{M}/gu, "");

for (const picker of document.querySelectorAll("[data-picker]")) {
  const list = picker.querySelector("[data-list]");
  const search = picker.querySelector("[data-search]");
  const picked = picker.querySelector("[data-picked]");
  const rows = [...list.querySelectorAll("label")].map((label) => ({
    label,
    box: label.querySelector("input"),
    name: label.querySelector("span").textContent.trim(),
  }));

  const draw = () => {
    const chosen = rows.filter((row) => row.box.checked);
    const chips = chosen.map((row) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "a-chip";
      chip.textContent = row.name;
      chip.setAttribute("aria-label", picked.dataset.remove.replace("%s", row.name));
      chip.addEventListener("click", () => {
        row.box.checked = false;
        row.box.dispatchEvent(new Event("change", { bubbles: true }));
        search.focus();
      });
      return chip;
    });
    if (!chips.length && picked.dataset.all) {
      const all = document.createElement("span");
      all.className = "v-muted";
      all.textContent = picked.dataset.all;
      chips.push(all);
    }
    picked.replaceChildren(...chips);
  };

  rows.sort((one, other) => one.name.localeCompare(other.name, language));
  list.append(...rows.map((row) => row.label));
  search.hidden = false;
  picker.classList.add("a-searched");
  search.addEventListener("input", () => {
    const wanted = plain(search.value.trim());
    picker.classList.toggle("a-searching", Boolean(wanted));
    for (const row of rows) {
      row.label.hidden = !plain(row.name).includes(wanted) && row.box.value.toLowerCase() !== wanted;
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Takes the first one found instead of sending the form.
    const first = rows.find((row) => !row.label.hidden && !row.box.checked);
    if (!first || !search.value.trim()) return;
    first.box.checked = true;
    first.box.dispatchEvent(new Event("change", { bubbles: true }));
    search.value = "";
    search.dispatchEvent(new Event("input"));
  });
  list.addEventListener("change", draw);
  draw();
}
