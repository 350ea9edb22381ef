"use strict";

/** The page at /: sends an image to /predict and shows the prediction. */
(() => {
  const byId = id => document.getElementById(id);
  const percent = p => (100 * p).toFixed(p > 0 && p < 0.001 ? 3 : 1) + " %";
  let current = null; // the file that is shown
  let answer = null;
  let asked = 0; // late answers for earlier images are dropped

  async function start() {
    byId("url").textContent = new URL("predict", location.href);
    const model = await (await fetch("model")).json();
    byId("about").textContent =
      `The model distinguishes ${model.classes.length} classes: ${model.classes.join(", ")}. ` +
      `Its input has ${model.width} × ${model.height} pixels${model.channels === 1 ? ", in grey" : ""}.`;
    byId("most").textContent = Math.floor(model.mostBytes / 1e6) + " MB";
    // Usually only networks for grey images are trained on a dark background.
    byId("invert").value = model.channels === 1 ? "auto" : "no";
  }

  function showStatus(status, error) {
    byId("status").textContent = status;
    byId("error").textContent = error;
  }

  async function classify() {
    if (!current) return;
    const question = ++asked;
    showStatus("Predicting…", "");
    try {
      const response = await fetch("predict?explain=yes&invert=" + byId("invert").value, {method: "POST", body: current});
      const json = await response.json();
      if (question !== asked) return;
      if (!response.ok) throw new Error(json.error);
      answer = json;
      await show();
      showStatus("", "");
      byId("verdict").focus();
    } catch (error) {
      if (question !== asked) return;
      byId("result").hidden = true;
      showStatus("", "No prediction: " + (error instanceof TypeError ? "the server does not answer" : error.message));
    }
  }

  async function show() {
    const ranked = Object.entries(answer.probabilities).sort((a, b) => b[1] - a[1]);
    const [likeliest, p] = ranked[0];
    byId("verdict").textContent = answer.abstained ? `Not sure: ${likeliest} has only ${percent(p)}` : `${likeliest}, ${percent(p)}`;
    byId("certainty").textContent = certainty();
    const given = byId("given");
    URL.revokeObjectURL(given.src);
    given.src = URL.createObjectURL(current);
    given.alt = current.name ? `The image ${current.name}` : "The pasted image";
    byId("rows").replaceChildren(...ranked.map(([name, p], i) => row(name, p, i)));
    byId("result").hidden = false;
    await drawSeen();
  }

  /** The prediction set, and how usual the image is; empty if the model is not calibrated. */
  function certainty() {
    if (!answer.set) return "";
    const set = answer.set.length > 0 ? answer.set.join(" or ") : "none of the classes is likely enough";
    const p = answer.outlierPValue;
    return `With ${percent(answer.coverage)} coverage: ${set}. ` +
      (p <= 0.05 ? `The image is unusual: ${percent(p)} of the validation images are as unlike the training images.`
        : "The image is as usual as the validation images.");
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

  /** The input of the network, with the heat map over it. */
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
    const inverted = answer.inverted ? ", inverted" : "";
    if (places < 2) {
      byId("heat-text").textContent = `The input of the network${inverted}. Its last stage has only one place, so there is no heat map.`;
      return;
    }
    byId("heat-text").textContent =
      `The input of the network${inverted}; the heat map (Grad-CAM, ${rows} × ${columns}) shows what supports the most likely class.`;
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
      showStatus("", "That is not an image.");
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
  start().catch(() => showStatus("", "The server does not answer."));
})();
