from __future__ import annotations

import pytest

from ingest.readers.html.not_articles import CLOSED, CONSENT, ELSEWHERE, LOGIN, NOT_FOUND, ROBOT, WRITTEN_BY_SCRIPT
from kb.errors import DocumentError
from reading import reader_of

read = reader_of("page.html")
TEXT = "L’Agence finance la rénovation de ce quartier depuis dix ans, avec la commune et ses bailleurs. " * 12


def page(body: str, title: str = "") -> str:
    return f"<html lang='fr'><head><title>{title}</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "title", "reason"),
    [
        ("<main><h1>Page introuvable</h1><p>La page demandée n’existe pas.</p></main>", "", NOT_FOUND),
        ("<main><h1>Page non trouvée</h1><p>Retournez à l’accueil.</p></main>", "", NOT_FOUND),
        ("<main><h1>Erreur 404</h1><p>Vérifiez l’adresse.</p></main>", "", NOT_FOUND),
        ("<main><p>Vérifiez l’adresse que vous avez saisie.</p></main>", "Page introuvable | Agence", NOT_FOUND),
        ("<main><h1>Oups !</h1><p>Cette page n’existe plus.</p></main>", "", NOT_FOUND),
        ("<main><h1>Cette page n'est plus disponible</h1><p>Elle a été retirée.</p></main>", "", NOT_FOUND),
        ("<main><h1>La page que vous recherchez est introuvable</h1><p>Plan du site.</p></main>", "", NOT_FOUND),
        ("<main><h1>Page not found</h1><p>Sorry.</p></main>", "", NOT_FOUND),
        ("<script>location = '/accueil'</script><p>Redirection en cours...</p>", "Mairie", ELSEWHERE),
        ("<main><p>Vous allez être redirigé vers la nouvelle adresse.</p></main>", "Mairie", ELSEWHERE),
        (
            "<main><h1>Connexion</h1><form><input type='password'></form><p>Mot de passe oublié ?</p></main>",
            "",
            LOGIN,
        ),
        ("<main><p>Accédez à vos dossiers.</p><form><input type='password'></form></main>", "Extranet", LOGIN),
        ("<main><h1>Espace réservé</h1><p>Identifiant et mot de passe sont demandés.</p></main>", "", LOGIN),
        (
            (
                "<div><h2>Votre vie privée</h2><p>Nous déposons des cookies et traceurs, avec votre consentement.</p>"
                "<button>Tout accepter</button><button>Tout refuser</button></div>"
            ),
            "Agence",
            CONSENT,
        ),
        ("<p>Veuillez patienter.</p>", "Just a moment...", ROBOT),
        ("<h1>Accès refusé</h1><p>Référence 18.2f.</p>", "", ROBOT),
        ("<h1>Site en maintenance</h1><p>Revenez plus tard.</p>", "", CLOSED),
        ("<div>Veuillez activer JavaScript pour voir cette page.</div>", "Carte", WRITTEN_BY_SCRIPT),
        ("<div>JavaScript est désactivé dans votre navigateur.</div>", "Carte", WRITTEN_BY_SCRIPT),
        (
            "<p>Carte</p><noscript>Please enable JavaScript.</noscript><script src='a.js'></script>",
            "",
            WRITTEN_BY_SCRIPT,
        ),
        (
            "<p>Si rien ne se passe, cliquez.</p><meta http-equiv='refresh' content='0; url=/nouvelle-page'>",
            "Redirection",
            "la page ne fait que renvoyer à une autre adresse (/nouvelle-page)",
        ),
    ],
)
def test_a_page_that_is_no_article_is_refused_with_the_reason(body: str, title: str, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(page(body, title))
    assert reason in raised.value.reason


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"<main><h1>Erreur 404 : comment la mesurer</h1><p>{TEXT}</p></main>", ""),
        ("<main><h1>Connexion des réseaux de chaleur</h1><p>Les foyers pourront s’y connecter en juin.</p></main>", ""),
        (f"<header><form><input type='password'></form></header><main><h1>Le parc</h1><p>{TEXT}</p></main>", "Le parc"),
        ("<main><h1>Document</h1><p>Le document est disponible en mairie.</p></main>", "Route départementale 404"),
        ("<main><h1>La page trouvée</h1><p>Une page d’archives a été trouvée dans un mur.</p></main>", ""),
        (f"<main><h1>Cookies et traceurs</h1><p>{TEXT}</p><button>Tout accepter</button></main>", "Cookies"),
        ("<main><h1>Le service</h1><p>JavaScript est le langage que la formation enseigne.</p></main>", ""),
        (f"<meta http-equiv='refresh' content='600'><main><h1>Le direct</h1><p>{TEXT}</p></main>", ""),
        ("<main><h1>Redirection des eaux de pluie</h1><p>Elles vont au bassin de la Prairie.</p></main>", "Eaux"),
        ("<main><h1>Travaux de la gare</h1><p>Le site est en travaux depuis mai.</p></main>", ""),
    ],
)
def test_an_article_that_speaks_of_the_same_is_read(body: str, title: str) -> None:
    assert read(page(body, title)).text
