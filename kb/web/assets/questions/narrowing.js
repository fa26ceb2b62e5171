// Chips of filters: the page is opened again with others, on the conversation that is open and with what is written. And
// the questions to begin with, by profession.
"use strict";
(() => {
  const WRITTEN = "reperes:written";
  const box = () => document.querySelector("#question textarea");

  function fill(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  function narrow(chip) {
    if (box()?.value) sessionStorage.setItem(WRITTEN, box().value);
    location.assign(location.pathname + new URL(chip.href).search);
  }

  // Right above the words that open it, within the window.
  function place(narrowing) {
    const [opener, choices] = [narrowing.getBoundingClientRect(), narrowing.querySelector(".choices")];
    choices.style.left = `${Math.max(16, Math.min(opener.left, innerWidth - choices.offsetWidth - 16))}px`;
    choices.style.bottom = `${innerHeight - opener.top + 6}px`;
  }
  const openOne = () => document.querySelector(".narrow[open]");
  document.addEventListener("toggle", ({ target }) => target.matches?.(".narrow[open]") && place(target), true);
  addEventListener("resize", () => openOne() && place(openOne()));

  function choose(profession) {
    const isOpen = profession.getAttribute("aria-expanded") !== "true";
    for (const other of document.querySelectorAll("#welcome .profession")) {
      const is = isOpen && other === profession;
      other.setAttribute("aria-expanded", String(is));
      document.getElementById(other.getAttribute("aria-controls")).hidden = !is;
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const open = openOne();
    if (open && !open.contains(target)) open.open = false;
    if (!target) return;
    const chip = target.closest(".narrowing a.chip");
    if (chip && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button) {
      event.preventDefault();
      narrow(chip);
    } else if (target.closest("#welcome .profession")) choose(target.closest(".profession"));
    else if (target.closest("#welcome .asks")) {
      fill(target.closest(".asks").textContent);
      setTimeout(() => document.querySelector("#send")?.click(), 50); // once the box has told what it holds
    }
  });
  // Before whatever else Escape does: it closes what is on top.
  document.addEventListener(
    "keydown",
    (event) => {
      const open = event.key === "Escape" && openOne();
      if (!open) return;
      event.stopPropagation();
      open.open = false;
      open.querySelector("summary").focus();
    },
    true,
  );

  const written = sessionStorage.getItem(WRITTEN);
  if (written) {
    const started = new MutationObserver(() => {
      if (!box() || !document.querySelector("#menu nav")) return; // until the page has been filled
      started.disconnect();
      sessionStorage.removeItem(WRITTEN);
      fill(written);
    });
    started.observe(document.documentElement, { childList: true, subtree: true });
  }
})();
