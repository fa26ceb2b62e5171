"""What a reader of the base should know of pages that were images, in French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.readers.reading import Outcome, RecognisedPage

INSTALL = "installez-la (pip install 'reperes[ocr]'), puis relancez la mise à jour"
_TOLD: dict[Outcome, str] = {
    "read": "{what}, {read} par reconnaissance optique de caractères (OCR), à vérifier",
    "absent": "{what}, sans texte lu : la reconnaissance de caractères (OCR) n'est pas installée ; " + INSTALL,
    "time": "{what}, {left_out} : la reconnaissance de caractères prend trop de temps",
    "failed": "{what}, {left_out} : la reconnaissance de caractères a échoué ; vérifiez le fichier ou réenregistrez-le",
    "large": "{what}, {left_out} : trop de points pour être {read} ; réduisez la résolution à 300 points par pouce",
    "later": "{what}, {left_out} : au-delà de ce qui est lu d'un document ; découpez-le",
}


def remarks(pages: Mapping[int, RecognisedPage], unreadable: Iterable[int] = ()) -> tuple[str, ...]:
    """Sentences on pages, counted from 0, that recognition was asked for: because they are images, or because the text
    that they hold is `unreadable`."""
    garbled = set(unreadable)
    told: list[str] = []
    for outcome, form in _TOLD.items():
        of_outcome = [number for number, page in sorted(pages.items()) if page.outcome == outcome]
        if outcome == "read":
            of_outcome = [number for number in of_outcome if pages[number].lines or pages[number].left_out]
        for numbers, one, several in (
            ([number for number in of_outcome if number not in garbled], "image", "images"),
            ([number for number in of_outcome if number in garbled], "police illisible", "police illisible"),
        ):
            if numbers:
                many = len(numbers) > 1
                ends = "es" if many else "e"
                said = form.format(what=several if many else one, read=f"lu{ends}", left_out=f"laissé{ends} de côté")
                told.append(f"{in_words(numbers)} : {said}")
    if left_out := sum(page.left_out for page in pages.values()):
        lines = "lignes illisibles laissées" if left_out > 1 else "ligne illisible laissée"
        told.append(f"{left_out} {lines} de côté par la reconnaissance de caractères")
    return tuple(told)


def in_words(numbers: Iterable[int]) -> str:
    """« page 3 », « pages 3 à 5 », « pages 3, 7 et 9 à 11 »: pages counted from 0, named from 1."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0] + 1} à {run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    several = len(runs) > 1 or len(runs[0]) > 1
    named = f"{', '.join(parts[:-1])} et {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"page{'s' if several else ''} {named}"
