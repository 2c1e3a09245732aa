// Tells an ad server what visitors of this page do. Keeps the click id of an ad in a cookie of this site, nowhere else.
// vonk("purchase", { id: "order-17", value: 12.5, currency: "EUR", email: "…" }): addresses leave the page as SHA-256.
(() => {
  const { pixel, ads } = document.currentScript.dataset;
  const url = `${ads}/v1/conversions`;
  const asked = new URLSearchParams(location.search);
  const landed = asked.get("vonk_click");
  let test = asked.get("vonk_test");
  try {
    if (test) sessionStorage.vonk_test = test;
    test ||= sessionStorage.vonk_test; // Of this tab.
  } catch {}
  if (landed) {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `vonk_click=${encodeURIComponent(landed)};path=/;max-age=2419200;samesite=lax${secure}`;
  }
  const kept = /(?:^|; )vonk_click=([^;]*)/.exec(document.cookie);
  const click = landed || (kept ? decodeURIComponent(kept[1]) : "");

  async function digest(text) {
    const clean = String(text).trim().toLowerCase();
    if (/^[0-9a-f]{64}$/.test(clean)) return clean;
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(clean));
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function vonk(name, { id, value, currency, ...people } = {}) {
    const one = { id: String(id || `p${Date.now()}${Math.random()}`), pixel, name, click, page: location.origin + location.pathname };
    if (test) one.test = test;
    if (value != null) Object.assign(one, { value, currency });
    for (const key of ["email", "phone", "external"]) {
      if (people[key] && window.crypto?.subtle) one[key] = await digest(people[key]);
    }
    const body = JSON.stringify({ conversions: [one] });
    if (!navigator.sendBeacon?.(url, body)) fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
    return one.id;
  }

  const waiting = window.vonk?.q || [];
  window.vonk = vonk;
  waiting.forEach((call) => vonk(...call));
})();
