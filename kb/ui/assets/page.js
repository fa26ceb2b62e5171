// What the page does in the browser beyond Gradio: references show their source, the end of an answer is announced.
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

  function showSource(reference) {
    const { turn, number } = reference.dataset;
    showSources(turn);
    const source = find(`source-${turn}-${number}`);
    if (!source) return;
    source.querySelector("details").open = true;
    source.focus({ preventScroll: true });
    const marks = source.querySelectorAll("mark");
    const last = marks[marks.length - 1];
    // From its title on; in a passage too long for that, around the marked sentence, which is what matters.
    const depth = last ? last.getBoundingClientRect().bottom - source.getBoundingClientRect().top : 0;
    if (depth > 0.8 * (Math.min(find("sources").clientHeight, innerHeight) - coveredBelow())) bring(marks[0], "center");
    else bring(source, "start");
  }

  function backToAnswer(button) {
    const { turn, number } = button.dataset;
    const reference = document.querySelector(`#turn-${turn} .reference[data-number="${number}"]`);
    if (!reference) return;
    reference.focus({ preventScroll: true });
    bring(reference, "center");
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button.reference, button.back");
    if (!button) return;
    if (button.classList.contains("reference")) showSource(button);
    else backToAnswer(button);
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
    copy.querySelectorAll("button").forEach((button) => button.remove());
    const sources = turn.querySelectorAll(".reference").length;
    const words = copy.textContent.replace(/[\s\u2060]+/g, " ").trim();
    return sources ? `Réponse : ${words} ${sources} ${sources > 1 ? "références" : "référence"}.` : words;
  }

  // The button that was pressed (an example, send, stop) goes away: the keyboard must not be lost with it.
  function keepFocus() {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest("#examples, #send, #stop")) {
      document.querySelector("#question textarea")?.focus({ preventScroll: true });
    }
  }

  let shownTurn = null;
  let announcedTurn = null;

  function conversationChanged() {
    const turn = document.querySelector("#current .turn");
    if (!turn) {
      shownTurn = announcedTurn = null;
      announcer.textContent = "";
      return;
    }
    if (turn.id !== shownTurn) {
      shownTurn = turn.id;
      announcedTurn = null;
      announcer.textContent = "Recherche en cours.";
      bring(turn, "start");
      keepFocus();
    }
    const ended = !["searching", "writing"].includes(turn.dataset.state);
    if (ended && announcedTurn !== turn.id) {
      announcedTurn = turn.id;
      announcer.textContent = spoken(turn);
      keepFocus();
    }
  }

  function sourcesChanged() {
    const groups = document.querySelectorAll("#sources .sources[data-turn]");
    if (groups.length) showSources(groups[groups.length - 1].dataset.turn);
  }

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
    if (matchMedia("(pointer: fine)").matches) document.querySelector("#question textarea").focus();
  });
  started.observe(root, { childList: true, subtree: true });
})();
