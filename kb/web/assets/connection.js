// The connection to the server: what is said when it is gone or silent, and how the page comes back to where it was.
// Gradio says it in English, and does nothing more until the page is loaded anew. Runs before it, and sees what it asks.
"use strict";
(() => {
  const PATIENCE = 2000; // milliseconds: for a sign of life, and between two looks for one
  const BETWEEN_RELOADS = 10000; // milliseconds: a page that loads and fails at once does not do so without end
  const KEPT = "reperes:kept";
  const LAST = "reperes:reloaded";
  const GONE = "Repères ne répond plus. Ce que vous avez écrit est gardé ; la page reprendra seule dès qu'il répondra.";
  const SILENT = "Repères tarde à répondre. Votre question est gardée : attendez encore, ou arrêtez-la.";
  const STOPPED = "Question arrêtée, et gardée ci-dessous. La page reprendra seule dès que Repères répondra.";
  const BACK = "La connexion est revenue. Votre question n'a pas eu de réponse : envoyez-la de nouveau.";

  const ask = window.fetch.bind(window);
  const root = document.documentElement;
  let leaving = false;
  let trouble = ""; // "gone", "silent", or "stopped" by its reader meanwhile
  let looking = false;
  let joining = null; // the question that the server has not taken yet
  addEventListener("pagehide", () => (leaving = true));
  addEventListener("beforeunload", () => (leaving = true));

  const box = () => document.querySelector("#question textarea");
  const running = () => document.querySelector("#current .turn:is([data-state=searching], [data-state=writing])");
  const person = () => document.querySelector("#menu .who bdi")?.textContent ?? "";

  window.fetch = async (input, options = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, document.baseURI);
    if (url.origin !== location.origin || !url.pathname.includes("/gradio_api/")) return ask(input, options);
    const headers = new Headers(options.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set("x-reperes-page", location.pathname); // which conversation is opened: events do not tell
    const isQuestion = url.pathname.endsWith("/queue/join");
    const given = { ...options, headers };
    if (isQuestion) {
      joining = new AbortController();
      given.signal = joining.signal;
      look();
    }
    try {
      const answer = await ask(input, given);
      // What a proxy says when there is nobody behind it; and a server that was started anew knows none of our events.
      if ([502, 503, 504].includes(answer.status) || (answer.status === 404 && url.pathname.endsWith("/queue/data"))) lost();
      // Open for as long as the page is: its end is told at once.
      if (url.pathname.includes("/heartbeat/") && answer.body) ended(answer.clone().body.getReader()).then(lost);
      return answer;
    } catch (error) {
      if (!given.signal?.aborted) lost();
      throw error;
    } finally {
      if (isQuestion) joining = null;
    }
  };

  async function ended(reader) {
    try {
      while (!(await reader.read()).done);
    } catch {
      // Cut.
    }
  }

  function lost() {
    if (leaving) return;
    if (trouble !== "stopped") tell("gone", GONE);
    look();
  }

  // Looks for a sign of life while there is no news, and while a question is under way.
  async function look() {
    if (looking) return;
    looking = true;
    try {
      while (!leaving) {
        if (trouble !== "gone") await new Promise((done) => setTimeout(done, PATIENCE / 2));
        if (!trouble && !joining && !running()) return;
        const isAlive = await answers();
        if (leaving) return;
        if (isAlive && ["gone", "stopped"].includes(trouble)) return comeBack();
        if (isAlive && trouble === "silent" && !joining) tell("", "");
        if (!isAlive && !trouble) tell("silent", SILENT);
        if (!isAlive && trouble === "gone") await new Promise((done) => setTimeout(done, PATIENCE));
      }
    } finally {
      looking = false;
    }
  }

  async function answers() {
    try {
      const options = { signal: AbortSignal.timeout(PATIENCE / 2), cache: "no-store" };
      return (await ask("/healthz", options)).ok;
    } catch {
      return false;
    }
  }

  function tell(what, text) {
    trouble = what;
    if (what) root.dataset.connection = what;
    else delete root.dataset.connection;
    document.getElementById("connection")?.remove();
    const composer = document.getElementById("composer");
    if (!text || !composer) return;
    const told = document.createElement("div");
    told.id = "connection";
    told.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = text;
    told.append(words);
    if (what !== "stopped" && (joining || running())) {
      const stop = document.createElement("button");
      stop.type = "button";
      stop.textContent = "Arrêter";
      stop.addEventListener("click", giveUp);
      told.append(stop);
    }
    document.body.append(told);
    place();
  }

  // Right above where one writes, over the end of the conversation.
  function place() {
    const told = document.getElementById("connection");
    const composer = document.getElementById("composer")?.getBoundingClientRect();
    if (!told || !composer) return;
    const above = document.getElementById("ask").getBoundingClientRect().top;
    told.style.left = `${composer.left}px`;
    told.style.width = `${composer.width}px`;
    told.style.bottom = `${innerHeight - Math.min(Math.max(above, 60), innerHeight) + 4}px`;
  }
  addEventListener("resize", place);

  // Here only: the server hears nothing. What it may still find is in the conversation when the page comes back.
  function giveUp() {
    const turn = running();
    fill(turn ? turn.querySelector(".question").textContent : "");
    if (turn) {
      turn.dataset.state = "stopped";
      turn.querySelector(".waiting")?.remove();
    }
    tell("stopped", STOPPED);
    joining?.abort();
    box()?.focus();
  }

  function fill(text) {
    const field = box();
    if (!field || !text || field.value.trim()) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function comeBack() {
    const now = Date.now();
    const wait = Number(sessionStorage.getItem(LAST) ?? 0) + BETWEEN_RELOADS - now;
    if (wait > 0) {
      setTimeout(comeBack, wait);
      return;
    }
    const asked = running()?.querySelector(".question").textContent ?? "";
    sessionStorage.setItem(LAST, String(now));
    sessionStorage.setItem(KEPT, JSON.stringify({ person: person(), written: box()?.value ?? "", asked }));
    leaving = true;
    location.reload();
  }

  // After such a reload: what was written is there again. A question that has its answer, or still gets it, is not.
  function restore() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (!kept) return;
    sessionStorage.removeItem(KEPT);
    if (kept.person !== person()) return;
    const last = document.querySelector("#current .turn .question")?.textContent;
    const isLost = kept.asked && kept.asked !== last;
    fill(kept.written.trim() ? kept.written : isLost ? kept.asked : "");
    if (!isLost) return;
    const told = document.querySelector("#notice .prose") ?? document.querySelector("#notice");
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "status");
    note.textContent = BACK;
    told?.replaceChildren(note);
  }

  const opened = new MutationObserver(() => {
    if (!box() || !document.querySelector("#base-state li") || !document.querySelector("#menu nav")) return;
    opened.disconnect();
    restore();
  });
  opened.observe(root, { childList: true, subtree: true });
})();
