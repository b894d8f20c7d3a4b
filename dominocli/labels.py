"""The labels of Internet domains as they are compared: A-labels (domino.md 2.5)."""

from __future__ import annotations

HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
FULL_STOPS = str.maketrans("\u3002\uff0e\uff61", "...")
"""The other full stops IDNA reads as a dot."""
LONGEST_LABEL = 63

_SHARP_S, _CAPITAL_SHARP_S, _FINAL_SIGMA = "\u00df", "\u1e9e", "\u03c2"


def composed(text: str) -> str:
    """Return a text in the normal form C: one code point for a letter with its marks, where there is one."""
    import unicodedata

    return unicodedata.normalize("NFC", text)


def a_label(domain: str) -> str:
    """Return an Internet domain as it is compared: lower case, each label as an A-label (`xn--...`).

    The root's trailing dot goes. Labels are prepared as Python has it (IDNA 2003), but for the sharp s
    and the final sigma, which stay, as in IDNA 2008: registries give them names of their own (RFC 5894 7.2). What
    cannot be encoded is only casefolded.
    """
    text = domain.strip()
    if text.isascii():
        return text.removesuffix(".").lower()
    text = text.translate(FULL_STOPS).removesuffix(".")
    labels = [_encode_label(label) for label in text.split(".")]
    if None in labels:
        return composed(composed(text).casefold())
    return ".".join(label for label in labels if label is not None)


def _encode_label(label: str) -> str | None:
    if label.isascii():
        return label.lower()
    if len(label) > LONGEST_LABEL:
        return None
    label = label.replace(_CAPITAL_SHARP_S, _SHARP_S)
    try:
        kept = _SHARP_S in label or _FINAL_SIGMA in label
        encoded = _encode_kept(label) if kept else label.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    # Compatibility characters can turn into dots, slashes or asterisks: those are no label.
    return encoded if encoded and HOST_CHARACTERS.issuperset(encoded) and len(encoded) <= LONGEST_LABEL else None


def _encode_kept(label: str) -> str:
    from encodings.idna import nameprep

    parts = (_FINAL_SIGMA.join(map(nameprep, part.split(_FINAL_SIGMA))) for part in label.split(_SHARP_S))
    return "xn--" + _SHARP_S.join(parts).encode("punycode").decode("ascii")
