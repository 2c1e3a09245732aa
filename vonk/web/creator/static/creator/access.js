// A business's link carries its secret in the fragment, which no server sees. It is taken out of the address at once,
// waits in this tab while its reader signs in or makes a profile, and is sent in a body.

const KEY = "vonk.access";
const secret = location.hash.slice(1);
if (secret) {
  sessionStorage.setItem(KEY, secret);
  history.replaceState(null, "", location.pathname + location.search);
}
const waiting = sessionStorage.getItem(KEY);
const form = document.querySelector("[data-invitation]");
if (form && waiting) {
  sessionStorage.removeItem(KEY);
  form.elements.secret.value = waiting;
  form.submit();
}
for (const note of document.querySelectorAll("[data-invited]")) note.hidden = !waiting;
