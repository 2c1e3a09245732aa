// Reports: dialogs of metrics and filters, their search, and fields that belong to one choice. Without this all is there, longer.

const language = document.documentElement.lang;
const plain = (text) => text.toLocaleLowerCase(language).normalize("NFD").replace(/\p{M}/gu, "");

for (const opener of document.querySelectorAll("[data-opens]")) {
  const dialog = document.getElementById(opener.dataset.opens);
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  const show = (event) => {
    event.preventDefault();
    if (dialog.open) dialog.close();
    dialog.showModal();
    dialog.querySelector("[type=search]")?.focus();
  };
  opener.addEventListener("click", show);
  opener.addEventListener("keydown", (event) => {
    if (event.key === " ") show(event);
  });
  const close = dialog.querySelector("[data-closes]");
  close.hidden = false;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => opener.focus());
}

for (const search of document.querySelectorAll("[data-searches]")) {
  const list = document.getElementById(search.dataset.searches);
  const told = document.querySelector(`[data-found="${search.dataset.searches}"]`);
  const entries = [...list.querySelectorAll("[data-entry]")].map((entry) => ({ entry, words: plain(entry.textContent) }));
  search.closest("[data-search-box]").hidden = false;
  search.addEventListener("input", () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { entry, words } of entries) {
      entry.hidden = !wanted.every((word) => words.includes(word));
      if (!entry.hidden) found += 1;
    }
    for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-entry]:not([hidden])");
    told.textContent = found ? "" : told.dataset.nothing;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // Searching sends nothing.
  });
}

const period = document.querySelector("[data-period]");
if (period) {
  const dates = document.querySelectorAll("[data-dates]");
  const follow = () => {
    for (const field of dates) {
      field.hidden = period.value !== "custom";
      field.querySelector("input").disabled = period.value !== "custom";
    }
  };
  period.addEventListener("change", follow);
  follow();
}

const form = document.querySelector("[data-report-form]");
form?.addEventListener("submit", () => {
  // What is empty says nothing: the address stays short.
  for (const field of form.querySelectorAll("select, input")) {
    if (field.value === "" && field.name) field.disabled = true;
  }
  for (const condition of form.querySelectorAll(".r-condition")) {
    const fields = [...condition.querySelectorAll("select, input")];
    if (fields.some((field) => field.disabled)) for (const field of fields) field.disabled = true;
  }
});
window.addEventListener("pageshow", () => {
  for (const field of form?.querySelectorAll("select:disabled, input:disabled") ?? []) field.disabled = false;
  period?.dispatchEvent(new Event("change"));
});

for (const schedule of document.querySelectorAll("[data-schedule]")) {
  const rhythm = schedule.querySelector("[name=rhythm]");
  const follow = () => {
    for (const part of schedule.querySelectorAll("[data-of]")) part.hidden = part.dataset.of !== rhythm.value;
  };
  rhythm.addEventListener("change", follow);
  follow();
}
