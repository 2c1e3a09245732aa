// Offers the device's time zone where another one is chosen.

const hint = document.querySelector("[data-zone-hint]");
const select = document.querySelector("select[name=time_zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (hint && select && own && own !== select.value && [...select.options].some((option) => option.value === own)) {
  const use = hint.querySelector("[data-zone-use]");
  use.textContent = own.replaceAll("_", " ");
  use.addEventListener("click", () => {
    select.value = own;
    hint.hidden = true;
    select.focus();
  });
  hint.hidden = false;
}
