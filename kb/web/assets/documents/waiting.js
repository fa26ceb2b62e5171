// What waits for an editor's word: read one after the other, chosen many at once; and the state of updates, kept fresh.
"use strict";
(() => {
  const part = async (address) => {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    return answer.text();
  };
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template;
  };
  const place = document.getElementById("en-attente");

  // One after the other: each reading starts a process, which reads some of what comes next as well.
  let isReading = false;
  const read = async () => {
    if (isReading) return;
    isReading = true;
    for (let line; (line = place.querySelector(".waiting:not([data-failed])")); ) {
      const card = line.closest("[data-preview]");
      line.setAttribute("role", "status");
      line.textContent = "Lecture en cours…";
      try {
        card.querySelector(".body").innerHTML = await part(card.dataset.preview);
      } catch {
        line.dataset.failed = "";
        line.textContent = "L'aperçu n'a pas pu être lu : rechargez la page.";
      }
    }
    isReading = false;
  };

  // What came meanwhile joins what is there: nothing that was typed or chosen is lost.
  const join = async () => {
    const fresh = parsed(await part("/documents/attente")).content;
    const cards = document.getElementById("cartes");
    if (!cards) place.replaceChildren(fresh);
    else for (const card of fresh.querySelectorAll("article")) if (!document.getElementById(card.id)) cards.append(card);
    count();
    await read();
  };
  document.addEventListener("reperes:sent", join);

  const boxes = () => [...place.querySelectorAll("input[name=choisi]:not(:disabled)")];
  const count = () => {
    const bulk = document.getElementById("lot");
    if (!bulk) return;
    const all = bulk.querySelector("[data-all]");
    const chosen = boxes().filter((box) => box.checked).length;
    bulk.hidden = place.querySelectorAll("article").length < 2;
    all.closest("label").hidden = false;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
    const told = chosen ? `${chosen} document${chosen > 1 ? "s choisis" : " choisi"}` : "Aucun document choisi";
    const line = bulk.querySelector("[data-count]");
    if (line.textContent !== told) line.textContent = told;
    for (const button of bulk.querySelectorAll("button")) button.disabled = !chosen;
  };
  place.addEventListener("change", (event) => {
    if ("all" in event.target.dataset) for (const box of boxes()) box.checked = event.target.checked;
    count();
  });
  // What was corrected goes with its own button: together, documents are taken as they were understood.
  place.addEventListener("input", (event) => {
    if (!event.target.closest("[data-corrections]")) return;
    const box = event.target.closest("article").querySelector("input[name=choisi]");
    if (box.disabled) return;
    box.checked = false;
    box.disabled = true;
    const told = Object.assign(document.createElement("span"), { className: "note" });
    told.textContent = " (corrigé : à ajouter par son propre bouton)";
    box.closest("label").append(told);
    count();
  });
  count();
  read();

  const state = document.querySelector("[data-refresh]");
  let shown = state.innerHTML;
  let ran = Boolean(state.querySelector("[data-running]"));
  setInterval(async () => {
    try {
      const fresh = parsed(await part(state.dataset.refresh));
      if (fresh.innerHTML === shown) return;
      shown = fresh.innerHTML;
      const open = [...state.querySelectorAll("details")].map((details) => details.open);
      state.replaceChildren(fresh.content);
      if (!ran) state.querySelectorAll("details").forEach((details, index) => (details.open = open[index] ?? details.open));
      ran = Boolean(state.querySelector("[data-running]"));
    } catch {
      // The server is away: the next look may find it back.
    }
  }, 2500);
})();
