"""What a seller reads on the command line: headings, sentences and states, in English, Russian and Chinese.

The English stands where it is said; the other languages are in the catalogues of ``hub/words``, under
``cli`` and ``state.<code>``. Help texts are English only. A word that is missing there is shown as it is.
"""

from __future__ import annotations


def text(key: str, language: str, **values: str | int) -> str:
    """``key`` in the seller's language, with its values filled in."""
    from hub.words import Words, render

    return render(Words(key, "cli", dict(values)), language)


def code_text(code: str, language: str) -> str:
    """A state or another code of ours in the language; in English it is the code itself."""
    if language == "en":
        return code
    from hub.words.catalogue import found

    kind_of_call = code.replace("_", " ")
    return found(f"state.{code}", code, language) or found(f"call_kind.{kind_of_call}", "", language) or code
