"""Every text of the page, and how counts are written in French."""

from __future__ import annotations

import math
from collections.abc import Iterable

NAME = "Repères"
PURPOSE = "Posez une question : la réponse montre les phrases des documents qui la prouvent."
DESCRIPTION = "Réponses en français, prouvées par les documents de l'agence."
NO_SCRIPT = "Cette page a besoin de JavaScript. Activez-le dans votre navigateur, puis rechargez la page."

QUESTION_LABEL = "Votre question"
SHORTCUTS = "Raccourcis clavier"
QUESTION_PLACEHOLDER = "Écrivez votre question…"
SEND = "Envoyer"
STOP = "Arrêter"
NEW_CONVERSATION = "Nouvelle conversation"
START_INGESTION = "Mettre à jour la base"
EXAMPLES = "Exemples de questions"

WELCOME_TITLE = "Que voulez-vous savoir\N{NO-BREAK SPACE}?"
WELCOME = (
    "Chaque phrase de la réponse porte un numéro : cliquez dessus pour lire, dans le document, la phrase qui la "
    "prouve. Si les documents ne disent rien, la réponse le dit aussi."
)
COVERED, EXPLORE = "Ce que couvre la base :", "Voir ce qu'elle contient"
EMPTY_TITLE = "La base ne contient encore aucun document"
EMPTY = "Une fois des documents lus, vous pourrez poser vos questions ici."
EMPTY_HOW = "Pour lire un dossier de documents, dans un terminal :"
EMPTY_COMMAND = "reperes ingest DOSSIER"
FILLING_TITLE = "Première lecture des documents"
FILLING = "Vous pourrez poser vos questions dès que la lecture sera terminée. La page se met à jour seule."
TROUBLE_TITLE = "La base ne peut pas être ouverte"

SEARCHING = "Recherche dans les documents…"
WRITING = "Rédaction de la réponse…"
STOPPED = "Réponse interrompue."
FAILED = "La réponse n'a pas pu être donnée"
INTERNAL_ERROR = (
    "Une erreur interne a empêché de répondre. Reposez la question ; si l'erreur se répète, "
    "transmettez le journal de l'application à la personne qui la gère."
)
INTERNAL_STATE_ERROR = "L'état de la base n'a pas pu être lu : voyez le journal de l'application."
INGESTION_NOT_STARTED = "La mise à jour n'a pas pu démarrer : voyez le journal de l'application."
EMPTY_QUESTION = "La question est vide : écrivez-la, puis envoyez-la."
WORDLESS_QUESTION = "La question ne contient aucun mot : écrivez ce que vous cherchez, puis envoyez-la."
HISTORY_REFUSED = (
    "L'historique doit être une liste de messages, chacun avec « role » (« user » ou « assistant ») "
    "et « content » (un texte de {limit} caractères au plus)."
)
REFUSAL = "Je ne trouve pas cette information dans les documents."
REFUSAL_HELP = "Reformulez avec d'autres mots, ou précisez le programme, le lieu, l'organisme ou la date."
UNSAID_HELP = "Lisez les phrases les plus proches, ou précisez le programme, le lieu, l'organisme ou la date."
UNDERSTOOD = "Question comprise :"
WARNINGS = "À savoir"
EXTRACTIVE = "Phrases reprises mot à mot des documents."
WRITTEN_BY = "Réponse rédigée par le modèle {model} à partir des documents cités."
WRITTEN = "Réponse rédigée par un modèle de langue à partir des documents cités."
OLDER_TURNS = "Les échanges plus anciens de cette conversation ne sont plus affichés."

SOURCES = "Sources"
SOURCES_EMPTY = "Les documents qui prouvent la réponse s'afficheront ici."
CLOSEST = "Documents les plus proches"
CLOSEST_NOTE = "Ils ne contiennent pas la réponse, mais traitent de sujets voisins."
DOCUMENTS_READ = "Documents lus"
READ_NOTE = "La réponse s'écrit à partir de ces documents ; les sources numérotées viennent ici avec elle."
READ_WHOLE = "Lire dans le document"
FROM_YEAR = "source de {year}"
OPEN_PAGE = "Ouvrir la page d'origine"
OPEN_PDF, OPEN_IMAGE, DOWNLOAD = "Ouvrir le PDF", "Ouvrir l'image", "Télécharger l'original"
NEW_TAB = "nouvel onglet"
BACK = "Revenir à la réponse"
SOURCE_N = "Source {number}"
SOURCES_N = "Sources {numbers}"
SEE_SOURCE = "Voir la source {number} : {title}"
PAGE_N = "page {number}"

BASE_LABEL = "État de la base"
BASE_EMPTY = "Base vide"
BASE_UNAVAILABLE = "Base indisponible"
BASE_NEVER = "jamais mise à jour"
UPDATING = "Mise à jour en cours…"
UPDATE_FAILED = "La dernière mise à jour a échoué :"

ASK_AGAIN = "Reposer la question"
EDIT = "Modifier la question"
EDITING = "Modifiez la question, puis envoyez-la : elle remplacera la précédente."
CANCEL_EDIT = "Annuler la modification"
FOLLOW_UPS = "Pour continuer"
COPY, CITE, SHARE = "Copier avec les références", "Copier la citation avec sa référence", "Partager"
TO_DOCX, TO_MARKDOWN, FOLLOW = "DOCX", "Markdown", "Suivre cette question"
LIMITED = "Réponses limitées à :"
WIDEN = "Retirer les filtres"
CONVERSATIONS, CLOSE_CONVERSATIONS = "Conversations", "Fermer la liste des conversations"
LIST_CONVERSATIONS = "Liste des conversations"
FIND_CONVERSATION, NO_CONVERSATIONS = "Chercher une conversation", "Aucune conversation gardée pour l'instant."
PIN, RENAME, ALL_CONVERSATIONS = "Épingler", "Renommer", "Exporter ou effacer des conversations"
PINNED, TODAY, YESTERDAY, THIS_WEEK = "Épinglées", "Aujourd'hui", "Hier", "Cette semaine"
NAMELESS = "Donnez un nom à la conversation."
CONVERSATION_GONE = "Cette conversation n'existe pas, ou n'existe plus."

GOOD = "Utile"
BAD = "Pas utile"
WHY = "Qu'est-ce qui ne va pas ?"
COMMENT = "Commentaire (facultatif)"
SEND_FEEDBACK = "Envoyer l'avis"
THANKS = "Merci : votre avis est noté, avec la question et la réponse."
REASON_MISSING = "Choisissez ce qui ne va pas, puis envoyez l'avis."
FEEDBACK_LOST = "L'avis n'a pas pu être noté : voyez le journal de l'application."

EVALUATION = "Évaluer les réponses"
EVALUATION_WHY = (
    "Des questions dont on connaît la réponse, posées à nouveau après chaque changement, disent si les réponses "
    "restent bonnes."
)
NO_PERSONAL_DATA = (
    "Les questions, les avis et les conversations sont des données : ils sont effacés après un délai. "
    "N'y écrivez pas de nom, d'adresse ni d'autre donnée personnelle."
)
MISSED_LINK = '<p><a href="/evaluation/manques">Ce qui manque aux lecteurs</a></p>'
FEEDBACK_TITLE = "Avis à relire"
FEEDBACK_LIST = "Avis des lecteurs"
NO_FEEDBACK = "Aucun avis à relire."
TURN_INTO_QUERY, DISMISS = "En faire une question de test", "Écarter"
CHOOSE_FEEDBACK = "Choisissez d'abord un avis."
COMPLETE_QUERY = "Complétez la question ci-dessous, puis enregistrez-la."
QUERIES_TITLE = "Questions de test"
QUERIES_LIST = "Questions gardées"
FIND_QUERY = "Chercher une question"
QUERIES_SHOWN = "{shown} questions montrées sur {total} : cherchez un mot pour trouver les autres."
NO_QUERY_FOUND = "Aucune question ne contient ces mots."
NO_QUERIES = "Aucune question : écrivez-en une, ou collez un tableau."
NOT_REVIEWED = "à relire"
QUERY_ID = "Identifiant"
QUERY_QUESTION = "Question"
QUERY_DOCUMENTS = "Documents qui contiennent la réponse"
QUERY_DOCUMENTS_HOW = "Écrivez un mot de leur titre, puis choisissez."
QUERY_EXPECTED = "Faits attendus (un par ligne ; formes équivalentes séparées par |)"
QUERY_FORBIDDEN = "Faits interdits (un par ligne)"
QUERY_UNANSWERABLE = "Sans réponse dans les documents : il faut refuser"
QUERY_KIND = "Type (facultatif)"
SAVE_QUERY = "Enregistrer"
NEW_QUERY = "Nouvelle question"
DROP_QUERY = "Supprimer"
QUERY_SAVED = "Question « {id} » enregistrée."
QUERY_DROPPED = "Question « {id} » supprimée."
QUERY_UNKNOWN = "Il n'y a pas de question « {id} »."
PASTE_LABEL = "Coller des questions (tableau copié d'un tableur, CSV ou JSONL ; la première ligne nomme les colonnes)"
PASTE = "Ajouter ces questions"
CHOOSE_QUERIES = "Questions à poser"
RUN_CHOSEN = "Poser les questions cochées"
NONE_CHOSEN = "Cochez d'abord des questions."
IMPORTED, IMPORT_FAILED = "Questions importées", "Import impossible"
GO_BACK = "Revenir"
IMPORT_FORM = (
    '<form method="post" action="/evaluation/questions" enctype="multipart/form-data" class="import">'
    '<label for="fichier">Importer un fichier (XLSX, CSV ou JSONL)</label> '
    '<input id="fichier" type="file" name="fichier" accept=".xlsx,.csv,.jsonl" required> '
    "<button>Importer</button></form>"
)
PASTED = "{number} question(s) ajoutée(s)."
EXPORT_LINKS = (
    '<p>Exporter : <a href="/evaluation/questions.xlsx">XLSX</a>, <a href="/evaluation/questions.csv">CSV</a>, '
    '<a href="/evaluation/questions.jsonl">JSONL</a>.</p>'
)
RUN_TITLE = "Évaluer"
RUN_ALL = "Poser toutes les questions"
RUN_ONE = "Poser la question du formulaire"
RUN_BEGINS = "L'évaluation commence…"
RUN_STANDS = "{done} / {total} questions posées…"
RUN_DONE = "Évaluation n° {number} : {total} question(s)"
EXPECTED_IN, CITED = "Attendu dans :", "Cité :"
RUN_FAILED = "Ce qui ne va pas"
RUN_FINE = "Toutes les réponses vérifiées sont bonnes."
RUN_UNFINISHED = "interrompue"
RUNS = "Évaluations gardées"
REFUSALS = "Refus"
FIGURE, VALUE, INTERVAL, NUMBER = "Mesure", "Résultat", "Intervalle à 95 %", "Questions"
FACTS, PLACE = "faits trouvés", "place du bon document"
COMPARED = "Depuis l'évaluation précédente des mêmes questions"
WORSE, BETTER, SAME = "Moins bien :", "Mieux :", "Rien n'a changé."
WHOLE_REPORT = "Ouvrir le rapport complet, à lire ou à imprimer"
INTERNAL_WORK_ERROR = "Une erreur interne a empêché l'opération : voyez le journal de l'application."

REPORT = "Dernière mise à jour :"
REPORT_FAILED = "Échec"
REPORT_NOTICE = "À savoir"
REPORT_MORE = "… et {number} de plus."

MENU, MENU_SHORT, NEWS = "Pages de Repères", "Menu", "/nouveautes"
SKIP, HELP, ACCESSIBILITY = "Aller au contenu", "Aide", "Accessibilité"
# Address, name, and whether it is for editors only.
PAGES = (
    ("/", "Questions", False),
    ("/explorer", "Explorer", False),
    ("/glossaire", "Glossaire", False),
    ("/conversations", "Conversations", False),
    ("/documents", "Documents", True),
    ("/evaluation", "Évaluation", True),
    (NEWS, "Nouveautés", False),
    ("/aide", "Aide", False),
)
SIGN_IN, SIGN_OUT, SIGN_OUT_EVERYWHERE = "Se connecter", "Se déconnecter", "Se déconnecter partout"
SIGN_IN_ELSEWHERE = "Se connecter avec le compte de l'agence"
PERSON_NAME, PASSWORD = "Nom", "Mot de passe"
WRONG_PASSWORD = "Ce nom et ce mot de passe ne vont pas ensemble."
TOO_MANY_SIGN_INS = "Trop d'essais avec ce nom : réessayez dans {wait}."
BUSY_SIGNING_IN = "Beaucoup de personnes se connectent en ce moment : réessayez dans quelques secondes."
SIGN_IN_BROKEN = "La connexion ne marche pas pour l'instant : voyez le journal de l'application."
PROVIDER_SILENT = "Le service de connexion ne répond pas. Réessayez dans quelques minutes."
PROVIDER_REFUSED = "La connexion n'a pas abouti. Recommencez."
PROVIDER_NAMELESS = "Le service de connexion n'a pas donné de nom utilisable ({claim})."
SIGN_IN_NEEDED = "Connectez-vous d'abord."
TOKEN_NEEDED = "Il faut un jeton : Authorization: Bearer … (reperes user token NOM)."
EDITORS_ONLY = "Cette page est réservée aux personnes qui modifient la base."
TOO_MANY_QUESTIONS = "Trop de questions en une minute : attendez un peu, puis reposez la vôtre."

API_ASK = "Pose une question"
API_ASK_GIVES = (
    "La réponse, prouvée par des citations, ou un refus sans aucune. Quand les documents en parlent sans le dire "
    "(« reason » : « unsaid »), « nearest » donne les phrases les plus proches, qui ne répondent pas."
)
API_ANSWERER = (
    "Qui rédige : « extractive », des phrases des documents, telles quelles ; « llm », le modèle de langue ; « auto », "
    "le modèle de langue s'il y en a un et qu'il est assez rapide."
)
API_SEARCH = "Cherche des passages"
API_SEARCH_GIVES = "Les passages les plus proches d'une question, le meilleur d'abord."

HOST_REFUSED = (
    "REPERES_HOST={host} : sans connexion par compte (REPERES_AUTH), Repères n'écoute que sur cet ordinateur. "
    "Utilisez 127.0.0.1, ::1 ou localhost."
)
PUBLIC_URL_MISSING = (
    "REPERES_HOST={host} : indiquez dans REPERES_PUBLIC_URL l'adresse sous laquelle on appelle l'application, "
    "par exemple https://reperes.exemple.fr."
)
PUBLIC_URL_WRONG = "REPERES_PUBLIC_URL={url} : il faut une adresse entière, par exemple https://reperes.exemple.fr."
MISUNDERSTOOD = "Valeur manquante ou incorrecte : {fields}."
UNREADABLE_FORM = "Ce formulaire ne peut pas être lu : envoyez-le depuis la page de l'application."
TOO_LONG_A_FORM = "Ce formulaire est trop long : raccourcissez ce que vous y avez écrit."
NO_SUCH_PAGE, FOR_EDITORS = "Page introuvable", "Page réservée"
NO_SUCH_PAGE_WHY = "Cette adresse ne mène à aucune page : vérifiez-la, ou repartez de l'accueil."
NOT_FOUND = "Introuvable."
ORIGIN_REFUSED = "Cet appel vient d'une autre adresse : refusé."
CHARSET_REFUSED = "Envoyez le texte en UTF-8."
EVENT_REFUSED = "Demande incomprise."
PORT_TAKEN = "Le port {port} de {host} ne peut pas être ouvert ({reason}). Choisissez-en un autre avec --port."

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def grouped(number: int) -> str:
    """A whole number with its thousands apart: « 2 345 »."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def documents(number: int) -> str:
    """« 1 document », « 44 documents »."""
    return f"{grouped(number)} document{'s' if number > 1 else ''}"


def either(values: Iterable[str]) -> str:
    """« article », « article ou rapport »."""
    return " ou ".join(values)


def listed(values: Iterable[str]) -> str:
    """« 1 », « 1 et 2 », « 1, 2 et 3 »."""
    *first, last = values
    return f"{', '.join(first)} et {last}" if first else last


def ahead(number: int) -> str:
    """How many questions wait before: « Dans la file : 2 questions avant la vôtre… »."""
    before = f"{grouped(number)} question{'s' if number > 1 else ''} avant la vôtre…"
    return "Dans la file : " + (before if number else "c'est bientôt votre tour…")


def updating(done: int, total: int) -> str:
    """Where an ingestion stands: « Mise à jour en cours : 12 / 44 documents »."""
    return f"Mise à jour en cours : {grouped(done)} / {documents(total)}" if total > 0 else UPDATING


def waiting(seconds: float) -> str:
    """How long to wait, rounded up: « 30 secondes », « 4 minutes »."""
    whole = max(1, math.ceil(seconds))
    if whole < 60:
        return f"{whole} seconde{'s' if whole > 1 else ''}"
    minutes = math.ceil(whole / 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def too_long(length: int, limit: int) -> str:
    """What is said of a question of `length` characters."""
    return (
        f"La question est trop longue : {grouped(length)} caractères, pour {grouped(limit)} au plus. "
        "Raccourcissez-la, puis renvoyez-la."
    )
