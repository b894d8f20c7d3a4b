"""Patterns of Internet domains (domino.md 2.5)."""

from __future__ import annotations


def a_label(domain: str) -> str:
    """Return a domain as A-labels, without case (2.5)."""
    labels = domain.strip().rstrip(".").split(".")
    return ".".join(label.lower() if label.isascii() else _encoded(label.lower()) for label in labels)


def _encoded(label: str) -> str:
    """Registries of today give names with these two letters apart from those with ss and σ (IDNA 2008)."""
    if "ß" in label or "ς" in label:
        return "xn--" + label.encode("punycode").decode()
    return label.encode("idna").decode()


def meets(pattern: str, domain: str) -> bool:
    """Tell whether a pattern matches an Internet domain."""
    name = a_label(domain)
    if pattern == "*":
        return True
    if pattern == "*.*":
        return "." in name
    if pattern.startswith("*."):
        return name.endswith("." + a_label(pattern[2:]))
    if pattern.startswith("*"):
        return name.endswith(a_label(pattern[1:]))
    return name == a_label(pattern)


def specificity(pattern: str) -> tuple[int, int]:
    """Exact beats wildcard, the longer literal tail beats the shorter, `*.*` beats `*`."""
    if "*" not in pattern:
        return 3, 0
    if pattern in ("*", "*.*"):
        return 1, len(pattern)
    return 2, len("." + a_label(pattern[2:]) if pattern.startswith("*.") else a_label(pattern[1:]))


def same_pattern(a: str, b: str) -> bool:
    """Tell whether two patterns match the same domains."""
    return within(a, b) and within(b, a) if not ("*" in a and "*" in b) else _meaning(a) == _meaning(b)


def _meaning(pattern: str) -> tuple[str, str]:
    if pattern in ("*", "*.*"):
        return pattern, ""
    stars = "*." if pattern.startswith("*.") else "*"
    return stars, a_label(pattern.removeprefix(stars))


def within(pattern: str, local: str) -> bool:
    """Tell whether a pattern lies wholly inside a local domain, which is exact or `*.` and a domain (2.5)."""
    if not pattern.startswith("*"):
        return meets(local, pattern)
    if not local.startswith("*.") or pattern in ("*", "*.*"):
        return False
    tail = "." + a_label(pattern[2:]) if pattern.startswith("*.") else a_label(pattern[1:])
    return tail.endswith("." + a_label(local[2:]))
