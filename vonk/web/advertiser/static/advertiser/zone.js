// Proposes the time zone that the reader's device is in.

const select = document.querySelector("[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const sent = document.querySelector(".v-field-wrong");
if (!sent && [...select.options].some((option) => option.value === own)) select.value = own;
