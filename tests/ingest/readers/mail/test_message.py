"""EML: subject, date, people, the text in its best form."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage

import pytest

from kb.errors import DocumentError
from reading import reader_of

read = reader_of("courrier.eml")


def mail(subject: str | None = "Marché du samedi", text: str | None = None, page: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Cc"] = "Léa Martin <lea@exemple.fr>", "omar@exemple.fr", "ana@exemple.fr"
    message["Date"] = "Tue, 04 Mar 2025 23:30:00 +0100"
    if subject is not None:
        message["Subject"] = subject
    if text is not None:
        message.set_content(text)
    if page is not None:
        (message.add_alternative if text is not None else message.set_content)(page, subtype="html")
    return message


def as_file(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=email.policy.SMTP)


def test_a_mail_says_who_wrote_to_whom_and_when() -> None:
    document = read(as_file(mail(text="Bonjour,\n\nLa halle compte 36 étals.\n\nCordialement")))
    assert (document.title, document.date) == ("Marché du samedi", "2025-03-04")
    assert document.text == (
        "- De : Léa Martin <lea@exemple.fr>\n- À : omar@exemple.fr\n- Copie : ana@exemple.fr\n\n"
        "Bonjour,\n\nLa halle compte 36 étals.\n\nCordialement"
    )


@pytest.mark.parametrize("subject", ["TR: Marché du samedi", "Re: Fwd: Marché du samedi", "RE : TR : Marché du samedi"])
def test_marks_of_replies_are_no_part_of_the_subject(subject: str) -> None:
    assert read(as_file(mail(subject, "Texte."))).title == "Marché du samedi"


def test_a_mail_without_a_subject_goes_by_its_file() -> None:
    assert read(as_file(mail(None, "Bonjour.\n\nTexte."))).title == "courrier"


def test_a_table_is_read_from_html_and_a_short_notice_is_no_text() -> None:
    page = "<p>Voici :</p><table><tr><th>Halle<th>Étals<tr><td>Nord<td>36</table>"
    assert "| Nord | 36 |" in read(as_file(mail(text="Voici : Halle Étals Nord 36", page=page))).text
    long = f"<p>{'La halle compte trente-six étals. ' * 5}</p>"
    assert "trente-six" in read(as_file(mail(text="Votre messagerie ne lit pas le HTML.", page=long))).text
    assert "trente-six" in read(as_file(mail(page=long))).text


def test_quoted_lines_are_kept_without_their_marks() -> None:
    text = read(as_file(mail(text="D'accord.\n\n> La halle compte\n> 36 étals.\n"))).text
    assert ">" not in text.split("\n\n", 1)[1]
    assert "36 étals." in text


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_charsets_and_encodings(charset: str, encoding: str) -> None:
    message = mail()
    message.set_content("La halle prévoit 36 étals à l'été.", charset=charset, cte=encoding)
    assert "La halle prévoit 36 étals à l'été." in read(as_file(message)).text


def test_attachments_are_named_and_a_picture_in_the_text_is_none() -> None:
    message = mail(text="Voir ci-joint.")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="Relevé n° 2.pdf")
    message.add_attachment(mail("Transmis", "Dedans."))
    message.add_attachment(
        b"x", maintype="image", subtype="png", cid="<logo>", disposition="inline", filename="logo.png"
    )
    document = read(as_file(message))
    assert "\n- Pièces jointes : Relevé n° 2.pdf, courriel transmis\n" in document.text
    assert document.remarks == ()


def test_what_is_no_mail_says_so() -> None:
    with pytest.raises(DocumentError, match="ce n'est pas un courriel"):
        read(b"Un texte sans rien.")


def test_broken_headers_do_no_harm() -> None:
    content = (
        b"From: =?x?q?\xff\r\nSubject: =?utf-8?b?!!!?=\r\nDate: hier\r\n"
        b"Content-Type: text/plain; charset=inconnu\r\n\r\nLa halle.\r\n"
    )
    document = read(content)
    assert document.date is None
    assert document.text.endswith("La halle.")
