// Putting text, and the same as HTML, where it can be pasted from: for every script of the pages.
"use strict";
(() => {
  async function put(text, html) {
    try {
      const parts = { "text/plain": text, "text/html": html };
      const blobs = Object.entries(parts).map(([type, value]) => [type, new Blob([value], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    } catch {
      const box = document.createElement("textarea"); // no clipboard without https: the old way
      box.value = text;
      document.body.append(box);
      box.select();
      document.addEventListener("copy", (event) => {
        event.preventDefault();
        event.clipboardData.setData("text/plain", text);
        event.clipboardData.setData("text/html", html);
      }, { once: true });
      document.execCommand("copy");
      box.remove();
    }
  }

  globalThis.reperesClipboard = { put };
})();
