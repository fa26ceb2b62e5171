"""Documents about communes that do not exist: each with a name and a figure that no other one has."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BEGINNINGS = "Bavo Cruze Drali Fouque Glomé Jarni Klévo Morza Noxi Prévu Quésa Rodji Sterli Tramo Vulpé Zandra".split()
_ENDINGS = "bec cort dilly ferrat gnon jac kerm lune mazan nesque puy quan rive sudre tière vignac".split()
_MIDDLES = "bu da fo gi lo mé pa ru".split()
_SENTENCES = (
    "Le conseil municipal a voté le projet en séance publique, après une réunion avec les habitants du quartier.",
    "La région prend en charge la moitié de la dépense, et le département un quart.",
    "Les travaux durent dix-huit mois, et l'école reste ouverte pendant ce temps.",
    "Une régie de quartier entretient les jardins, et emploie six personnes en insertion.",
    "Les commerçants de la place ont reçu une indemnité pour la gêne.",
    "Un atelier de réparation de vélos s'ouvre au rez-de-chaussée de l'ancienne poste.",
    "Les façades sont isolées avec de la paille hachée, produite à moins de trente kilomètres.",
    "La bibliothèque garde ses horaires, et propose une lecture aux enfants le mercredi.",
)


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune; `number` makes its figure."""

    name: str
    number: int

    @property
    def document(self) -> str:
        """The name of its file."""
        return f"{self.name.lower()}.md"

    @property
    def question(self) -> str:
        """What its document answers."""
        return f"Combien d'arbres la commune de {self.name} a-t-elle plantés ?"

    def write(self, folder: Path, sections: int = 3) -> None:
        """Writes its document."""
        chance = random.Random(self.number)
        first = f"La commune de {self.name} a planté {100 + self.number} arbres le long de ses rues."
        parts = [f"# {self.name}", first]
        for section in range(sections):
            parts += [f"## {self.name}, chantier {section + 1}", " ".join(chance.sample(_SENTENCES, 6))]
        (folder / self.document).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def communes(count: int) -> Sequence[Commune]:
    """`count` of them. Raises ValueError when there are not that many names."""
    names = ["".join(parts) for parts in itertools.product(_BEGINNINGS, _MIDDLES, _ENDINGS)]
    if count > len(names):
        raise ValueError(f"{count} communes asked for, there are {len(names)}")
    random.Random(1).shuffle(names)
    return [Commune(name, number) for number, name in enumerate(names[:count])]
