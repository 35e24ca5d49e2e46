// The search box as a combobox (KRDS search pattern): ↓ enters the list, ↑↓ go round, Enter searches, Esc closes and
// gives the focus back. The words searched for before stay in this browser.

const RECENT = "metaplatform.recent";
const KEPT = 8;

export function prepareSuggestions(form) {
  const field = form.querySelector("input[type=search]");
  const status = form.querySelector("[aria-live]");
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = field.id + "-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.recent);
  list.hidden = true;
  field.after(list);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })
    .forEach(([name, value]) => field.setAttribute(name, value));

  let chosen = -1, asked = 0, timer = 0, typed = field.value;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const all = options();
    if (!all.length) return;
    chosen = (index + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
    field.value = all[chosen].dataset.text;
  };
  const show = (items, title) => {
    list.replaceChildren();
    if (title && items.length) {
      const head = document.createElement("li");
      head.className = "title";
      head.setAttribute("role", "presentation");
      head.textContent = title;
      list.append(head);
    }
    items.forEach((item, at) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${at}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.dataset.text = item.text;
      row.dataset.href = item.href ?? "";
      const name = document.createElement("span");
      name.lang = "ko";
      name.textContent = item.text;
      const what = document.createElement("span");
      what.className = "what";
      what.textContent = item.what ?? "";
      row.append(name, what);
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); go(row); });
      list.append(row);
    });
    chosen = -1;
    list.hidden = !items.length;
    field.setAttribute("aria-expanded", String(items.length > 0));
    field.removeAttribute("aria-activedescendant");
    status.textContent = items.length ? `${items.length} ${field.dataset.count}` : "";
  };
  const go = (row) => {
    if (row.dataset.href) return location.assign(row.dataset.href);
    field.value = row.dataset.text;
    close();
    form.requestSubmit();
  };
  const ask = async () => {
    const text = field.value.trim();
    typed = field.value;
    const mine = ++asked;
    if (!text) return show(recent().map((word) => ({ text: word })), field.dataset.recent);
    const area = form.querySelector("[name=area]")?.value ?? "";
    const answer = await fetch(`${field.dataset.suggest}?${new URLSearchParams({ q: text, limit: 8, ...(area && { area }) })}`);
    if (!answer.ok || mine !== asked) return;
    const { suggestions } = await answer.json();
    if (mine !== asked || document.activeElement !== field) return;
    show(suggestions.map((one) => ({ text: one.text, what: [one.owner, one.note].filter(Boolean).join(" · ") })));
  };

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask().catch(close), 120); });
  field.addEventListener("focus", () => { if (!field.value.trim()) ask(); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      if (open) choose(chosen + 1); else ask().then(() => choose(0));
    } else if (event.key === "ArrowUp" && open) {
      event.preventDefault();
      choose(chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      field.value = typed;
      close();
      field.focus();
    } else if (event.key === "Enter" && open && chosen >= 0) {
      event.preventDefault();
      go(options()[chosen]);
    }
  });
  form.addEventListener("submit", () => {
    const word = field.value.trim();
    if (!word) return;
    keep([word, ...recent().filter((one) => one !== word)].slice(0, KEPT));
  });
}

// Storage may be switched off; then there are simply no recent words.
function recent() {
  try { return JSON.parse(localStorage.getItem(RECENT) ?? "[]"); } catch { return []; }
}
function keep(words) {
  try { localStorage.setItem(RECENT, JSON.stringify(words)); } catch { /* nothing to keep them in */ }
}
