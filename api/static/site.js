// What the pages do better with JavaScript; every page works without it.
// suggest.js: the search box's list · place.js: my area by position · here: forms that must not be sent twice, recent words.

import { prepareSuggestions } from "./suggest.js";
import { preparePlace } from "./place.js";

for (const form of document.querySelectorAll("[data-search]")) prepareSuggestions(form);
for (const form of document.querySelectorAll("[data-area]")) preparePlace(form);

// A form that is being sent says so and is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
}
// Coming back by the browser's back button finds the form as it was left: let it be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    document.getElementById(button.dataset.copy).textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
