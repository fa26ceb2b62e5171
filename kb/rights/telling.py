"""What the restrictions come to, in words: at the application's start, and in `reperes status`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.rights.restrictions import Restrictions


def told(restrictions: Restrictions, sources: Iterable[str], auth: str) -> Iterator[str]:
    """Lines for whoever runs the server: what is restricted in a base of `sources`, what cannot work."""
    if not restrictions.rules:
        return
    yield f"Sources réservées à des groupes : {', '.join(restrictions.patterns)}."
    if unused := restrictions.unused(sources):
        yield (
            f"Attention : aucune source de la base ne s'appelle {', '.join(f'« {pattern} »' for pattern in unused)} "
            "(tables [[restriction]] de sources.toml) : vérifiez l'orthographe, « reperes status » liste les sources."
        )
    if auth == "none":
        yield (
            "Attention : REPERES_AUTH=none, personne n'est connu : l'application ne montre ces sources à personne "
            "(sauf à un programme dont le jeton est d'un groupe) ; la ligne de commande les lit."
        )
