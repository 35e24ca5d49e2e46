// The pre-build check answers while one types; without this script the form's buttons do the same.
const form = document.querySelector("form[data-precheck]");
const place = document.getElementById("precheck-answer");

if (form && place) {
  let waiting;
  let running;
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (String(value).trim()) typed.set(name, String(value));
    if (!typed.get("owner") || (typed.get("purpose") ?? "").length < 4) return;
    try {
      const answer = await fetch(`${form.dataset.precheck}?${typed}`, { signal: running.signal });
      place.innerHTML = await answer.text();
    } catch (problem) {
      if (problem.name !== "AbortError") place.textContent = "";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 400);
  });
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
