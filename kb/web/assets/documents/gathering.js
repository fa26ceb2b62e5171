// Files that were chosen or dropped, folders gone through, and why some of them are not sent.
"use strict";
window.reperesGathering = (() => {
  const HIDDEN = "fichier ou dossier caché";

  // [{ file, path }] of an entry that was dropped; a folder is listed a hundred names at a time.
  const ofEntry = async (entry, before) => {
    const path = before + entry.name;
    if (entry.isFile) return [{ path, file: await new Promise((done, failed) => entry.file(done, failed)) }];
    if (entry.name.startsWith(".")) return [{ path, file: null }];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const entries = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!entries.length) return found;
      for (const inside of entries) found.push(...(await ofEntry(inside, `${path}/`)));
    }
  };

  const dropped = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return chosen(transfer.files);
    return (await Promise.all(entries.map((entry) => ofEntry(entry, "")))).flat();
  };

  const chosen = (files) => [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

  // Why a file is not sent, as the server would say; empty for one that is.
  const refusal = ({ file, path }, { suffixes, maxMb }) => {
    if (path.split("/").some((name) => name.startsWith("."))) return HIDDEN;
    const suffix = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? "";
    if (!suffixes.split(" ").includes(suffix)) return `type de fichier non lu (${suffix || "sans extension"})`;
    if (!file.size) return "fichier vide";
    return file.size > Number(maxMb) * 1e6 ? `plus de ${maxMb} Mo` : "";
  };

  const byPath = (one, other) => one.path.localeCompare(other.path, "fr", { numeric: true });

  return { chosen, dropped, refusal, byPath };
})();
