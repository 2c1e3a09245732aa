// An invitation's secret stands in the fragment, which no server sees. It is taken out of the address at once and sent
// in a body; without scripts its reader types it into the same form.

const secret = location.hash.slice(1);
const form = document.querySelector("[data-join]");
if (secret && form) {
  history.replaceState(null, "", location.pathname);
  form.elements.secret.value = secret;
  form.submit();
}
