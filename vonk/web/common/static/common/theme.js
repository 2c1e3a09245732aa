// Runs before the first paint, so that a dark page never flashes white. Everything else waits for common.js.
(function () {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const saved = () => {
    try {
      return localStorage.getItem("vonk.theme") || "auto";
    } catch {
      return "auto"; // Storage is barred: the choice lasts as long as the page.
    }
  };
  const apply = (choice) => {
    const theme = choice === "auto" ? (device.matches ? "dark" : "light") : choice;
    root.dataset.bsTheme = theme;
    root.dataset.themeChoice = choice;
    window.dispatchEvent(new CustomEvent("vonk:theme", { detail: { theme, choice } }));
  };
  window.vonkTheme = {
    choose(choice) {
      try {
        localStorage.setItem("vonk.theme", choice);
      } catch {
        // As above.
      }
      apply(choice);
    },
  };
  device.addEventListener("change", () => apply(root.dataset.themeChoice));
  apply(saved());
})();
