// The secret of a host app's link stands in the fragment, which no server sees. It is taken out of the address at once and
// sent in a body.

const secret = location.hash.slice(1);
const form = document.querySelector("[data-enter]");
if (secret && form) {
  history.replaceState(null, "", location.pathname);
  form.elements.secret.value = secret;
  form.submit();
}
