// My area: names to choose from, and the browser's position resolved against boundaries that are fetched once.
// The position itself is never sent: only the code of the government it lies in.

export function preparePlace(form) {
  const field = form.querySelector("input[name=place]");
  const names = document.createElement("datalist");
  names.id = "place-names";
  form.append(names);
  field.setAttribute("list", names.id);
  field.addEventListener("focus", async () => {
    if (names.children.length) return;
    const answer = await fetch("/governments.json");
    if (!answer.ok) return;
    for (const name of await answer.json()) {
      const option = document.createElement("option");
      option.value = name;
      names.append(option);
    }
  }, { once: true });

  const button = form.querySelector("[data-locate]");
  const status = form.querySelector("[data-locate-status]");
  if (!button || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      const code = await governmentAt(coords.longitude, coords.latitude);
      if (!code) { status.textContent = "?"; return; }
      field.value = code;
      form.requestSubmit();
    }, () => { status.textContent = "✕"; }, { timeout: 10000, maximumAge: 600000 });
  });
}

export async function governmentAt(longitude, latitude) {
  const answer = await fetch("/boundaries.geojson");
  const { features } = await answer.json();
  const found = features.find(({ geometry }) => polygons(geometry).some((rings) => inside(rings, longitude, latitude)));
  return found?.properties.code ?? "";
}

const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);

// Even–odd rule over all rings: a hole takes away again.
function inside(rings, x, y) {
  let within = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i], [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
    }
  }
  return within;
}
