// Asks for two days only where they are what is chosen; without this both are always there.

const form = document.querySelector("[data-period]");
const period = form.querySelector("[name=period]");

function show() {
  for (const field of form.querySelectorAll("[data-days]")) {
    field.hidden = period.value !== "custom";
    field.querySelector("input").disabled = field.hidden;
  }
}

period.addEventListener("change", () => {
  show();
  if (period.value !== "custom") form.requestSubmit();
});
show();
