// What makes the server's pages easier to use; all of them work without it.
"use strict";
(() => {
  const mark = document.querySelector(".document-text mark");
  if (mark) mark.scrollIntoView({ block: "center" });

  for (const form of document.querySelectorAll("[data-drop]")) {
    const input = form.querySelector("input[type=file]");
    const over = (event, is) => {
      event.preventDefault();
      form.classList.toggle("over", is);
    };
    form.addEventListener("dragover", (event) => over(event, true));
    form.addEventListener("dragleave", (event) => over(event, false));
    form.addEventListener("drop", (event) => {
      over(event, false);
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      form.setAttribute("aria-busy", "true");
      form.querySelector("button").textContent = "Envoi en cours…";
    });
  }

  const part = async (address) => {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    return answer.text();
  };

  // What waits is read one after the other: each reading starts a process.
  (async () => {
    for (const card of document.querySelectorAll("[data-preview]")) {
      const waiting = card.querySelector(".waiting");
      if (!waiting) continue;
      waiting.setAttribute("role", "status");
      waiting.textContent = "Lecture en cours…";
      const title = card.querySelector("h3");
      try {
        const html = await part(card.dataset.preview);
        card.replaceChildren(title);
        card.insertAdjacentHTML("beforeend", html);
      } catch {
        waiting.textContent = "L'aperçu n'a pas pu être lu : rechargez la page.";
      }
    }
  })();

  const state = document.querySelector("[data-refresh]");
  if (state) {
    let ran = Boolean(state.querySelector("[data-running]"));
    setInterval(async () => {
      try {
        const html = await part(state.dataset.refresh);
        const open = [...state.querySelectorAll("details")].map((each) => each.open);
        if (html.trim() !== state.innerHTML.trim()) state.innerHTML = html;
        if (!ran) state.querySelectorAll("details").forEach((each, index) => (each.open = open[index] ?? each.open));
        ran = Boolean(state.querySelector("[data-running]"));
      } catch {
        // The server is away: the next look may find it back.
      }
    }, 2500);
  }
})();
