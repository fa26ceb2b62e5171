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
      const names = [...event.target.files].map((file) => file.name);
      shown.textContent = names.length > 3 ? `${names.length} fichiers` : names.join(", ") || before;
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
})();
