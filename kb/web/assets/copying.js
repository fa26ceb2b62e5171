// « Copier avec les références »: the answer with its numbers, and the sources that carry them, for any place to paste.
// A refusal with what stands beside it: the nearest sentences, and that they do not answer.
"use strict";
(() => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();

  // The answer's own parts without what only the page needs: words, paragraphs, lists and tables.
  function copied(turn) {
    const answer = turn.querySelector(".answer").cloneNode(true);
    answer.querySelectorAll(".reference").forEach((button) => button.replaceWith(` [${button.dataset.number}]`));
    for (const element of answer.querySelectorAll("*")) {
      for (const name of element.getAttributeNames()) element.removeAttribute(name);
    }
    for (const table of answer.querySelectorAll("table")) {
      for (const [name, value] of [["border", "1"], ["cellpadding", "4"], ["cellspacing", "0"]]) table.setAttribute(name, value);
    }
    answer.innerHTML = answer.innerHTML.replaceAll("\u2060", ""); // what holds a number to its word
    return answer;
  }

  // A line for each paragraph and item; the cells of a table set apart by tabs, as spreadsheets read them.
  function lines(answer) {
    const found = [];
    for (const block of answer.querySelectorAll("p, li, tr")) {
      if (block.matches("tr")) found.push([...block.cells].map((cell) => clean(cell.textContent)).join("\t"));
      else {
        const own = block.cloneNode(true);
        own.querySelectorAll("ul, ol").forEach((inner) => inner.remove());
        found.push((block.matches("li") ? "- " : "") + clean(own.textContent));
      }
    }
    return found;
  }

  // A source, or a place of a document that has several: what is known of both.
  function told(source) {
    const card = source.closest(".source");
    const whole = card.querySelector(".whole");
    const known = [...(whole ? whole.querySelectorAll(".facts span") : []), ...source.querySelectorAll(".facts span")];
    const facts = known.map((fact) => fact.textContent);
    const address = card.querySelector('.actions a[target="_blank"]')?.href || "";
    return { told: [card.querySelector(".title").textContent, ...facts].join(", "), address };
  }

  function sources(turn) {
    const cited = [...document.querySelectorAll(`#sources-${turn.dataset.turn} [id^=source-]`)].map((source) => {
      const [proof, number] = [told(source), Number(source.querySelector(".number").textContent)];
      return { ...proof, number, told: `[${number}] ${proof.told}` };
    });
    return cited.sort((one, other) => one.number - other.number);
  }

  function nearest(turn) {
    const panel = document.getElementById(`sources-${turn.dataset.turn}`);
    const sentences = [...(panel?.querySelectorAll(".nearest") ?? [])];
    if (!sentences.length) return [];
    const [title, note] = [...panel.querySelectorAll("h2, .note")].map((line) => line.textContent);
    const quoted = sentences.map((sentence) => {
      const words = lines(sentence.querySelector(".passage")).join(" ; ").replaceAll("\t", " | ");
      const near = told(sentence);
      return { ...near, told: `« ${words} » ${near.told}` };
    });
    return [{ told: title }, { told: note }, ...quoted];
  }

  function paragraph(text, address) {
    const shown = document.createElement("p");
    shown.textContent = text;
    if (address) {
      const link = document.createElement("a");
      link.href = link.textContent = address;
      shown.append(" ", link);
    }
    return shown.outerHTML;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("button.copy");
    const turn = document.querySelector("#current .turn");
    if (!button || !turn?.querySelector(".answer")) return;
    const [question, answer] = [turn.querySelector(".question").textContent, copied(turn)];
    const proofs = [...sources(turn), ...nearest(turn)];
    const beside = proofs.map((proof) => `${proof.told} ${proof.address ?? ""}`.trim());
    const html = [paragraph(question), answer.innerHTML, ...proofs.map((proof) => paragraph(proof.told, proof.address))];
    await globalThis.reperesClipboard.put([question, "", ...lines(answer), "", ...beside].join("\n"), html.join(""));
    button.focus();
    const before = button.textContent;
    button.textContent = "Copié";
    document.getElementById("announcer").textContent = "Réponse copiée.";
    setTimeout(() => (button.textContent = before), 2000);
  });
})();
