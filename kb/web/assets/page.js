// What the page does in the browser beyond Gradio: references open their source, the end of an answer is announced.
"use strict";
(() => {
  // Gradio picks the language of its own messages, and the page's, from the browser: this page is in French for all.
  for (const [name, value] of [["language", "fr"], ["languages", ["fr"]]]) {
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });
  }
  const root = document.documentElement;
  new MutationObserver(() => {
    if (root.lang !== "fr") root.lang = "fr";
  }).observe(root, { attributes: true, attributeFilter: ["lang"] });

  const find = (id) => document.getElementById(id);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const bring = (element, block) =>
    element.scrollIntoView({ block, inline: "nearest", behavior: calm() ? "auto" : "smooth" });

  // On a narrow screen the question box stays over the bottom of the page.
  const coveredBelow = () => (getComputedStyle(find("ask")).position === "sticky" ? find("ask").offsetHeight : 0);

  // One turn's sources are shown at a time; the server sends those of all turns, oldest first.
  function showSources(turn) {
    const groups = document.querySelectorAll("#sources .sources[data-turn]");
    for (const group of groups) group.classList.toggle("shown", group.dataset.turn === turn);
    // Elements are replaced as the answer streams, the panel stays: it keeps its place but for another turn's sources.
    const panel = find("sources");
    if (groups.length && panel.dataset.turn !== turn) panel.scrollTop = 0;
    panel.dataset.turn = turn;
  }

  function showSource(reference, turned = "") {
    const { turn, number } = reference.dataset;
    if (!turned) closeReader();
    showSources(turn);
    const source = find(`source-${turn}-${number}`);
    if (!source) return;
    source.querySelector("details").open = true;
    const link = source.querySelector("a.read");
    if (link) openReader(link.getAttribute("href"), { turn, number }, turned);
    else source.focus({ preventScroll: true });
  }

  // The reader: the whole document, in the place of the sources, opened at the sentence.
  let reading = null;

  function references(turn) {
    return [...document.querySelectorAll(`#turn-${turn} .reference`)].map((reference) => reference.dataset.number);
  }

  // Its buttons keep their places from one citation to the next: pressed again on one spot, they go on.
  function readerBar() {
    const bar = document.createElement("div");
    bar.className = "reader-bar";
    const add = (parent, action, text, label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.dataset.action = action;
      if (label) button.setAttribute("aria-label", label);
      if (label) button.title = label;
      parent.append(button);
    };
    const turning = document.createElement("span");
    turning.className = "turning";
    add(turning, "previous", "", "Citation précédente");
    const count = document.createElement("span");
    count.className = "count";
    turning.append(count);
    add(turning, "next", "", "Citation suivante");
    bar.append(turning);
    add(bar, "back", "À la réponse", "Revenir à la réponse");
    add(bar, "close", "Fermer", "Fermer le document");
    return bar;
  }

  function tellPlace(bar, place) {
    const numbers = place ? [...new Set(references(place.turn))] : [];
    const at = place ? numbers.indexOf(place.number) : -1;
    bar.querySelector(".turning").hidden = at < 0 || numbers.length < 2;
    bar.querySelector(".count").textContent = `${at + 1} sur ${numbers.length}`;
    bar.querySelector("[data-action=back]").hidden = !place;
    for (const [action, step] of [["previous", -1], ["next", 1]]) {
      const [button, number] = [bar.querySelector(`[data-action=${action}]`), numbers[at + step]];
      button.dataset.number = number ?? "";
      button.setAttribute("aria-disabled", String(number === undefined)); // not disabled: the keyboard stays on it
    }
    return at < 0 ? "" : `Citation ${at + 1} sur ${numbers.length}`;
  }

  // The number that is read is marked in the answer too.
  function markRead() {
    const { turn, number } = reading?.place ?? {};
    for (const reference of document.querySelectorAll("#conversation .reference")) {
      const isRead = reference.dataset.turn === turn && reference.dataset.number === number;
      if (isRead) reference.setAttribute("aria-current", "true");
      else reference.removeAttribute("aria-current");
    }
    // Beside the document the answer has a place of its own; elsewhere to show one is to leave the other.
    const marked = document.querySelector("#conversation .reference[aria-current]");
    if (marked && getComputedStyle(find("ask")).position !== "sticky") bring(marked, "nearest");
  }

  async function openReader(address, place, turned = "") {
    const panel = find("sources");
    reading = { address, place };
    markRead();
    const opened = reading;
    let reader = find("reader");
    if (!reader) {
      reader = document.createElement("section");
      reader.id = "reader";
      reader.setAttribute("aria-label", "Document");
      reader.append(readerBar());
      panel.append(reader);
    }
    panel.classList.add("reading");
    reader.setAttribute("aria-busy", "true");
    let html;
    try {
      const answer = await fetch(`${address}&partie=1`, { headers: { accept: "text/html" } });
      if (![200, 404].includes(answer.status)) throw new Error(answer.status);
      html = await answer.text();
    } catch {
      html = '<p class="note" role="status">Le document n\'a pas pu être ouvert. Réessayez dans un instant.</p>';
    }
    if (reading !== opened) return;
    reader.removeAttribute("aria-busy");
    const told = tellPlace(reader.firstElementChild, place);
    const body = document.createElement("div");
    body.className = "reader-body";
    body.innerHTML = html; // written by the server, every value escaped
    reader.replaceChildren(reader.firstElementChild, body);
    const title = reader.querySelector(".reader-title");
    const turner = turned && reader.querySelector(`[data-action=${turned}]`);
    if (turner) {
      turner.focus({ preventScroll: true });
      announcer.textContent = `${told} : ${title ? title.textContent : ""}`;
    } else if (title) title.focus({ preventScroll: true });
    else reader.querySelector("button").focus({ preventScroll: true });
    const mark = reader.querySelector("mark");
    bring(mark || reader, mark ? "center" : "start");
  }

  function closeReader() {
    reading = null;
    find("reader")?.remove();
    find("sources").classList.remove("reading");
    markRead();
  }

  function readerClicked(button) {
    const { address, place } = reading ?? {};
    const { action, number } = button.dataset;
    if (action === "previous" || action === "next") {
      const reference = document.querySelector(`#turn-${place.turn} .reference[data-number="${number}"]`);
      if (reference) showSource(reference, action);
      return;
    }
    closeReader();
    if (!place) {
      const links = [...document.querySelectorAll("#sources .shown a.read")];
      links.find((link) => link.getAttribute("href") === address)?.focus();
      return;
    }
    if (action === "back") backToAnswer({ dataset: place });
    else {
      const source = find(`source-${place.turn}-${place.number}`);
      source?.focus({ preventScroll: true });
      if (source) bring(source, "start");
    }
  }

  function backToAnswer(button) {
    const { turn, number } = button.dataset;
    const reference = document.querySelector(`#turn-${turn} .reference[data-number="${number}"]`);
    if (!reference) return;
    reference.focus({ preventScroll: true });
    bring(reference, "center");
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element && event.target.closest("button.reference, button.back, a.read, .reader-bar button");
    if (!target) return;
    if (target.matches("a.read")) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      const source = target.closest("[id^=source-]");
      const named = source?.id.match(/^source-(\d+)-(\d+)$/);
      openReader(target.getAttribute("href"), named ? { turn: named[1], number: named[2] } : null);
    } else if (target.classList.contains("reference")) showSource(target);
    else if (target.closest(".reader-bar")) readerClicked(target);
    else backToAnswer(target);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open], #menu .menu.open")) return;
    if (reading) readerClicked({ dataset: { action: reading.place ? "back" : "close" } });
    else find("cancel-edit")?.click();
  });

  // The announcement stands apart from what is shown: a live region around a streamed text would be read at each change.
  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.className = "unseen";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");

  function spoken(turn) {
    const copy = turn.querySelector(".answer, .trouble, .note")?.cloneNode(true);
    if (!copy) return "";
    copy.querySelectorAll("button, details").forEach((button) => button.remove());
    copy.querySelectorAll("p, li").forEach((block) => block.append(" "));
    copy.querySelectorAll("th, td").forEach((cell) => cell.append(cell.nextSibling?.textContent ? ", " : ". "));
    const sources = turn.querySelectorAll(".reference").length;
    const words = copy.textContent.replace(/\u2060/g, "").replace(/\s+/g, " ").trim();
    return sources ? `Réponse : ${words} ${sources} ${sources > 1 ? "références" : "référence"}.` : words;
  }

  // The button that was pressed (an example, send, stop) goes away: the keyboard must not be lost with it.
  function keepFocus() {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest("#examples, #follow-ups, #redo, #send, #stop, #cancel-edit")) {
      document.querySelector("#question textarea")?.focus({ preventScroll: true });
    }
  }

  let hasResumed = false;
  let shownTurn = null;
  let announcedTurn = null;
  let writtenTurn = null; // of which it was told that its answer is being written
  let tallest = 0; // pixels, of the answer on its way

  // Each conversation has its address, which a reload and a way back from another page open again.
  function tellAddress(turn) {
    const id = turn?.closest("[data-conversation]")?.dataset.conversation;
    const path = id ? `/c/${id}` : "/";
    if (location.pathname === path) return;
    if (id) history.replaceState(history.state, "", path + location.search);
    else if (shownTurn) history.pushState(null, "", path + location.search);
  }
  addEventListener("popstate", () => location.reload());

  function filtersChanged() {
    const isLimited = Boolean(document.querySelector("#filters .filters"));
    if (wasLimited && !isLimited) history.replaceState(history.state, "", location.pathname);
    wasLimited = isLimited;
  }
  let wasLimited = false;

  function conversationChanged() {
    const turn = document.querySelector("#current .turn");
    tellAddress(turn);
    if (!turn) {
      shownTurn = announcedTurn = writtenTurn = null;
      announcer.textContent = "";
      find("current").style.minHeight = "";
      return;
    }
    if (!hasResumed && document.querySelector("#current [data-resumes]")) {
      hasResumed = true;
      find("resume").click(); // the rest of an answer that was on its way when the page was left
    }
    if (turn.id !== shownTurn) {
      shownTurn = turn.id;
      announcedTurn = writtenTurn = null;
      tallest = 0;
      announcer.textContent = "Recherche en cours.";
      // Of a conversation that is opened what stood above (the welcome) leaves in the next frame: then its place is
      // known. A question that was just asked stands below what is there.
      const { id } = turn;
      if (["searching", "writing"].includes(turn.dataset.state)) bring(turn, "start");
      else requestAnimationFrame(() => requestAnimationFrame(() => find(id) && bring(find(id), "start")));
      keepFocus();
    }
    // Its documents are there and no word yet: told once, not again at each sentence.
    if (turn.dataset.state === "writing" && writtenTurn !== turn.id && !turn.querySelector(".answer")) {
      writtenTurn = turn.id;
      announcer.textContent = turn.querySelector(".waiting").textContent;
    }
    const ended = !["searching", "writing"].includes(turn.dataset.state);
    // A written answer takes the place of the sentences found, and begins with a few words: what was high stays so.
    tallest = ended ? 0 : Math.max(tallest, turn.offsetHeight);
    find("current").style.minHeight = tallest ? `${tallest}px` : "";
    if (ended && announcedTurn !== turn.id) {
      announcedTurn = turn.id;
      announcer.textContent = spoken(turn);
      keepFocus();
    }
  }

  function sourcesChanged() {
    const groups = document.querySelectorAll("#sources .sources[data-turn]");
    const last = groups.length ? groups[groups.length - 1].dataset.turn : "";
    const isNew = last !== lastTurn;
    lastTurn = last;
    if (isNew) closeReader(); // another answer's sources
    // Elements are replaced as an answer streams: what was shown is shown again, what had the keyboard has it again.
    if (last) showSources(isNew ? last : find("sources").dataset.turn || last);
    if (focused && !focused.isConnected && document.activeElement === document.body) {
      const href = focused.getAttribute("href");
      const same = [...document.querySelectorAll(`#sources-${last} a`)].find((link) => link.getAttribute("href") === href);
      (same || find(`sources-title-${last}`))?.focus({ preventScroll: true });
    }
  }
  let lastTurn = "";
  let focused = null; // what has the keyboard among the sources
  document.addEventListener("focusin", ({ target }) => (focused = target.closest("#sources .sources") ? target : null));

  function watch(id, changed) {
    const element = find(id);
    new MutationObserver(changed).observe(element, { childList: true, subtree: true });
    changed();
  }

  const started = new MutationObserver(() => {
    if (!find("current") || !find("sources") || !document.querySelector("#question textarea")) return;
    started.disconnect();
    document.body.append(announcer);
    watch("current", conversationChanged);
    watch("sources", sourcesChanged);
    watch("filters", filtersChanged);
    if (matchMedia("(pointer: fine)").matches) document.querySelector("#question textarea").focus();
  });
  started.observe(root, { childList: true, subtree: true });
})();
