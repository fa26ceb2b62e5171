// The keyboard: to the question, through the citations, back to what was asked. Letters and digits stay those of
// screen readers; `/` and `?` can be switched off (WCAG 2.1.4).
"use strict";
(() => {
  const OFF = "reperes:no-single-keys";
  const SHORTCUTS = [
    ["/", "Écrire une question"],
    ["Alt + ↓", "Citation suivante (puis Entrée pour lire le document)"],
    ["Alt + ↑", "Citation précédente"],
    ["↑", "Dans la zone vide : reprendre une question déjà posée"],
    ["Échap", "Fermer le document, ou annuler la modification"],
    ["?", "Afficher cette liste"],
  ];
  const box = () => document.querySelector("#question textarea");
  const writes = (element) => element instanceof Element && Boolean(element.closest("textarea, input, select, [contenteditable]"));
  const singleKeys = () => localStorage.getItem(OFF) === null;

  function fill(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  function turn(step) {
    const onward = document.querySelector(`#reader [data-action=${step > 0 ? "next" : "previous"}]`);
    if (onward) {
      if (!onward.closest("[hidden]")) onward.click();
      return;
    }
    const all = [...document.querySelectorAll("#conversation .reference")];
    const at = all.indexOf(document.activeElement);
    const first = all.findIndex((reference) => reference.closest("#current"));
    const next = at < 0 ? (step > 0 ? first : all.length - 1) : at + step;
    if (!all[next]) return;
    all[next].focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }

  // What was asked in this conversation, the last one first; below the first, the empty box again.
  let recalled = -1;
  function recall(step) {
    const asked = [...new Set([...document.querySelectorAll("#conversation .question")].map((line) => line.textContent).reverse())];
    const isOurs = recalled >= 0 && box().value === asked[recalled];
    if (!isOurs) recalled = -1;
    if ((box().value && !isOurs) || (!isOurs && step < 0) || !asked.length) return false;
    recalled = Math.min(recalled + step, asked.length - 1);
    fill(recalled < 0 ? "" : asked[recalled]);
    return true;
  }

  function list() {
    let dialog = document.getElementById("shortcuts");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "shortcuts";
      dialog.setAttribute("aria-labelledby", "shortcuts-title");
      const title = document.createElement("h2");
      title.id = "shortcuts-title";
      title.textContent = "Raccourcis clavier";
      const listed = document.createElement("dl");
      for (const [key, what] of SHORTCUTS) {
        const line = document.createElement("div");
        const [name, meaning] = [document.createElement("dt"), document.createElement("dd")];
        const shown = document.createElement("kbd");
        shown.textContent = key;
        name.append(shown);
        meaning.textContent = what;
        line.append(name, meaning);
        listed.append(line);
      }
      const choice = document.createElement("label");
      const single = document.createElement("input");
      single.type = "checkbox";
      single.checked = singleKeys();
      single.addEventListener("change", () => {
        if (single.checked) localStorage.removeItem(OFF);
        else localStorage.setItem(OFF, "1");
      });
      choice.append(single, " Raccourcis d'une seule touche (/ et ?)");
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = "Fermer";
      close.addEventListener("click", () => dialog.close());
      dialog.append(title, listed, choice, close);
      document.body.append(dialog);
    }
    if (!dialog.open) dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]") || !box()) return;
    const { key, target } = event;
    let done = false;
    if (event.altKey) {
      if (key === "ArrowDown" || key === "ArrowUp") {
        turn(key === "ArrowDown" ? 1 : -1);
        done = true;
      }
    } else if (target === box()) {
      if (key === "ArrowUp") done = recall(1);
      else if (key === "ArrowDown") done = recall(-1);
    } else if (!writes(target) && singleKeys()) {
      if (key === "/") box().focus();
      else if (key === "?") list();
      done = key === "/" || key === "?";
    }
    if (done) event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("#shortcuts-button")) list();
    const menu = document.querySelector("#menu .menu");
    const toggle = target.closest(".menu-toggle");
    const isOpen = toggle ? !menu.classList.contains("open") : false;
    menu?.classList.toggle("open", isOpen);
    menu?.querySelector(".menu-toggle")?.setAttribute("aria-expanded", String(isOpen));
  });
  document.addEventListener("keydown", ({ key }) => {
    const open = key === "Escape" && document.querySelector("#menu .menu.open .menu-toggle");
    if (open) {
      open.click();
      open.focus();
    }
  });
})();
