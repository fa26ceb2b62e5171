// « Copier la citation avec sa référence », links to a sentence, and the dialog in which a conversation is shared.
"use strict";
(() => {
  const copied = (text) => globalThis.reperesClipboard.put(text, Object.assign(document.createElement("p"), { textContent: text }).outerHTML);

  // Where it is said that something was copied: the page's own announcer, or one of ours.
  function tell(text) {
    let place = document.querySelector("dialog[open] [role=status]") ?? document.getElementById("announcer");
    if (!place) {
      place = document.createElement("p");
      place.id = "announcer";
      place.className = "unseen";
      place.setAttribute("role", "status");
      document.body.append(place);
    }
    place.textContent = "";
    setTimeout(() => (place.textContent = text), 50); // an empty one first, so that the same words are said again
  }

  async function copy(button, text, what) {
    await copied(text);
    button.focus();
    button.dataset.label ??= button.textContent;
    button.textContent = "Copié";
    tell(what);
    setTimeout(() => (button.textContent = button.dataset.label), 2000);
  }

  // The words that are selected in a document, its first line of them: a sentence is found again by its own words.
  let chosen = "";
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const within = (node) => (node instanceof Element ? node : node?.parentElement)?.closest(".document-text");
    const text = within(selection.anchorNode) && within(selection.focusNode) ? selection.toString().trim() : "";
    const line = text.split("\n")[0].trim();
    // A press on the button may end the selection: what was chosen is kept until something else is.
    if (line || !document.activeElement?.closest(".cite-actions")) chosen = line;
    for (const actions of document.querySelectorAll(".cite-actions")) actions.classList.toggle("chosen", Boolean(chosen));
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest(".cite-actions")) event.preventDefault();
  });

  function citation(button) {
    const actions = button.closest(".cite-actions");
    return actions && chosen ? `« ${chosen.replace(/\s+/g, " ")} » (${actions.dataset.reference})` : button.dataset.cite;
  }

  function link(button) {
    const { document: id } = button.closest(".cite-actions").dataset;
    const path = chosen
      ? `/lire?${new URLSearchParams({ document: id, phrase: chosen.slice(0, 160) })}`
      : button.dataset.link;
    return new URL(path, location.href).href;
  }

  async function share(name, shares) {
    const turns = document.querySelectorAll("#conversation .turn");
    const answer = turns.length ? turns[turns.length - 1].dataset.turn : "0";
    const options = shares ? { method: "POST", body: new URLSearchParams({ partage: shares }) } : {};
    let html;
    try {
      const answered = await fetch(`/conversations/${name}/partage?partie=1&reponse=${answer}`, { headers: { accept: "text/html" }, ...options });
      if (!answered.ok) throw new Error(answered.status);
      html = await answered.text();
    } catch {
      html = '<h2 id="share-title" tabindex="-1">Partager cette conversation</h2><p role="status">Le partage n\'a pas pu être ouvert. Réessayez dans un instant.</p><p class="share-actions"><button type="button" data-closes>Fermer</button></p>';
    }
    let dialog = document.getElementById("share");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "share";
      dialog.setAttribute("aria-labelledby", "share-title");
      document.body.append(dialog);
    }
    dialog.dataset.conversation = name;
    dialog.innerHTML = html; // written by the server, every value escaped
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("#share-link, .primary, button")?.focus();
    dialog.querySelector("#share-link")?.select();
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    const dialog = button.closest("#share");
    if (button.matches(".cite")) copy(button, citation(button), "Citation copiée.");
    else if (button.matches(".cite-link")) copy(button, link(button), "Lien copié.");
    else if (button.matches(".share")) share(button.dataset.shareOf);
    else if (button.matches(".print")) print();
    else if (dialog && button.dataset.copy) copy(button, button.dataset.copy, "Lien copié.");
    else if (dialog && button.dataset.shares) share(dialog.dataset.conversation, button.dataset.shares);
    else if (dialog && "closes" in button.dataset) dialog.close();
  });

  // They do nothing without this script.
  for (const button of document.querySelectorAll(".shared button[hidden]")) button.hidden = false;
})();
