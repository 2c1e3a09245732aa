// Loads what opens menus once somebody is about to open one: the feed itself does without, and is lighter by a fifth.

const { script: address } = document.getElementById("menus").dataset;
let loading = null;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return loading;
}

for (const opener of document.querySelectorAll("[data-bs-toggle]")) {
  for (const sign of ["pointerenter", "focus"]) opener.addEventListener(sign, () => load().catch(() => (loading = null)), { once: true });
  opener.addEventListener("click", async function first(event) {
    if (window.bootstrap || window.tabler) return;
    event.preventDefault();
    opener.removeEventListener("click", first);
    await load();
    opener.click();
  });
}
