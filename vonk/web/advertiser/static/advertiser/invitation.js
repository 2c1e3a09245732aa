// An invitation's secret stands in the fragment, which no server sees. It is taken out of the address at once, waits in
// this tab while its reader signs in or opens an account, and is sent in a body.

const KEY = "vonk.invitation";
const secret = location.hash.slice(1);
if (secret) {
  sessionStorage.setItem(KEY, secret);
  history.replaceState(null, "", location.pathname);
}
const waiting = sessionStorage.getItem(KEY);
for (const part of document.querySelectorAll("[data-waiting]")) part.hidden = !waiting;
for (const part of document.querySelectorAll("[data-lost]")) part.hidden = Boolean(waiting);

const form = document.querySelector("[data-invitation]");
if (form && waiting) {
  form.elements.invitation.value = waiting;
  if ("atOnce" in form.dataset) form.requestSubmit();
}
document.querySelector("[data-used]")?.addEventListener("submit", () => sessionStorage.removeItem(KEY));
