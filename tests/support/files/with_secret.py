"""A folder of three documents, one of which is to be erased: what of it must not be found anywhere."""

from __future__ import annotations

from pathlib import Path

SECRET = "Le zygomorphisme des quartiers restera confidentiel, dit le rapport Quincampoix."
TEXTS = {
    "aides.md": "# Aides\n\nLes aides du programme sont des subventions.\n\n## Prêts\n\nLes prêts bonifiés complètent.",
    "culture.md": "# Culture\n\nLe ministère de la Culture soutient l'architecture des quartiers.",
    "secret.md": f"# Secret\n\n{SECRET}\n\n## Suite\n\nLes subventions restent publiques.",
}


def write_documents(root: Path) -> Path:
    """The new folder `root` with these documents."""
    root.mkdir()
    for name, text in TEXTS.items():
        (root / name).write_text(text, encoding="utf-8")
    return root
