// Judging by keys: A approves, R opens the reasons.

const approve = document.querySelector("[data-approve]");
const reject = document.querySelector("[data-reject]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !approve) return;
  if (event.target.closest("input:not([type='checkbox']), textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if (key === "a") approve.requestSubmit();
  else if (key === "r") {
    event.preventDefault();
    reject.open = true;
    reject.querySelector("input[type='checkbox']").focus();
  }
});
