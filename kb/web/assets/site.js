// What makes the server's pages easier to use; all of them work without it.
"use strict";
(() => {
  const mark = document.querySelector(".document-text mark");
  if (mark) mark.scrollIntoView({ block: "center" });

  // On a narrow screen the pages stand in a row that can be pushed along: the one that is open is in view.
  document.querySelector(".masthead [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // A browser names its own button in its own language: ours covers it, and is pressed through it.
  for (const chooser of document.querySelectorAll(".chooser")) {
    chooser.classList.add("ours");
    const shown = chooser.querySelector(".button");
    const before = shown.textContent;
    shown.hidden = false;
    chooser.querySelector("input").addEventListener("change", (event) => {
      shown.textContent = [...event.target.files].map((file) => file.name).join(", ") || before;
    });
  }

  // A field of several values: the browser suggests for the last one, behind those that are written.
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !("several" in field.dataset)) return;
    const list = document.getElementById(field.getAttribute("list"));
    list.values ??= [...list.options].map((option) => option.value);
    const written = field.value.split(",").slice(0, -1).map((value) => value.trim());
    const before = written.map((value) => `${value}, `).join("");
    list.replaceChildren(
      ...list.values
        .filter((value) => !written.includes(value))
        .map((value) => Object.assign(document.createElement("option"), { value: before + value })),
    );
  });

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

  // A slider beside each year: at its end it asks for nothing, so that documents without a date stay.
  for (const years of document.querySelectorAll("[data-years]")) {
    const sliders = [...years.querySelectorAll("input[type=range]")];
    const field = (slider) => years.querySelector(`input[name=${slider.dataset.for}]`);
    const end = (slider) => (slider === sliders[0] ? slider.min : slider.max);
    const tell = (slider) => {
      const isEnd = slider.value === end(slider);
      field(slider).value = isEnd ? "" : slider.value;
      slider.setAttribute("aria-valuetext", isEnd ? `${slider.value}, sans limite` : slider.value);
    };
    for (const slider of sliders) {
      slider.hidden = false;
      const other = sliders.find((candidate) => candidate !== slider);
      slider.addEventListener("input", () => {
        const crossed = slider === sliders[0] ? slider.value > other.value : slider.value < other.value;
        if (crossed) {
          other.value = slider.value;
          tell(other);
        }
        tell(slider);
      });
      field(slider).addEventListener("input", () => {
        const given = field(slider).value;
        if (given && !/^\d{4}$/.test(given)) return;
        slider.value = given || end(slider);
        slider.setAttribute("aria-valuetext", slider.value);
      });
      slider.setAttribute("aria-valuetext", field(slider).value || `${slider.value}, sans limite`);
    }
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
        const open = [...state.querySelectorAll("details")].map((details) => details.open);
        if (html.trim() !== state.innerHTML.trim()) state.innerHTML = html;
        if (!ran) state.querySelectorAll("details").forEach((details, index) => (details.open = open[index] ?? details.open));
        ran = Boolean(state.querySelector("[data-running]"));
      } catch {
        // The server is away: the next look may find it back.
      }
    }, 2500);
  }
})();
