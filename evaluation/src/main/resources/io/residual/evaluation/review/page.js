"use strict";

/** The page at /: shows one suspect at a time, and saves a decision for each key. */
(() => {
  const byId = id => document.getElementById(id);
  const percent = p => (100 * p).toFixed(p > 0 && p < 0.001 ? 3 : 1) + " %";
  let review = null;
  let decisions = []; // of each suspect, in words, empty for none
  let current = 0;
  let busy = false; // one request at a time, so that keys that repeat decide once

  async function ask(path, body) {
    const response = await fetch(path, body === undefined ? {} :
      {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
    const json = await response.json();
    if (!response.ok) throw new Error(json.error);
    return json;
  }

  /** Runs one request after another, and shows why one failed. */
  async function once(work) {
    if (busy) return;
    busy = true;
    try {
      await work();
      byId("error").textContent = "";
    } catch (error) {
      byId("error").textContent = "Not saved: " + (error instanceof TypeError ? "the server does not answer" : error.message);
    } finally {
      busy = false;
    }
  }

  async function start() {
    review = await ask("review");
    decisions = review.decisions;
    byId("file").textContent = review.file;
    byId("to").replaceChildren(...review.classes.map(name => new Option(name, name)));
    const asked = review.items.findIndex(item => "#" + encodeURI(item.name) === location.hash || "#" + item.name === location.hash);
    await show(asked >= 0 ? asked : Math.max(0, decisions.indexOf("")), "");
    byId("item").hidden = false;
  }

  async function show(number, saved) {
    const item = await ask("item?number=" + number);
    current = number;
    const count = decisions.filter(decision => decision !== "").length;
    byId("about").textContent = `${review.reviewer} has decided on ${count} of ${decisions.length} suspects.` +
      (count === decisions.length ? " All are reviewed." : "");
    byId("title").textContent = `Suspect ${number + 1} of ${decisions.length}: labelled ${item.label}, perhaps ${item.suggested}`;
    byId("status").textContent = saved;
    byId("image").src = item.image;
    byId("image").alt = `The ${item.part} image ${item.name}`;
    byId("name").textContent = `${item.name} (${item.part})`;
    byId("label").textContent = item.label;
    byId("suggested").textContent = item.suggested;
    byId("decision").textContent = decisions[number];
    byId("to").value = item.suggested;
    showTarget();
    const ranked = item.probabilities.slice().sort((a, b) => b.probability - a.probability);
    byId("rows").replaceChildren(...ranked.map(p => row(p, item)));
    byId("nearest-hint").hidden = item.nearest.length === 0;
    byId("nearest").replaceChildren(...item.nearest.map(neighbour));
  }

  function showTarget() {
    byId("to-text").textContent = byId("to").value;
  }

  function row(p, item) {
    const tr = document.createElement("tr");
    if (p.class === item.label) tr.className = "given";
    if (p.class === item.suggested) tr.className = "suggested";
    const th = tr.appendChild(document.createElement("th"));
    th.scope = "row";
    th.textContent = p.class;
    const meter = tr.appendChild(document.createElement("td")).appendChild(document.createElement("meter"));
    meter.value = p.probability;
    meter.setAttribute("aria-label", `Probability of ${p.class}`);
    const td = tr.appendChild(document.createElement("td"));
    td.className = "end";
    td.textContent = percent(p.probability);
    return tr;
  }

  function neighbour(near) {
    const figure = document.createElement("figure");
    const image = figure.appendChild(document.createElement("img"));
    image.src = near.image;
    image.alt = `${near.name}, labelled ${near.label}`;
    const caption = figure.appendChild(document.createElement("figcaption"));
    caption.textContent = `${near.label}, ${near.difference.toFixed(1)} levels`;
    const li = document.createElement("li");
    li.append(figure);
    return li;
  }

  function decide(verdict) {
    const number = current;
    const after = verdict === "RELABEL" ? byId("to").value : "";
    return once(async () => {
      if (verdict === "RELABEL" && after === review.items[number].label) throw new Error("that is the given label: keep it");
      decisions = (await ask("decision", {number, verdict, after})).decisions;
      await show(nextOpen(number), `Saved: ${review.items[number].name}, ${decisions[number]}.`);
    });
  }

  /** The next suspect without a decision, or the same if there is none. */
  function nextOpen(number) {
    const later = decisions.indexOf("", number + 1);
    const any = later >= 0 ? later : decisions.indexOf("");
    return any >= 0 ? any : number;
  }

  function undo() {
    return once(async () => {
      const json = await ask("undo", {});
      decisions = json.decisions;
      await show(json.number === undefined ? current : json.number, json.number === undefined ? "There is nothing to undo here." : "Undone.");
    });
  }

  function go(step) {
    const number = Math.min(decisions.length - 1, Math.max(0, current + step));
    return once(() => show(number, ""));
  }

  const actions = {
    keep: () => decide("KEEP"),
    relabel: () => decide("RELABEL"),
    drop: () => decide("DROP"),
    unsure: () => decide("UNSURE"),
    undo,
    previous: () => go(-1),
    next: () => go(1),
  };
  const keys = {k: "keep", r: "relabel", d: "drop", u: "unsure", z: "undo", arrowleft: "previous", arrowright: "next"};
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
  byId("to").addEventListener("change", showTarget);
  document.addEventListener("keydown", event => {
    if (!review || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target === byId("to")) {
      if (event.key !== "Enter" && event.key !== "Escape") return; // letters choose a class
      event.preventDefault();
      byId("to").blur();
      if (event.key === "Enter") actions.relabel();
      return;
    }
    if (!byId("shortcuts").checked) return;
    const key = event.key.toLowerCase();
    if (key === "c") {
      event.preventDefault();
      byId("to").focus();
    } else if (keys[key]) {
      event.preventDefault();
      actions[keys[key]]();
    }
  });
  start().catch(error => {
    byId("error").textContent = error instanceof TypeError ? "The server does not answer." : error.message;
  });
})();
