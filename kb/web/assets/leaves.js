// The page of a document as it is, beside its text: fetched when it comes into view, turned in its place. Without this
// script the same links lead to pages of their own.
"use strict";
(() => {
  const wide = matchMedia("(min-width: 62rem)");
  const isShown = (section) => section.getClientRects().length > 0;
  const choose = (views, value) => {
    const choice = views?.querySelector(`input[name="vue"][value="${value}"]`);
    if (choice) choice.checked = true;
  };

  function note(text) {
    const told = document.createElement("p");
    told.className = "note";
    told.setAttribute("role", "status");
    told.textContent = text;
    return told;
  }

  // What is read aloud stands apart from what is replaced.
  function announce(section, text) {
    section.querySelector(":scope > [role=status]").textContent = text;
  }

  function settle(section, turn) {
    const body = section.querySelector(".leaf-body");
    if (turn) {
      const same = body.querySelector(`a[data-turn="${turn}"]`) || body.querySelector(".sheet, a");
      same?.focus({ preventScroll: true });
      announce(section, body.querySelector(".leaf-place, .note")?.textContent ?? "");
    }
    const sheet = body.querySelector(".sheet");
    const words = body.querySelector(".outlined");
    if (!sheet) return;
    sheet.scrollTop = words ? Math.max(0, words.offsetTop - sheet.clientHeight / 3) : 0;
    // Beside the text the page scrolls in its own frame; below or in its place, with what it stands in.
    const isBeside = wide.matches && section.closest(".reader > .views");
    if (words && !isBeside) words.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  async function show(section, address, turn) {
    const body = section.querySelector(".leaf-body");
    section.dataset.asked = address;
    section.setAttribute("aria-busy", "true");
    let html;
    try {
      const answer = await fetch(`${address}&partie=1`, { headers: { accept: "text/html" } });
      if (answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(answer.status);
      html = await answer.text();
    } catch {
      html = null;
    }
    if (section.dataset.asked !== address) return; // turned on meanwhile
    section.removeAttribute("aria-busy");
    if (html === null) {
      delete section.dataset.asked;
      body.querySelector(":scope > .note")?.remove();
      body.prepend(note("La page n'a pas pu être montrée. Réessayez dans un instant."));
      return;
    }
    body.innerHTML = html; // written by the server, every value escaped
    settle(section, turn);
  }

  function look(within = document) {
    for (const section of within.querySelectorAll(".view-page[data-leaf]")) {
      if (section.dataset.leaf && !section.dataset.asked && isShown(section)) show(section, section.dataset.leaf);
    }
  }

  function toText(link, event) {
    const views = link.closest(".views");
    const there = views?.querySelector(`#feuille-${link.dataset.text}`);
    if (!there) return; // another part of the document: the link leads to it
    event.preventDefault();
    choose(views, "texte");
    there.tabIndex = -1;
    there.focus({ preventScroll: true });
    there.scrollIntoView({ block: "start" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-turn], a[data-text], a[data-leaf-of]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.dataset.text) {
      toText(link, event);
      return;
    }
    const views = link.closest(".views");
    const section = link.closest(".view-page") || views?.querySelector(".view-page");
    if (!section) return;
    event.preventDefault();
    choose(views, "page");
    show(section, link.getAttribute("href"), link.dataset.turn || "page");
  });

  document.addEventListener("change", (event) => {
    if (event.target.name === "vue") look(event.target.closest(".views"));
  });
  wide.addEventListener("change", () => look());

  // Why a picture is not there: the server says it in the place of the picture.
  document.addEventListener("error", async (event) => {
    const picture = event.target;
    if (!(picture instanceof HTMLImageElement) || !picture.closest(".sheet-page")) return;
    let told = "L'image de cette page n'a pas pu être faite. Réessayez dans un instant.";
    try {
      const answer = await fetch(picture.currentSrc || picture.src);
      if (answer.headers.get("content-type")?.startsWith("text/plain")) told = await answer.text();
    } catch {
      // The server is away: what is told above holds.
    }
    picture.closest(".sheet").replaceWith(note(told));
  }, true);

  look();
})();
