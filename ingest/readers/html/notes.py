"""Note calls: taken away from the words and numbers that they stick to. Powers stay; so do the notes, in place.

`settle_notes` works on the tree of a page, `without_calls` on a text whose calls are characters (« 1 254³ »).
"""

from __future__ import annotations

import re

from ingest.readers.html.elements import INLINE, Element, text_of

_BLOCKS = frozenset("p li td th dd dt div section blockquote figcaption caption h1 h2 h3 h4 h5 h6 body".split())
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile(r"(?<![⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻])[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}(?![⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ])")
_BRACKETED = re.compile(r"(?<=[\w»)%€.])\[(?:\d{1,3}|note \d{1,3})\](?![\w(\[])")
# « 1 », « [2] », « (3) », « 1, 2 », « 4-6 », « * », « note 3 »
_MARK = re.compile(
    r"[\[(]?\s?(?:(?:note|n|ref|réf)\.?\s?)?(?:\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}|[*†‡]{1,4})\s?[\])]?", re.IGNORECASE
)
_LETTER = re.compile(r"[\[(]?\s?(?:[a-z]|[ivx]{1,5})\s?[\])]?", re.IGNORECASE)
# Letters that call a note behind a number; the others end ordinals and hours there (« 2e », « 18h »).
_LETTER_CALL = re.compile(r"[a-cfgj]")
_LIFTED = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_POWER = re.compile(r"[+−-]?\d{1,3}[+−-]?")
# What programs call the anchors of notes: nb1 (SPIP), _ftn1 (Word), fn:1, cite_note-1, note2, sdfootnote1sym
_ANCHOR = re.compile(
    r"notes?(?:\W|_|\d|$|sym|anc)|ftn|edn|(?:^|[^a-z])fn|cite|^n[bh]?\d|renvoi|appel|^ref(?:\W|_|\d|$)"
)
_NAME = re.compile(
    r"(?:.*[_-])?(?:reference|footnote|footnoteref|footnotereference|endnote|note|noteref|appel)s?(?:[_-].*)?"
)
_BACK = re.compile(r"[↩↑⏎↵⤴⬆^\ufe0e\ufe0f\s]+|\(?retour(?: au texte| à l['’]appel| à la note)?\)?", re.IGNORECASE)
_BACK_NAME = re.compile(r"backlink|reversefootnote|footnote-?back|backref")
# Units that are squared and cubed. Of letters alone, those that are words of French stand for no variable.
_UNITS = frozenset("m km hm dam dm cm mm µm nm s mètre mètres kilomètre kilomètres centimètre centimètres".split())
_WORDS = frozenset("aàyôAÀYÔ")
_LAST_NUMBER = re.compile(r"(?:\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d+)(?:,\d+)?$")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_NEAR = 40  # characters before a mark that say what it is raised on
_LONGEST_NOTE = 1_000  # characters of a note that only its call holds
_MOST_CALLS = 5_000  # of one page: what comes after is left as it stands


def is_exponent(before: str, mark: str, after: str) -> bool:
    """Whether the raised `mark` between two texts is a power (10³, m², s⁻¹) rather than the call of a note."""
    if not mark.isdigit() or re.match(r"\s?[=×]", after):
        return True
    if word := _LAST_WORD.search(before):
        return (word[0] in _UNITS and mark in {"2", "3"}) or (len(word[0]) == 1 and word[0] not in _WORDS)
    if number := _LAST_NUMBER.search(before):
        return number[0] == "10" and (mark != "1" or re.search(r"[×x*·.]\s?10$", before) is not None)
    return False


def without_calls(text: str) -> str:
    """`text`, a block, without the calls written in it: raised figures after a word or number, « [1] » stuck to one."""

    def raised(found: re.Match[str]) -> str:
        mark, before = found[0].translate(_PLAIN), text[max(0, found.start() - _NEAR) : found.start()]
        if not before.strip():
            after = text[found.end() : found.end() + 2]
            space = "" if after[:1].isspace() else " "
            return f"Note {mark} :{space}" if re.match(r"\s?[^\W\d_]", after) else found[0]
        return found[0] if is_exponent(before, mark, text[found.end() : found.end() + 3]) else ""

    def bracketed(found: re.Match[str]) -> str:
        before = found.string[max(0, found.start() - _NEAR) : found.start()]
        word = _LAST_WORD.search(before)
        return found[0] if word and len(word[0]) < 3 else ""

    return _BRACKETED.sub(bracketed, _RAISED.sub(raised, text)) if "[" in text or _RAISED.search(text) else text


def settle_notes(body: Element) -> list[Element]:
    """Takes the calls of notes out of `body`; powers become characters (10³). The notes that calls lead to, which are
    shown if they were hidden, and are furniture no more.
    """
    named = {
        name: element for element in body.iter() if isinstance(element.tag, str) for name in _anchors(element) if name
    }
    for part in body.iter("span", "small", "font"):
        if _LIFTED.search(part.get("style") or ""):
            part.tag = "sup"  # raised without saying so
    notes: dict[Element, None] = {}
    for number, call in enumerate(list(body.iter("a", "sup"))):
        if number >= _MOST_CALLS or not _is_within(call, body):
            continue
        if call.tag == "a":
            _settle_link(call, named, notes)
        elif not any("#" in (link.get("href") or "") for link in call.iter("a")):
            _settle_raised(call)  # one that holds a link is settled with it
    for note in notes:
        _show(note, body)
    return list(notes)


def _settle_link(link: Element, named: dict[str, Element], notes: dict[Element, None]) -> None:
    """A call that is a link, with the brackets and raised elements around it; or the mark that a note begins with."""
    address = link.get("href") or ""
    fragment = address.rpartition("#")[2].lower() if "#" in address else ""
    text = text_of(link)
    if not fragment or len(text) > 60:
        return
    names = f"{link.get('class') or ''} {link.get('rel') or ''} {link.get('role') or ''}".lower()
    if _BACK.fullmatch(text) or _BACK_NAME.search(names):
        if text_of(_block(link)) != text:  # « ↑ » alone leads back to the page's top, and goes with it
            _remove(link)
        return
    outer = link
    while (
        (up := outer.getparent()) is not None
        and up.tag in {"sup", "span", "small"}
        and text_of(up).strip("[]() ") == text.strip("[]() ")
    ):
        outer = up
    is_of_note = _ANCHOR.search(fragment) is not None or any(
        _NAME.fullmatch(name) for part in (link, outer) for name in (part.get("class") or "").lower().split()
    )
    is_raised = outer.tag == "sup" or next(link.iter("sup"), None) is not None
    target = named.get(fragment)
    if not (_MARK.fullmatch(text) or (_LETTER.fullmatch(text) and (is_of_note or is_raised))):
        return
    if not _before(outer).strip(" [(\u00a0\u202f"):
        number = re.sub(r"\D", "", text)
        if number and (is_of_note or target is not None) and len(text_of(_block(outer))) > len(text) + 3:
            _number_note(outer, number)
        return
    if not (is_of_note or is_raised or (target is not None and text[:1] in "[(*")):
        return
    if target is not None and not _is_within(link, target):
        notes.setdefault(_whole(target))
        _remove(outer)
    else:
        _remove(outer, told=_told(outer) or _told(link))


def _settle_raised(raised: Element) -> None:
    text = text_of(raised)
    names = (raised.get("class") or "").lower().split()
    if not (_POWER.fullmatch(text) or _MARK.fullmatch(text) or _LETTER.fullmatch(text)):
        return
    before, after = _before(raised), raised.tail or ""
    if _POWER.fullmatch(text) and before.strip() and is_exponent(before, text, after):
        for child in list(raised):
            raised.remove(child)
        raised.text = text.translate(_SUPERSCRIPTS)
        return
    is_letter = _LETTER.fullmatch(text) and any(map(_NAME.fullmatch, names))
    is_letter = is_letter or (_LETTER_CALL.fullmatch(text) and before[-1:].isdigit() and not after[:1].isalnum())
    if _MARK.fullmatch(text) or is_letter:
        number = re.sub(r"\D", "", text)
        if before.strip(" [(\u00a0\u202f"):
            _remove(raised, told=_told(raised))
        elif number and re.match(r"[\s\])]*[^\W\d_]", after):
            _number_note(raised, number)


def _told(call: Element) -> str:
    """The note that only its call holds, as some systems show it when one points at it."""
    told = " ".join((call.get("title") or call.get("data-note") or call.get("data-content") or "").split())
    says = 3 < len(told) <= _LONGEST_NOTE and not re.match(
        r"(?:note|voir la note|aller|lien|footnote)\b.{0,20}$", told, re.I
    )
    return f" (note : {told})" if says else ""


def _number_note(mark: Element, number: str) -> None:
    """« [1] Dont 12 écoles » -> « Note 1 : Dont 12 écoles »: brackets are for citations."""
    before, _, _ = _text_before(mark)
    _set_before(mark, before.rstrip(" [(\u00a0\u202f") + f"Note {number} : ")
    mark.tail = re.sub(r"\A[\s\])\u00a0.:–-]+", "", mark.tail or "")
    mark.drop_tree()


def _remove(call: Element, told: str = "") -> None:
    """Takes out a call with the brackets around it, and the space that kept it from its word."""
    before, _, _ = _text_before(call)
    tail = call.tail or ""
    stripped = before.rstrip(" \u00a0\u202f\t\n")
    if stripped.endswith(("[", "(")) and tail.lstrip().startswith(("]", ")")):
        before, tail = stripped[:-1], tail.lstrip()[1:]
        stripped = before.rstrip(" \u00a0\u202f\t\n")
    before = stripped if not tail[:1].isalnum() else before
    _set_before(call, before)
    call.tail = told + tail
    call.drop_tree()


def _text_before(element: Element) -> tuple[str, Element | None, Element]:
    """The text right before `element`, its previous sibling if there is one, and its parent."""
    previous, parent = element.getprevious(), element.getparent()
    return ((previous.tail if previous is not None else parent.text) or ""), previous, parent


def _set_before(element: Element, text: str) -> None:
    _, previous, parent = _text_before(element)
    if previous is not None:
        previous.tail = text
    else:
        parent.text = text


def _before(element: Element) -> str:
    """The last characters of the block before `element`; empty when it opens its block."""
    found = ""
    while len(found) < _NEAR and element.tag not in _BLOCKS:
        text, previous, parent = _text_before(element)
        found = text + found
        while previous is not None and len(found) < _NEAR:
            if previous.tag in _BLOCKS or previous.tag == "br":
                return found
            # As written: `text_of` would lose the space between a word and a mark.
            held = "".join(previous.itertext())
            above = previous.getprevious()
            found = ((above.tail if above is not None else parent.text) or "") + held + found
            previous = above
        element = parent
    return found


def _block(element: Element) -> Element:
    while element.tag not in _BLOCKS and element.getparent() is not None:
        element = element.getparent()
    return element


def _whole(target: Element) -> Element:
    """The note that an anchor stands in: its block, when the anchor itself holds no more than a mark."""
    text = text_of(target)
    if target.tag in _BLOCKS or not (not text or _MARK.fullmatch(text) or _BACK.fullmatch(text)):
        return target
    block = _block(target)
    return target if block.tag == "body" else block


def _show(note: Element, body: Element) -> None:
    """Makes a note and what holds it ordinary text: notes stand in `aside`, `footer`, or hidden until asked for."""
    for element in (note, *note.iterancestors()):
        if element is body or element.tag in {"main", "article"}:
            return
        if element.attrib.pop("hidden", None) is not None and element.tag in INLINE:
            element.tag = "div"  # it opened beside the text
        element.attrib.pop("aria-hidden", None)
        if "none" in (element.get("style") or ""):
            del element.attrib["style"]
        if element.tag in {"aside", "footer"} and next(element.iter("nav", "form"), None) is None:
            element.tag = "div"
            for name in ("class", "id", "role"):
                element.attrib.pop(name, None)
        elif element.get("role") in {"complementary", "dialog"} or element is note:
            element.attrib.pop("role", None)
            if element.tag == "dialog":
                element.tag = "div"


def _anchors(element: Element) -> tuple[str, str]:
    return (element.get("id") or "").lower(), (element.get("name") or "").lower() if element.tag == "a" else ""


def _is_within(element: Element, root: Element) -> bool:
    return element is root or any(parent is root for parent in element.iterancestors())
