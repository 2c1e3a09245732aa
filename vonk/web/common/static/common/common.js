// What every page does: colours, copying, asking before a loss, messages from scripts.
// Declared in the page by data attributes; nothing here knows a particular page.

const text = (id) => document.getElementById(id);

export function toast(message, { tone = "calm", link = "", linkLabel = "" } = {}) {
  const box = document.createElement("div");
  box.className = `v-toast v-tone-${tone}`;
  box.append(message);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = linkLabel || link;
    box.append(" ", anchor);
  }
  text("toasts").append(box);
  setTimeout(() => box.remove(), link ? 9000 : 4500);
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

/** Sends JSON to our own site and returns the answer's JSON; throws the problem (RFC 9457) when it is refused. */
export async function send(url, body, { method = "POST" } = {}) {
  const response = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
  const isJson = (response.headers.get("Content-Type") || "").includes("json");
  const answer = isJson ? await response.json() : {};
  if (!response.ok) throw { status: response.status, ...answer };
  return answer;
}

function markTheme() {
  const choice = document.documentElement.dataset.themeChoice;
  for (const button of document.querySelectorAll("[data-theme-choice]:not(html)")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

async function copy(button) {
  const value = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    const field = document.createElement("textarea"); // No clipboard without HTTPS: the older way.
    field.value = value;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const label = button.querySelector("span") || button;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = before), 1800);
}

export function ask({ confirm, confirmText = "", confirmLabel = "", confirmTone = "" }) {
  const dialog = text("confirm");
  const yes = text("confirm-yes");
  text("confirm-title").textContent = confirm;
  text("confirm-text").textContent = confirmText;
  yes.textContent = confirmLabel || yes.dataset.defaultLabel;
  yes.className = `btn ${confirmTone === "danger" ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

document.addEventListener("click", async (event) => {
  const theme = event.target.closest("[data-theme-choice]:not(html)");
  if (theme) {
    window.vonkTheme.choose(theme.dataset.themeChoice);
    return;
  }
  const copying = event.target.closest("[data-copy]");
  if (copying) {
    await copy(copying);
    return;
  }
  const asking = event.target.closest("a[data-confirm], button[data-confirm]");
  if (!asking || asking.hasAttribute("data-confirmed") || asking.matches("[hx-post],[hx-delete],[hx-get],[hx-put]")) return;
  event.preventDefault();
  if (await ask(asking.dataset)) {
    asking.setAttribute("data-confirmed", "");
    asking.click();
    asking.removeAttribute("data-confirmed");
  }
});

document.addEventListener("htmx:confirm", async (event) => {
  const source = event.detail.elt;
  if (!source.dataset.confirm) return;
  event.preventDefault();
  if (await ask(source.dataset)) event.detail.issueRequest(true);
});

/** Names countries and languages in the page's language: the server sends codes. */
function nameOptions(root) {
  for (const select of root.querySelectorAll("select[data-names], [data-name-of]")) {
    const type = select.dataset.names || select.dataset.nameOf;
    const names = new Intl.DisplayNames([document.documentElement.lang], { type });
    if (select.matches("select")) {
      const chosen = select.value; // Moving options would choose another.
      const coded = [...select.options].filter((option) => option.value);
      for (const option of coded) option.textContent = names.of(option.value);
      coded.sort((a, b) => a.textContent.localeCompare(b.textContent, document.documentElement.lang));
      select.append(...coded);
      select.value = chosen;
    } else {
      select.textContent = names.of(select.textContent.trim());
      delete select.dataset.nameOf; // Done: a name is no code.
    }
  }
}

document.addEventListener("htmx:load", (event) => nameOptions(event.detail.elt));
nameOptions(document);

window.addEventListener("vonk:theme", markTheme);
markTheme();
