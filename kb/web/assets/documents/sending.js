// Files sent one by one: what is left out is told first, then the progress of each; what has not begun can be cancelled.
"use strict";
(() => {
  const form = document.querySelector("[data-send]");
  const place = form.querySelector("[data-sent]");
  const button = form.querySelector("button");
  const [files, folder] = form.querySelectorAll("input[type=file]");
  const { chosen, dropped, refusal, byPath } = window.reperesGathering;
  const many = (number, one, more) => `${number} ${number > 1 ? more : one}`;
  let rows = [];
  let isSending = false;

  files.required = false;
  for (const part of form.querySelectorAll("[data-folder]")) part.hidden = false;
  form.querySelector("[data-alone]").hidden = true;

  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const tell = (row, state, text) => {
    row.state = state;
    row.item.dataset.state = state;
    row.told.textContent = text;
    row.cancel.hidden = state !== "ready";
    row.bar.hidden = state !== "sending";
    summarise();
  };
  const cancel = (row) => row.state === "ready" && tell(row, "cancelled", "annulé");
  const summary = made("p", { role: "status" });
  const all = made("button", { type: "button", textContent: "Annuler ce qui n'est pas envoyé" });
  all.addEventListener("click", () => rows.forEach(cancel));
  const summarise = () => {
    const number = (...states) => rows.filter((row) => states.includes(row.state)).length;
    const left = number("ready", "sending");
    const out = number("refused");
    const told = isSending
      ? `Envoi en cours : ${number("sent")} sur ${rows.length - out}`
      : left
        ? `${many(left, "fichier à envoyer", "fichiers à envoyer")}`
        : `${many(number("sent"), "fichier envoyé", "fichiers envoyés")}`;
    const text = out ? `${told}, ${out} laissé${out > 1 ? "s" : ""} de côté` : told;
    if (summary.textContent !== text) summary.textContent = text;
    all.hidden = !number("ready");
    button.disabled = isSending || !number("ready");
  };

  // A list of what was gathered, before anything is sent.
  const show = (gathered) => {
    let room = Number(form.dataset.most);
    rows = gathered.sort(byPath).map(({ file, path }) => {
      const row = { file, path, bar: made("progress", { max: 100, value: 0 }), told: made("span", { className: "badge" }) };
      row.cancel = made("button", { type: "button", className: "link", textContent: "Annuler" });
      row.cancel.append(made("span", { className: "unseen", textContent: ` : ${path}` }));
      row.cancel.addEventListener("click", () => cancel(row));
      row.bar.setAttribute("aria-label", path);
      row.item = made("li", {}, made("bdi", { textContent: path }), " ", row.told, " ", row.bar, " ", row.cancel);
      return row;
    });
    const list = made("div", { className: "scroll", tabIndex: 0, role: "group", ariaLabel: "Fichiers choisis" });
    list.append(made("ul", { className: "states" }, ...rows.map((row) => row.item)));
    place.replaceChildren(summary, all, list);
    for (const row of rows) {
      const reason = refusal(row, form.dataset) || (room-- > 0 ? "" : `plus de ${form.dataset.most} fichiers à la fois`);
      tell(row, reason ? "refused" : "ready", reason ? `laissé de côté : ${reason}` : "en attente");
    }
  };

  const send = (row) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("fichiers", row.file, row.file.name);
      request.open("POST", form.action);
      request.setRequestHeader("accept", "application/json");
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        row.bar.value = total ? (100 * loaded) / total : 0;
        row.told.textContent = loaded < total ? `envoi : ${Math.floor(row.bar.value)} %` : "envoyé, vérification…";
      });
      request.addEventListener("loadend", () => {
        let troubles = ["l'envoi a échoué : choisissez-le à nouveau"];
        try {
          troubles = JSON.parse(request.responseText).troubles ?? troubles;
        } catch {
          // No answer of ours: the server is away, or the session has ended.
        }
        if (troubles.length) tell(row, "failed", `refusé : ${troubles.join(" ")}`);
        else tell(row, "sent", "reçu");
        done();
      });
      tell(row, "sending", "envoi");
      request.send(body);
    });

  const start = async () => {
    isSending = true;
    for (let row; (row = rows.find((one) => one.state === "ready")); ) {
      await send(row);
      if (row.state === "sent") document.dispatchEvent(new Event("reperes:sent"));
    }
    isSending = false;
    files.value = folder.value = "";
    for (const input of [files, folder]) input.dispatchEvent(new Event("change"));
    summarise();
  };

  for (const input of [files, folder])
    input.addEventListener("change", () => !isSending && input.files.length && show(chosen(input.files)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isSending && rows.some((row) => row.state === "ready")) start();
  });
  const over = (event, is) => {
    event.preventDefault();
    form.classList.toggle("over", is);
  };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", async (event) => {
    over(event, false);
    const gathered = await dropped(event.dataTransfer);
    if (!isSending && gathered.length) show(gathered);
  });
  window.addEventListener("beforeunload", (event) => isSending && event.preventDefault());
})();
