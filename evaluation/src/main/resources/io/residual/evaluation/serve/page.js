"use strict";

/** The page at /: sends a picture to /predict and shows the answer. */
(() => {
  const byId = id => document.getElementById(id);
  const percent = p => (100 * p).toFixed(p > 0 && p < 0.001 ? 3 : 1) + " %";
  let current = null; // the file that is shown
  let answer = null;
  let asked = 0; // answers of earlier pictures that come late are dropped

  async function begin() {
    byId("url").textContent = location.origin + "/predict";
    const model = await (await fetch("/model")).json();
    byId("about").textContent =
      `The model tells ${model.classes.length} classes apart: ${model.classes.join(", ")}. ` +
      `It sees ${model.width} × ${model.height} pixels${model.channels === 1 ? ", in grey" : ""}.`;
    byId("most").textContent = Math.floor(model.mostBytes / 1e6) + " MB";
    // Only nets for grey pictures are as a rule trained on a dark ground.
    byId("invert").value = model.channels === 1 ? "auto" : "no";
  }

  function tell(status, fault) {
    byId("status").textContent = status;
    byId("fault").textContent = fault;
  }

  async function classify() {
    if (!current) return;
    const question = ++asked;
    tell("Asking the network…", "");
    try {
      const response = await fetch("/predict?explain=yes&invert=" + byId("invert").value, {method: "POST", body: current});
      const json = await response.json();
      if (question !== asked) return;
      if (!response.ok) throw new Error(json.error);
      answer = json;
      await show();
      tell("", "");
      byId("verdict").focus();
    } catch (fault) {
      if (question !== asked) return;
      byId("result").hidden = true;
      tell("", "No prediction: " + (fault instanceof TypeError ? "the server does not answer" : fault.message));
    }
  }

  async function show() {
    byId("verdict").textContent = `${answer.class}, ${percent(answer.probability)}`;
    const given = byId("given");
    URL.revokeObjectURL(given.src);
    given.src = URL.createObjectURL(current);
    given.alt = current.name ? `The picture ${current.name}` : "The pasted picture";
    const ranked = Object.entries(answer.probabilities).sort((a, b) => b[1] - a[1]);
    byId("rows").replaceChildren(...ranked.map(([name, p], i) => row(name, p, i)));
    byId("result").hidden = false;
    await drawSeen();
  }

  function row(name, p, i) {
    const tr = document.createElement("tr");
    if (i === 0) tr.className = "first";
    const th = tr.appendChild(document.createElement("th"));
    th.scope = "row";
    th.textContent = name;
    const meter = tr.appendChild(document.createElement("td")).appendChild(document.createElement("meter"));
    meter.value = p;
    meter.setAttribute("aria-label", `Probability of ${name}`);
    const td = tr.appendChild(document.createElement("td"));
    td.className = "end";
    td.textContent = percent(p);
    return tr;
  }

  /** What the network sees, and over it where it looks. */
  async function drawSeen() {
    const {rows, columns, shares} = answer.heatMap;
    const places = rows * columns;
    const image = new Image();
    image.src = answer.input;
    await image.decode();
    const canvas = byId("seen");
    canvas.width = 10 * image.naturalWidth;
    canvas.height = 10 * image.naturalHeight;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    byId("heat-choice").hidden = places < 2;
    const turned = answer.inverted ? ", light and dark turned round" : "";
    if (places < 2) {
      byId("heat-text").textContent = `What the network sees${turned}. Its last stage has one place only: there is no heat map.`;
      return;
    }
    byId("heat-text").textContent =
      `What the network sees${turned}; the heat map (Grad-CAM, ${rows} × ${columns}) shows what speaks for ${answer.class}.`;
    if (!byId("heat").checked) return;
    const small = document.createElement("canvas");
    small.width = columns;
    small.height = rows;
    const heat = small.getContext("2d").createImageData(columns, rows);
    shares.forEach((share, i) => heat.data.set([255, 255 - 175 * share, 0, 185 * share], 4 * i));
    small.getContext("2d").putImageData(heat, 0, 0);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  }

  function take(files) {
    const file = [...files].find(f => f.type.startsWith("image/"));
    if (!file) {
      tell("", "That is not a picture.");
      return;
    }
    current = file;
    classify();
  }

  const drop = byId("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, event => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", event => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", event => {
    if (event.clipboardData.files.length > 0) take(event.clipboardData.files);
  });
  byId("file").addEventListener("change", event => take(event.target.files));
  byId("form").addEventListener("submit", event => event.preventDefault());
  byId("invert").addEventListener("change", classify);
  byId("heat").addEventListener("change", () => answer && drawSeen());
  begin().catch(() => tell("", "The server does not answer."));
})();
