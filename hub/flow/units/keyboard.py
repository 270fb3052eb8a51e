"""What a scanner typed, as it was meant: a scanner that types is a keyboard, and types with the layout, the
input method and the Caps Lock of the machine that it is plugged into."""

from __future__ import annotations

import re
import unicodedata

GS = "\x1d"
"""The separator of GS1 codes."""

_RU = 'ёйцукенгшщзхъфывапролджэячсмитьбю.Ё"№;:?ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,'
_US = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~@#$^&QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
_LAYOUT = str.maketrans(_RU, _US)
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_INPUT_METHOD = str.maketrans("。，、；：？！“”‘’（）【】《》—…￥·", ".,\\;:?!\"\"''()[]<>_^$`")
"""What a Chinese input method makes of keys beside the full-width forms."""
_SEPARATOR = re.compile(r"<GS>|\[GS\]|\{GS\}|\\u001[dD]|\\x1[dD]|\^\]|␝|&#29;|\u00e8", re.IGNORECASE)
_SYMBOLOGY = re.compile(r"^\](?:d[12]|Q[13]|C1|E0|e0)")


def as_meant(typed: str) -> tuple[str, tuple[str, ...]]:
    """The text without what the keyboard did to it, and what was mended: ``layout``, ``input_method``,
    ``symbology``, ``separator``. Case stays as it came."""
    mended = []
    text = typed.strip("\r\n\t \u0000\u0003\ufeff")
    if _WIDE.search(text) or text != text.translate(_INPUT_METHOD):
        text = unicodedata.normalize("NFKC", text.translate(_INPUT_METHOD))
        mended.append("input_method")
    if _CYRILLIC.search(text):
        text = text.translate(_LAYOUT)
        mended.append("layout")
    if _SYMBOLOGY.match(text):
        text = _SYMBOLOGY.sub("", text)
        mended.append("symbology")
    if _SEPARATOR.search(text):
        text = _SEPARATOR.sub(GS, text)
        mended.append("separator")
    return text.lstrip(GS), tuple(mended)


__all__ = ["GS", "as_meant"]
