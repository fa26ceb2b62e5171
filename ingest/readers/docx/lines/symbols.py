"""Signs of symbol fonts and check boxes, as text: « [x] » for what is ticked, « [ ] » for what is not."""

from __future__ import annotations

from collections.abc import Iterable

TICKED, EMPTY = " [x] ", " [ ] "
# Codes of fonts that draw something else than their letters -> what they draw. From the fonts' own tables.
_WINGDINGS = dict.fromkeys((0x78, 0xFC, 0xFD, 0xFE), "☒") | dict.fromkeys((0x6F, 0x71, 0x72, 0xA8), "☐")
_WINGDINGS |= {0xFB: "✗", 0xE0: "→", 0xE8: "→", 0xF0: "⇨", 0xDF: "←", 0xD8: "➢", 0x6E: "■", 0xA7: "▪", 0x6C: "●"}
_WINGDINGS_2 = dict.fromkeys((0x50, 0x51, 0x52, 0x53, 0x54), "☒") | {0x4F: "✗", 0x2A: "☐", 0xA3: "☐"}
_WEBDINGS = {0x61: "☒", 0x63: "☐", 0x72: "✗", 0x67: "■"}
_GREEK = dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True))
_GREEK |= dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True))
_SYMBOL = _GREEK | {0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD7: "·"}
_SYMBOL |= {0xB0: "°", 0xA5: "∞", 0xAE: "→", 0xDE: "⇒", 0xB7: "•", 0xE5: "Σ", 0xD6: "√", 0x2D: "−", 0xB2: "″"}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
_PRIVATE = 0xF000  # where Word puts the codes of such fonts

_TICKS = "☑☒✓✔✅🗹🗵⊠"
_BOXES = "☐□◻❏❐❑❒▢⬜🗆"
# Square bullets otherwise: ticked boxes where there are empty ones.
_FILLED = "■◼⬛"

# Bullets that are check boxes where there are ticked ones; ✓ and an empty square are common bullets otherwise. The
# codes are those of Wingdings.
_TICKED_BULLETS = frozenset("☑☒\uf0fd\uf0fe")
_BULLETS = dict.fromkeys(_TICKED_BULLETS, TICKED) | dict.fromkeys("☐\uf06f\uf0a8", EMPTY)


def is_symbol_font(font: str | None) -> bool:
    """Whether the letters of `font` are drawn as other signs."""
    return (font or "").strip().lower() in _FONTS


def symbol(font: str | None, code: int) -> str:
    """The sign with that code in a symbol font; the character itself for another font, nothing for one unknown."""
    signs = _FONTS.get((font or "").strip().lower())
    low = code - _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else code
    if signs is not None:
        return signs.get(low, chr(low) if signs is _SYMBOL and 0x20 <= low < 0x7F else " ")
    if code != low or not 0x20 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return ""
    return chr(code)


def in_font(text: str, font: str | None) -> str:
    """`text` as a symbol font draws it; words are left as they are: nobody types them to be drawn as signs."""
    if len(text.strip()) > 1 and text.isascii():
        return text
    return "".join(symbol(font, ord(sign)) for sign in text)


class Marks:
    """How the signs of check boxes are written in one document."""

    def __init__(self, texts: Iterable[str], bullets: Iterable[str] = ()) -> None:
        """`texts` are those of the document, `bullets` the signs before the items of its lists."""
        signs = set(_BOXES)
        has_boxes = any(not signs.isdisjoint(text) for text in texts)
        ticked = _TICKS + (_FILLED if has_boxes else "")
        self._bullets = _BULLETS if _TICKED_BULLETS.intersection(bullets) else {}
        self._signs = str.maketrans(dict.fromkeys(ticked, TICKED) | dict.fromkeys(_BOXES, EMPTY))

    def written(self, text: str) -> str:
        """`text` with its signs of check boxes as `[x]` and `[ ]`."""
        return text if text.isascii() else text.translate(self._signs)

    def bullet(self, sign: str) -> str | None:
        """`[x]` or `[ ]` when a bullet is a check box, None for an ordinary one."""
        return self._bullets.get(sign)
