// A draft of a long form, kept in this browser only: put by on request, offered again, gone once the form is done.
// Without scripts the buttons stay hidden, and what was typed still comes back with every error.

const PREFIX = "draft:";

const done = document.querySelector("[data-draft-done]");
if (done) localStorage.removeItem(PREFIX + done.dataset.draftDone);

const form = document.querySelector("form[data-draft]");
if (form) {
  const key = PREFIX + form.dataset.draft;
  const found = document.querySelector("[data-draft-found]");
  const keep = form.querySelector("[data-draft-keep]");
  keep.hidden = false;
  keep.addEventListener("click", () => {
    const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
    form.querySelector("[data-draft-said]").textContent = keep.dataset.done;
    found.hidden = true;
  });
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  // A form that came back with what was typed is newer than any draft.
  const empty = ![...form.elements].some((one) => one.type === "text" && one.value);
  if (kept && empty) {
    const language = document.documentElement.lang;
    found.querySelector("[data-draft-when]").textContent = new Date(kept.at).toLocaleString(language);
    found.hidden = false;
    found.querySelector("[data-draft-restore]").addEventListener("click", () => {
      fill(kept.fields);
      found.hidden = true;
      form.querySelector("input:not([type=hidden])").focus();
    });
    found.querySelector("[data-draft-drop]").addEventListener("click", () => {
      localStorage.removeItem(key);
      found.hidden = true;
    });
  }
}

function fill(fields) {
  for (const one of form.elements) if (one.type === "checkbox") one.checked = false;
  for (const [name, value] of fields) {
    for (const one of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (one.type !== "checkbox") one.value = value;
      else if (one.value === value) one.checked = one.closest("details").open = true;
    }
  }
}
