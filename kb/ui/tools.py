"""What stands around a conversation: the menu, what can be done with an answer, and what is said above the question's
box."""

from __future__ import annotations

from urllib.parse import quote

from kb.records.accounts import ROLE_NAMES, Person
from kb.web import strings
from kb.web.chat.plain import plain_html
from kb.web.page_context import PageContext
from kb.web.render import escape


def menu_of(person: Person, context: PageContext, *, can_leave: bool = False) -> str:
    """The menu of the page of questions, as its context has it."""
    return menu_html(
        person,
        has_documents=context.has_documents,
        has_desk=context.has_desk,
        can_leave=can_leave,
        badge=context.badge(person),
    )


def menu_html(
    person: Person,
    *,
    here: str = "/",
    has_documents: bool = True,
    has_desk: bool = True,
    can_leave: bool = False,
    badge: str = "",
) -> str:
    """The pages that `person` may open, `here` marked, and who they are; `can_leave` when they have sessions here,
    `badge` (HTML) tells what is new."""
    missing = {*([] if has_documents else ["/documents"]), *([] if has_desk else ["/evaluation"])}
    items = "".join(
        f'<li><a href="{address}"{" aria-current=page" if address == here else ""}>{escape(label)}'
        f"{badge if address == strings.NEWS else ''}</a></li>"
        for address, label, for_editors in strings.PAGES
        if (person.edits or not for_editors) and address not in missing
    )
    toggle = f'<button type="button" class="menu-toggle" aria-expanded="false">{escape(strings.MENU_SHORT)}</button>'
    signed = ""
    if person.name:
        everywhere = f' <button name="partout" value="oui">{escape(strings.SIGN_OUT_EVERYWHERE)}</button>'
        signed = (
            f'<form class="who" method="post" action="/connexion/fin"><bdi>{escape(person.name)}</bdi> '
            f"({escape(ROLE_NAMES[person.role])}) <button>{escape(strings.SIGN_OUT)}</button>"
            f"{everywhere if can_leave else ''}</form>"
        )
    return f'<nav class="menu" aria-label="{escape(strings.MENU)}">{toggle}<ul>{items}</ul></nav>{signed}'


def tools_html(conversation: str | None, *, shares: bool = False, follows: bool = True) -> str:
    """Copying the answer, the whole conversation as a file, sharing it where `shares`, and following its question where
    `follows`; `conversation` is its name, None when not kept.
    """
    copy = f'<button type="button" class="copy">{escape(strings.COPY)}</button>'
    links = follow = ""
    if conversation is not None:
        name = quote(conversation, safe="")
        if follows:
            follow = (
                '<form class="follow" method="post" action="/nouveautes/suivre">'
                f'<input type="hidden" name="conversation" value="{escape(conversation)}">'
                f"<button>{escape(strings.FOLLOW)}</button></form>"
            )
        links = "".join(
            f'<a href="/conversations/{name}.{form}" download>{escape(label)}</a>'
            for form, label in (("docx", strings.TO_DOCX), ("md", strings.TO_MARKDOWN))
        )
        if shares:
            links += f'<button type="button" class="share" data-share-of="{name}">{escape(strings.SHARE)}</button>'
    return f'<p class="tools">{copy}{links}</p>{follow}'


def notice(text: str) -> str:
    """What went wrong, above the question's box."""
    return f'<div class="trouble" role="alert">{plain_html(text)}</div>'


def note(text: str) -> str:
    """What is to be known, above the question's box."""
    return f'<p class="note" role="status">{escape(text)}</p>'
