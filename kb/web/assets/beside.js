// The list of conversations beside the one that is open: found by their words, renamed, pinned.
"use strict";
(() => {
  const OPEN = "reperes:beside";
  const WIDE = matchMedia("(min-width: 62rem) and (min-height: 30rem)"); // beside the answer, not over it
  const panel = () => document.querySelector("#beside .prose") ?? document.getElementById("beside");
  const toggle = () => document.getElementById("beside-toggle");
  const root = document.documentElement;
  const isOpen = () => root.classList.contains("beside");
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  async function fill(keep = []) {
    let html;
    try {
      const answer = await fetch("/conversations/panneau", { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      html = await answer.text();
    } catch {
      html = '<p class="note" role="status">La liste n\'a pas pu être lue. Réessayez dans un instant.</p>';
    }
    const sought = panel().querySelector(".beside-find")?.value ?? "";
    panel().innerHTML = html; // written by the server, every value escaped
    const field = panel().querySelector(".beside-find");
    if (field && sought) {
      field.value = sought;
      seek(field);
    }
    mark();
    for (const wanted of keep) if (panel().querySelector(wanted)) return panel().querySelector(wanted).focus();
  }

  // The one that is open.
  function mark() {
    const here = location.pathname.replace(/^\/c\//, "");
    for (const link of panel().querySelectorAll("li a")) {
      if (link.closest("li").dataset.conversation === here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  function open(is, moves) {
    root.classList.toggle("beside", is);
    toggle().setAttribute("aria-expanded", String(is));
    if (WIDE.matches) localStorage.setItem(OPEN, is ? "1" : "0");
    if (is) fill(moves ? [".beside-find", ".beside-close"] : []);
    else if (moves) toggle().focus();
  }

  function seek(field) {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of panel().querySelectorAll(".beside-group")) {
      let shown = 0;
      for (const item of group.querySelectorAll("li")) {
        const text = folded(item.querySelector("a").textContent);
        item.hidden = !words.every((word) => text.includes(word));
        shown += !item.hidden;
      }
      group.hidden = !shown;
      found += shown;
    }
    panel().querySelector(".beside-none").textContent = found ? "" : "Aucune conversation ne porte ces mots.";
  }

  async function change(item, what, field, value) {
    const path = `/conversations/${item.dataset.conversation}/${what}`;
    const body = new URLSearchParams({ [field]: value });
    const answer = await fetch(path, { method: "POST", body }).catch(() => null);
    const action = what === "nom" ? "rename" : "pin";
    const button = `li[data-conversation="${CSS.escape(item.dataset.conversation)}"] [data-action=${action}]`;
    if (answer?.ok) await fill([button]);
    else panel().querySelector(".beside-none").textContent = "Le changement n'a pas pu être fait. Réessayez.";
  }

  function rename(item) {
    const link = item.querySelector("a");
    const field = document.createElement("input");
    field.type = "text";
    field.maxLength = 120;
    field.value = link.textContent;
    field.setAttribute("aria-label", "Nouveau nom de la conversation");
    let done = false;
    const end = (saves) => {
      if (done) return;
      done = true;
      const value = field.value.trim();
      field.replaceWith(link);
      if (saves && value && value !== link.textContent) change(item, "nom", "titre", value);
      else item.querySelector("[data-action=rename]").focus();
    };
    field.addEventListener("keydown", (event) => {
      if (!["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      end(event.key === "Enter");
    });
    field.addEventListener("blur", () => end(true));
    link.replaceWith(field);
    field.focus();
    field.select();
  }

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("#beside-toggle")) open(!isOpen(), true);
    else if (target.closest(".beside-close")) open(false, true);
    const button = target.closest("#beside [data-action]");
    const item = button?.closest("li");
    if (button?.dataset.action === "rename") rename(item);
    else if (button) change(item, "epingle", "epingle", "pinned" in item.dataset ? "non" : "oui");
  });
  document.addEventListener("input", ({ target }) => {
    if (target.matches?.("#beside .beside-find")) seek(target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && event.target.closest?.("#beside")) open(false, true);
  });

  // An answer that ended is kept: its conversation is in the list, and first.
  let told = "";
  const started = new MutationObserver(() => {
    const current = document.getElementById("current");
    if (!current || !document.getElementById("beside") || !toggle()) return;
    started.disconnect();
    if (WIDE.matches && localStorage.getItem(OPEN) === "1") open(true, false);
    new MutationObserver(() => {
      const ended = current.querySelector(".turn[data-state=done]");
      const now = `${location.pathname} ${ended?.id ?? ""}`;
      if (now === told) return;
      told = now;
      if (isOpen()) setTimeout(() => fill(), 0);
    }).observe(current, { childList: true, subtree: true });
  });
  started.observe(root, { childList: true, subtree: true });
})();
