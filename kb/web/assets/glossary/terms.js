// What acronyms stand for, where they are read: in an answer and in a document, at the first place of each part. Shown
// while the pointer or the keyboard is there, or after a touch; it stays while the pointer is over it, and Escape takes
// it away (WCAG 1.4.13).
"use strict";
(() => {
  const PARTS = "#conversation .turn:not([data-state=searching], [data-state=writing]) .answer, .document-text";
  const LEFT_OUT = "a, button, code, .term";
  const WORD = /[\p{L}\p{N}][\p{L}\p{N}+&]{0,28}[\p{L}\p{N}+]/gu;
  const BEFORE_LEAVING = 250; // milliseconds: to go from the word to what is said of it
  const MOST = 300; // words of one request
  const known = new Map(); // word -> what is told of it, null for nothing

  const isLikely = (word) => /\p{Lu}/u.test(word) && word.length <= 30;

  async function learn(words) {
    const unknown = [...words].filter((word) => !known.has(word));
    // Words of several capitals first: a long document has more words with one than fit.
    unknown.sort((one, other) => capitals(other) - capitals(one));
    if (!unknown.length) return;
    const asked = unknown.slice(0, MOST);
    const answer = await fetch("/glossaire/termes", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(asked),
    });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    for (const word of asked) known.set(word, told[word] ?? null);
  }
  const capitals = (word) => (word.match(/\p{Lu}/gu) ?? []).length;

  function texts(part) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest(LEFT_OUT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  }

  async function mark(part) {
    part.dataset.terms = "sought";
    const words = new Set(texts(part).flatMap((node) => node.data.match(WORD) ?? []).filter(isLikely));
    try {
      await learn(words);
    } catch {
      return; // the words are read without it
    }
    let section = null;
    let seen = new Set();
    for (const node of texts(part)) {
      const block = [...part.children].find((child) => child.contains(node));
      if (block !== section && block?.matches(".heading, .leaf")) seen = new Set();
      section = block;
      wrap(node, seen);
    }
  }

  function wrap(node, seen) {
    for (const match of node.data.matchAll(WORD)) {
      const word = match[0];
      if (!known.get(word) || seen.has(word)) continue;
      seen.add(word);
      const rest = node.splitText(match.index);
      const after = rest.splitText(word.length);
      const term = document.createElement("span");
      term.className = "term";
      term.tabIndex = 0;
      term.setAttribute("role", "button");
      term.setAttribute("aria-describedby", definition(word));
      rest.replaceWith(term);
      term.append(rest);
      wrap(after, seen);
      return;
    }
  }

  // For screen readers, apart from what is shown: there whether or not it is shown.
  function definition(word) {
    const id = `term-${[...word].map((letter) => letter.codePointAt(0).toString(36)).join("-")}`;
    if (!document.getElementById(id)) {
      let all = document.getElementById("term-definitions");
      if (!all) {
        all = document.createElement("div");
        all.id = "term-definitions";
        all.hidden = true;
        document.body.append(all);
      }
      const line = document.createElement("span");
      line.id = id;
      line.textContent = `${known.get(word).sens.join(" ; ")}. ${known.get(word).source}`;
      all.append(line);
    }
    return id;
  }

  const tip = document.createElement("div");
  tip.id = "term-tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // said by the definitions above
  let shown = null;
  let leaving = 0;

  function show(term) {
    clearTimeout(leaving);
    if (shown === term) return;
    hide();
    const told = known.get(term.textContent);
    if (!told) return;
    const line = (name, text) => Object.assign(document.createElement("p"), { className: name, textContent: text });
    tip.replaceChildren(...told.sens.map((text) => line("means", text)), line("from", told.source));
    // Within the frame of Gradio's page, whose fonts and colours it takes.
    (term.closest(".gradio-container") ?? document.body).append(tip);
    tip.hidden = false;
    shown = term;
    term.classList.add("told");
    put();
  }

  function put() {
    const [place, size, edge] = [shown.getClientRects()[0], tip.getBoundingClientRect(), 8];
    if (!place || place.bottom < 0 || place.top > innerHeight) return hide();
    const below = place.bottom + size.height + edge < innerHeight;
    tip.style.left = `${Math.max(edge, Math.min(place.left, innerWidth - size.width - edge))}px`;
    // It touches the word: the pointer finds no gap between the two.
    tip.style.top = `${below ? place.bottom + 2 : Math.max(edge, place.top - size.height - 2)}px`;
  }

  function hide() {
    clearTimeout(leaving);
    shown?.classList.remove("told");
    shown = null;
    tip.hidden = true;
  }

  const termOf = (target) => (target instanceof Element ? target.closest(".term") : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const term = termOf(event.target);
    if (term) show(term);
    else if (tip.contains(event.target)) clearTimeout(leaving);
  });
  document.addEventListener("pointerout", (event) => {
    if (!shown || event.pointerType === "touch" || shown === document.activeElement) return;
    if (termOf(event.target) || tip.contains(event.target)) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, BEFORE_LEAVING);
    }
  });
  document.addEventListener("focusin", ({ target }) => (termOf(target) ? show(termOf(target)) : hide()));
  document.addEventListener("click", ({ target }) => {
    if (termOf(target)) show(termOf(target));
    else if (!tip.contains(target)) hide();
  });
  // Before whatever else Escape does: it takes away what is on top.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && shown) {
        hide();
        event.stopPropagation();
      } else if ((event.key === "Enter" || event.key === " ") && termOf(event.target)) {
        event.preventDefault();
        event.stopPropagation();
        show(termOf(event.target));
      }
    },
    true,
  );
  document.addEventListener("scroll", ({ target }) => shown && target.contains?.(shown) && put(), true);
  addEventListener("resize", hide);

  function seek() {
    if (shown && !shown.isConnected) hide();
    for (const part of document.querySelectorAll(PARTS)) if (!part.dataset.terms) mark(part);
  }
  new MutationObserver(seek).observe(document.body, { childList: true, subtree: true });
  seek();
})();
