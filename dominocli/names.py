"""Names of servers, persons, documents, Notes domains, Internet domains and hosts (domino.md 2.5, 2.9)."""

from __future__ import annotations

from dominocli.labels import FULL_STOPS, HOST_CHARACTERS, LONGEST_LABEL, a_label, composed

_LABELS = frozenset(("CN", "OU", "OU1", "OU2", "OU3", "OU4", "O", "C"))

_CONTROL = (range(32), range(127, 160), range(0x2028, 0x202F), range(0x2066, 0x206A), range(0xD800, 0xE000))
_LONGEST_SLUG = 99  # bytes; two joined by "--" still fit a document's name
_LONGEST_DOCUMENT_NAME = 200  # bytes
_LONGEST_NOTES_DOMAIN = 31
_LONGEST_DOMAIN = 253


def abbreviate(name: str) -> str:
    """Return a name as `Hub01/East/Acme/US`, without the labels of its components and blanks around them."""
    if "=" not in name and " " not in name and name.isprintable():
        return name
    return "/".join(_split_label(part)[1] for part in name.split("/"))


def canonical(name: str) -> str:
    """Return a name as `CN=Hub01/OU=East/O=Acme/C=US`; a flat name stays flat.

    Labels that are written stay. (D) Without labels the last of three or more components is a country if it
    has two letters.
    """
    parts = [_split_label(part) for part in name.split("/")]
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    organisation = len(parts) - 1
    label, value = parts[-1]
    two_letters = len(value) == 2 and value.isascii() and value.isalpha()
    if label == "C" or (not label and len(parts) > 2 and two_letters):
        parts[-1] = ("C", value)
        organisation -= 1
    labels = ["CN"] + ["OU"] * (len(parts) - 1)
    if organisation > 0:
        labels[organisation] = "O"
    return "/".join(f"{written or derived}={value}" for (written, value), derived in zip(parts, labels, strict=True))


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: abbreviated, without case."""
    short = abbreviate(name)
    if short.isascii():
        return short.lower()
    return composed(composed(short).casefold())


def same_name(a: str, b: str) -> bool:
    """Tell whether two texts name the same server, person or group."""
    return name_key(a) == name_key(b)


def common_name(name: str) -> str:
    """Return the first component of a name: `Hub01` of `CN=Hub01/O=Acme`."""
    return abbreviate(name).partition("/")[0]


def is_hierarchical(name: str) -> bool:
    """Tell whether a name has an organisation: two or more components, none of them blank."""
    parts = abbreviate(name).split("/")
    return len(parts) > 1 and all(parts)


def _split_label(component: str) -> tuple[str, str]:
    label, value = "", component.strip()
    while "=" in value:
        before, _, after = value.partition("=")
        written = before.strip().upper()
        if written not in _LABELS:
            break
        label, value = label or written, after.strip()
    return label, value


def slug(text: str) -> str:
    """Return a text as part of a document's name: lower case, runs of other characters become `-`.

    Letters, digits and their marks of all scripts stay, at most 99 bytes; if nothing does: `unnamed`.
    """
    folded = text.lower()
    if not folded.isascii():
        folded = composed(composed(folded).lower())
    kept: list[str] = []
    for character in folded:
        if character.isalnum() or (kept and kept[-1] != "-" and _is_mark(character)):
            kept.append(character)
        elif kept and kept[-1] != "-":
            kept.append("-")
    short = "".join(kept).encode()[:_LONGEST_SLUG].decode(errors="ignore")
    return short.strip("-") or "unnamed"


def document_name_problem(name: str) -> str | None:
    """Say why a text cannot be a document's name, which is its file name without `.toml`; None if it can."""
    shown = quoted(name)
    if not name.strip():
        return "a document's name is blank; write letters, digits and -"
    if found := control_character(name):
        return f"{shown} holds a control character ({found}); a document's name is plain text"
    if "/" in name or "\\" in name:
        return f"{shown} holds a / or \\; a document's name is a file name without its folder"
    if name[0] in ".-":
        return f"{shown} begins with {name[0]}; begin a document's name with a letter or digit"
    if name[-1] == "." or name[-1].isspace():
        return f"{shown} ends with a blank or a dot; end a document's name with a letter or digit"
    if len(name.encode()) > _LONGEST_DOCUMENT_NAME:
        return f"{shown} is longer than {_LONGEST_DOCUMENT_NAME} bytes of UTF-8"
    return None


def control_character(text: str) -> str | None:
    """Describe the first control character, as `U+001B at position 3` (counted from 1); None without one.

    Also line and paragraph separators, surrogates, and what changes the direction of writing: they inject
    into exports, tables and terminals.
    """
    if text.isprintable():
        return None
    for position, character in enumerate(text, 1):
        if any(ord(character) in span for span in _CONTROL):
            return f"U+{ord(character):04X} at position {position}"
    return None


def _is_mark(character: str) -> bool:
    if character.isascii():
        return False
    import unicodedata

    return unicodedata.category(character)[0] == "M"


def _holds_invisible(text: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in text)


def quoted(text: str) -> str:
    """Return a text of unknown origin for a message: escaped, in quotes, at most 60 characters of it."""
    shown = (text if len(text) <= 60 else text[:57] + "...").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + '"'


def notes_domain_problem(text: str) -> str | None:
    """Say why a text is no Notes domain name; None if it is one.

    (D) No dots, no blanks, no `@`, at most 31 characters.
    """
    accepted = f"a Notes domain name has up to {_LONGEST_NOTES_DOMAIN} characters, no dot, blank or @"
    if not text:
        return f"it is blank; {accepted}"
    if found := control_character(text):
        return f"{quoted(text)} holds a control character ({found}); {accepted}"
    if "." in text or "@" in text or _holds_invisible(text):
        return f"{quoted(text)} holds a dot, @, blank or invisible character; {accepted}"
    if len(text) > _LONGEST_NOTES_DOMAIN:
        return f"{quoted(text)} has {len(text)} characters; {accepted}"
    return None


def relay_host_problem(text: str) -> str | None:
    """Say why a text is no host to relay to; None for a host name, an address, or an address in brackets."""
    accepted = "write a host name, an address, or an address in brackets"
    host = text.strip()
    shown = quoted(text)
    if not host:
        return f"the host is blank; {accepted}"
    if host[0] == "[" and host[-1] == "]":
        return None if _is_address(host[1:-1]) else f"{shown} holds no address in its brackets; {accepted}"
    if _is_address(host):
        return None
    before, colon, after = host.rpartition(":")
    if colon and after.isdigit() and (":" not in before or before[-1] == "]"):
        return f"{shown} holds a port, which a relay host does not take; {accepted}"
    labels = a_label(host).split(".")
    if labels[-1].isdigit():
        return f"{shown} looks like an address but is none; {accepted}"
    if host.endswith(".") or any(not label or label[0] == "-" or label[-1] == "-" for label in labels):
        return f"{shown} has a part that is blank or begins or ends with -; {accepted}"
    if not all(HOST_CHARACTERS.issuperset(label) for label in labels):
        return f"{shown} is no host name, which has letters, digits, - and _ only; {accepted}"
    if len(".".join(labels)) > _LONGEST_DOMAIN or max(map(len, labels)) > LONGEST_LABEL:
        return f"{shown} or a part of it is too long (253 and 63 characters); {accepted}"
    return None


def bracketed_host(text: str) -> str:
    """Return a bare address in brackets, as mail programs want it, and anything else unchanged."""
    return f"[{text.strip()}]" if _is_address(text.strip()) else text


def _is_address(text: str) -> bool:
    # A scope (fe80::1%eth0) names an interface of one machine only.
    if "%" in text or not (":" in text or text[-1:].isdigit()):
        return False
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Pattern:
    """A pattern of Internet domains: `acme.com`, `*.acme.com`, `*acme.com`, `*.*` or `*` (domino.md 2.5).

    `text` is the pattern as typed, `kind` one of exact, subdomains, suffix, dotted, any, and `literal` what a
    domain must equal or end with, as A-labels (`.acme.com` of `*.acme.com`; blank for dotted and any).
    Patterns of one meaning are equal. Raises ValueError for anything else.
    """

    __slots__ = ("kind", "literal", "text")

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.kind, tail = _pattern_kind(self.text.translate(FULL_STOPS))
        self.literal = a_label(tail)
        if problem := _pattern_problem(self.kind, tail, self.literal):
            accepted = "write a domain, *.domain, *ending, *.* or *"
            raise ValueError(f"{quoted(text)} is no pattern of Internet domains: {problem}; {accepted}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pattern):
            return NotImplemented
        return self.kind == other.kind and self.literal == other.literal

    def __hash__(self) -> int:
        return hash((self.kind, self.literal))

    @property
    def specificity(self) -> tuple[int, int]:
        """A sort key, larger for the more specific pattern.

        (D) Exact beats wildcard, the longer literal tail beats the shorter, `*.*` beats `*`.
        """
        rank = {"exact": 3, "subdomains": 2, "suffix": 2, "dotted": 1, "any": 0}[self.kind]
        return rank, len(self.literal)

    @property
    def looks_like_virtual_domain(self) -> bool:
        """Whether it has neither a dot nor a `*`, as the next-hop virtual domain has, never its pattern."""
        return self.kind == "exact" and "." not in self.literal

    def matches(self, domain: str) -> bool:
        """Tell whether the pattern meets a domain: as A-labels, without case; no dot, no `*.*`."""
        return self._meets(a_label(domain))

    def within(self, other: Pattern) -> bool:
        """Tell whether every domain this pattern meets is met by the other one too."""
        if other.kind == "any" or self.kind == "any":
            return other.kind == "any"
        if other.kind == "dotted" or self.kind == "dotted":
            return other.kind == "dotted" and (self.kind == "dotted" or "." in self.literal)
        if self.kind == "subdomains":
            return other.kind != "exact" and self.literal.endswith(other.literal)
        return (self.kind == "exact" or other.kind != "exact") and other._meets(self.literal)

    def _meets(self, domain: str) -> bool:
        if self.kind == "exact":
            return domain == self.literal
        if self.kind == "subdomains":
            return len(domain) > len(self.literal) and domain.endswith(self.literal)
        if self.kind == "suffix":
            return domain.endswith(self.literal)
        return bool(domain) and (self.kind == "any" or "." in domain)


def _pattern_kind(text: str) -> tuple[str, str]:
    if text == "*":
        return "any", ""
    if text == "*.*":
        return "dotted", ""
    if text.startswith("*."):
        return "subdomains", text[1:]
    if text.startswith("*"):
        return "suffix", text[1:]
    return "exact", text


def _pattern_problem(kind: str, tail: str, literal: str) -> str | None:
    if kind in ("any", "dotted"):
        return None
    if not tail:
        return "it is blank"
    if found := control_character(tail):
        return f"it holds a control character ({found})"
    if "*" in tail:
        return "* may stand only at its beginning"
    if _holds_invisible(tail):
        return "it holds a blank or an invisible character"
    for character in tail.lower():
        if character.isascii() and character != "." and character not in HOST_CHARACTERS:
            return f"it holds {character}"
    if "" in (tail[1:] if kind == "subdomains" else tail).split("."):
        return "it has a dot too many"
    if len(literal) > _LONGEST_DOMAIN:
        return f"it is longer than {_LONGEST_DOMAIN} characters"
    return None


class Address:
    """A mail address `local@domains`; of several domains the last is the first hop (domino.md 3)."""

    __slots__ = ("domains", "local")

    def __init__(self, local: str, domains: tuple[str, ...]) -> None:
        self.local = local
        self.domains = domains

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Address):
            return NotImplemented
        return self.local == other.local and self.domains == other.domains

    def __hash__(self) -> int:
        return hash((self.local, self.domains))

    @property
    def target(self) -> str:
        """The domain the message goes to first."""
        return self.domains[-1]

    @property
    def text(self) -> str:
        """The whole address."""
        return "@".join((self.local, *self.domains))

    def rest(self) -> Address | None:
        """Return the address without its last domain; None if there is only one."""
        return Address(self.local, self.domains[:-1]) if len(self.domains) > 1 else None


def parse_address(text: str) -> Address:
    """Read `local@domain`, `user@C@B` or `"a@b"@domain`; raises ValueError for anything else."""
    shown = quoted(text)
    accepted = "write it like ann@example.org"
    if found := control_character(text):
        raise ValueError(f"{shown} holds a control character ({found}); {accepted}")
    whole = text.strip()
    closed = _quoted_length(whole)
    if closed > len(whole) or (closed and not whole[closed:].lstrip().startswith("@")):
        raise ValueError(f"{shown} opens a quote and does not close it before an @; {accepted}")
    local, at, domains = whole[closed:].partition("@")
    if not at:
        raise ValueError(f"{shown} holds no @; {accepted}")
    parts = [(whole[:closed] + local).strip(), *(domain.strip() for domain in domains.split("@"))]
    if not all(parts):
        raise ValueError(f"{shown} is blank before or after an @; {accepted}")
    if max(map(len, parts[1:])) > _LONGEST_DOMAIN:
        raise ValueError(f"the address has a domain of more than {_LONGEST_DOMAIN} characters; {accepted}")
    return Address(parts[0], tuple(parts[1:]))


def _quoted_length(text: str) -> int:
    """Return the length of the quoted local part at the beginning; 0 if there is none."""
    if not text.startswith('"'):
        return 0
    position = 1
    while position < len(text) and text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    return position + 1
