// The developers' console: one call of the business API from this browser, with the token that was typed.

const part = (name) => document.getElementById(`console-${name}`);
const operations = new Map(JSON.parse(part("operations").textContent).map((one) => [one.name, one]));
const KEPT = "vonk-console-token";

function show() {
  const chosen = operations.get(part("operation").value);
  part("asked").value = JSON.stringify(chosen.example, null, 2);
  part("files").replaceChildren(
    ...chosen.files.map((name) => {
      const label = document.createElement("label");
      const field = Object.assign(document.createElement("input"), { type: "file", name, className: "form-control" });
      label.className = "form-label d-block";
      label.append(name, field);
      return label;
    }),
  );
  history.replaceState(null, "", `#${chosen.name}`);
}

function asked() {
  try {
    const found = JSON.parse(part("asked").value || "{}");
    part("asked").classList.remove("is-invalid");
    return found;
  } catch {
    part("asked").classList.add("is-invalid");
    return null;
  }
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function request(chosen, given, token) {
  const headers = token ? { "Access-Token": token } : {};
  if (chosen.method === "GET") {
    const query = new URLSearchParams(Object.entries(given).map(([name, value]) => [name, plain(value)]));
    return [`${chosen.path}?${query}`, { headers, credentials: "omit" }];
  }
  const files = [...part("files").querySelectorAll("input")].filter((field) => field.files.length);
  if (files.length) {
    const body = new FormData();
    for (const [name, value] of Object.entries(given)) body.append(name, plain(value));
    for (const field of files) body.append(field.name, field.files[0]);
    return [chosen.path, { method: "POST", headers, body, credentials: "omit" }];
  }
  headers["Content-Type"] = "application/json";
  return [chosen.path, { method: "POST", headers, body: JSON.stringify(given), credentials: "omit" }];
}

async function call(event) {
  event.preventDefault();
  const given = asked();
  if (given === null) return;
  const token = part("token").value.trim();
  sessionStorage.setItem(KEPT, token);
  const began = performance.now();
  try {
    const answer = await fetch(...request(operations.get(part("operation").value), given, token));
    const text = await answer.text();
    part("answer").textContent = (answer.headers.get("Content-Type") || "").includes("json")
      ? JSON.stringify(JSON.parse(text), null, 2)
      : text;
  } catch (failure) {
    part("answer").textContent = String(failure);
  }
  part("took").textContent = `${Math.round(performance.now() - began)} ms`;
}

part("token").value = sessionStorage.getItem(KEPT) || "";
const named = decodeURIComponent(location.hash.slice(1));
if (operations.has(named)) part("operation").value = named;
if (operations.size) show();
part("operation").addEventListener("change", show);
document.getElementById("console").addEventListener("submit", call);
