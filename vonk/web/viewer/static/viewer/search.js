// Recent searches: kept in this browser alone, shown while nothing is looked for, forgotten one by one or all at once.

const KEY = "vonk.searches";
const KEPT_MAX = 10;

const box = document.getElementById("recent");
const list = document.getElementById("recent-list");
const row = document.getElementById("recent-row");

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string" && one).slice(0, KEPT_MAX) : [];
  } catch {
    return []; // Nothing is kept here, or something else wrote it.
  }
}

function keep(searches) {
  try {
    localStorage.setItem(KEY, JSON.stringify(searches.slice(0, KEPT_MAX)));
  } catch {
    // The list lasts as long as the page.
  }
}

function draw(searches) {
  list.replaceChildren();
  for (const words of searches) {
    const line = row.content.firstElementChild.cloneNode(true);
    const link = line.querySelector("a");
    link.href = `?q=${encodeURIComponent(words)}`;
    link.querySelector("span").textContent = words;
    const forget = line.querySelector("button");
    forget.setAttribute("aria-label", box.dataset.forget.replace("%s", words));
    forget.addEventListener("click", () => {
      const rest = read().filter((one) => one !== words);
      keep(rest);
      draw(rest);
      (list.querySelector("button") || document.getElementById("search-words")).focus();
    });
    list.append(line);
  }
  box.hidden = !searches.length || "quiet" in box.dataset;
}

const { asked } = box.dataset;
if (asked) keep([asked, ...read().filter((one) => one !== asked)]);
draw(read());
document.getElementById("recent-clear").addEventListener("click", () => {
  keep([]);
  draw([]);
  document.getElementById("search-words").focus();
});
