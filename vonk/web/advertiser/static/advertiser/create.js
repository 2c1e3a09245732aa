// The long form: what fits the objective, the preview, and asking before ads go to review again. It works without this too.

const form = document.querySelector("[data-create]");
const submit = form.querySelector('.a-submit [type="submit"]');
const kept = form.dataset.buttons.split(" ").filter(Boolean).map((pair) => pair.split(":"));

/** Shows the ways to pay and the buttons that fit the chosen objective; one that does not fit is not kept chosen. */
function fitObjective() {
  const objective = form.querySelector("[data-billings]:checked");
  if (!objective) return;
  const fitting = objective.dataset.billings.split(" ");
  const billings = [...form.querySelectorAll("[data-billing] input")];
  for (const input of billings) {
    const fits = fitting.includes(input.value);
    input.closest("label").hidden = !fits;
    input.disabled = !fits;
  }
  if (!billings.some((input) => input.checked && !input.disabled)) {
    const usual = billings.find((input) => input.value === fitting[0]);
    if (usual) usual.checked = true;
  }
  for (const [button, wanted] of kept) {
    const option = form.querySelector(`[name="ad-call_to_action"] option[value="${button}"]`);
    if (!option) continue;
    const fits = kept.some(([name, other]) => name === button && other === objective.value);
    option.disabled = option.hidden = !fits;
    if (!fits && option.selected) option.parentElement.value = "learn_more";
    if (wanted === objective.value) option.disabled = option.hidden = false;
  }
}

/** Asks what impressions are chosen for where they are paid for so, and offers what fits the objective. */
function fitGoal() {
  const asked = form.querySelector("[data-goal]");
  if (!asked) return;
  const objective = form.querySelector("[data-goals]:checked");
  const goals = [...asked.querySelectorAll('[name$="-goal"]')];
  for (const input of goals) {
    const fits = !objective || objective.dataset.goals.split(" ").includes(input.value);
    input.closest("label").hidden = !fits;
    if (!fits) input.checked = false;
  }
  asked.hidden = form.querySelector("[data-billing] input:checked")?.value !== "ocpm";
  if (!asked.hidden && !goals.some((input) => input.checked)) {
    const usual = goals.find((input) => !input.closest("label").hidden);
    if (usual) usual.checked = true;
  }
  const event = asked.querySelector('[name$="-goal_event"]');
  event.closest(".a-short").hidden = !goals.some((input) => input.checked && input.value === "conversion");
}

let waiting = 0;
function previewSoon(delay) {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.body.dispatchEvent(new Event("vonk:preview")), delay);
}

/** What the review looked at; another consent for the same post is none of it, so a choice may name its post. */
const state = (names) =>
  JSON.stringify(
    [...new FormData(form)]
      .filter(([name]) => names.includes(name))
      .map(([name, value]) => [name, form.querySelector(`[name="${name}"][value="${CSS.escape(value)}"][data-post]`)?.dataset.post ?? value])
      .map(String)
      .sort(),
  );

function watchReview() {
  const names = form.dataset.reopening.split(" ");
  const before = state(names);
  form.addEventListener("change", () => {
    if (state(names) === before) {
      delete submit.dataset.confirm;
      return;
    }
    submit.dataset.confirm = form.dataset.reopensTitle;
    submit.dataset.confirmText = form.dataset.reopensText;
    submit.dataset.confirmLabel = form.dataset.reopensLabel;
  });
}

form.addEventListener("change", (event) => {
  if (event.target.matches("[data-billings]")) fitObjective();
  fitGoal();
  if (event.target.name?.startsWith("ad-")) previewSoon(0);
});
form.addEventListener("input", (event) => {
  if (["ad-landing_url", "ad_group-ends_at"].includes(event.target.name)) previewSoon(500);
});
if (form.dataset.reopening) watchReview();
fitObjective();
fitGoal();
if (!form.querySelector("[data-summary]")) form.querySelector(".v-field-wrong")?.scrollIntoView({ block: "center" });
