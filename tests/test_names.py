"""Names: spellings of one name, slugs, refusals, patterns and addresses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dominocli import names
from dominocli.labels import a_label
from dominocli.names import Address, Pattern, parse_address

steady = settings(derandomize=True, deadline=None, database=None, max_examples=300)

components = st.text("abcXYZ019éßΣ. -", min_size=1, max_size=6).map(str.strip).filter(bool)
abbreviated = st.lists(components, min_size=1, max_size=4).map("/".join)
labels = st.sampled_from(["a", "b", "ab", "acme", "com", "x-y", "müller", "Straße", "日本", "XN--A"])
domains = st.lists(labels, min_size=1, max_size=3).map(".".join)
patterns = st.one_of(domains, domains.map("*.{}".format), domains.map("*{}".format), st.sampled_from(["*", "*.*"])).map(
    Pattern
)


@pytest.mark.parametrize(
    ("canonical", "abbreviated"),
    [
        ("CN=Hub01/OU=East/O=Acme/C=US", "Hub01/East/Acme/US"),
        ("CN=Hub01/OU=East/OU=Sales/O=Acme", "Hub01/East/Sales/Acme"),
        ("CN=Hub01/O=Acme", "Hub01/Acme"),
        ("CN=Hub01/O=US", "Hub01/US"),
        ("all_internal_hosts", "all_internal_hosts"),
    ],
)
def test_canonical_and_abbreviated_name_lead_to_each_other(canonical: str, abbreviated: str) -> None:
    assert names.abbreviate(canonical) == abbreviated
    assert names.abbreviate(abbreviated) == abbreviated
    assert names.canonical(abbreviated) == canonical
    assert names.canonical(canonical) == canonical


def test_labels_are_read_in_any_case_and_blanks_around_components_go() -> None:
    assert names.abbreviate(" cn = Hub01 / ou=East /O= Acme ") == "Hub01/East/Acme"
    assert names.canonical(" Hub 01 / Acme ") == "CN=Hub 01/O=Acme"
    assert names.abbreviate("a=b/Acme") == "a=b/Acme"


def test_written_labels_stay_in_a_canonical_name() -> None:
    assert names.canonical("CN=a/OU=b/O=us") == "CN=a/OU=b/O=us"
    assert names.canonical("CN=a/OU1=b/O=Acme") == "CN=a/OU1=b/O=Acme"
    assert names.canonical("a/C=us") == "CN=a/C=us"
    assert names.canonical("CN=Hub01") == "CN=Hub01"


@steady
@given(abbreviated)
def test_abbreviating_a_canonical_name_gives_the_abbreviated_one(name: str) -> None:
    short = names.abbreviate(name)
    assert names.abbreviate(short) == short
    assert names.abbreviate(names.canonical(name)) == short
    assert names.canonical(names.canonical(name)) == names.canonical(name)
    assert names.same_name(name, names.canonical(name).swapcase().swapcase())


def test_names_are_compared_without_case_in_any_form() -> None:
    assert names.name_key("CN=Hub01/O=Acme") == "hub01/acme"
    assert names.same_name("CN=HUB01/O=acme", "Hub01/Acme")
    assert names.same_name("Mu\u0308ller/Acme", "M\u00dcLLER/ACME")
    assert not names.same_name("Hub01/Acme", "Hub01")


def test_common_name_and_hierarchy() -> None:
    assert names.common_name("CN=Hub01/O=Acme") == "Hub01"
    assert names.common_name("Hub01") == "Hub01"
    assert names.is_hierarchical("CN=Hub01/O=Acme")
    assert not names.is_hierarchical("CN=Hub01")
    assert not names.is_hierarchical("Hub01/")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hub01/East/Acme", "hub01-east-acme"),
        ("*.acme.com", "acme-com"),
        ("__The  Internet!!", "the-internet"),
        ("Mu\u0308ller GmbH", "müller-gmbh"),
        ("日本/東京", "日本-東京"),
        ("हिन्दी", "हिन्दी"),
        ("\u0301x", "x"),
        ("*.*", "unnamed"),
        ("", "unnamed"),
        ("x" * 300, "x" * 99),
        ("é" * 300, "é" * 49),
        ("x" * 98 + "/y", "x" * 98),
    ],
)
def test_slug(text: str, slug: str) -> None:
    assert names.slug(text) == slug


@steady
@given(st.text(), st.text())
def test_slugs_are_stable_and_two_make_a_document_name(text: str, other: str) -> None:
    slug = names.slug(text)
    assert names.slug(slug) == slug
    assert len(slug.encode()) <= 100
    assert slug == slug.strip("-")
    assert "--" not in slug
    assert names.document_name_problem(f"{slug}--{names.slug(other)}") is None


@pytest.mark.parametrize(
    "code",
    [0, 9, 10, 0x1B, 0x7F, 0x80, 0x9F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xD800, 0xDFFF],
)
def test_control_character_is_found_with_its_position(code: int) -> None:
    assert names.control_character(f"ab{chr(code)}\n") == f"U+{code:04X} at position 3"


@pytest.mark.parametrize("text", ["", "Hub01/Acme", "日本 é", "\xa0", "\u200d", "\u202f", "\u2065", "\ue000"])
def test_other_characters_are_no_control_characters(text: str) -> None:
    assert names.control_character(text) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "blank"),
        (" ", "blank"),
        ("a/b", "/"),
        ("a\\b", "\\"),
        ("a\0b", "U+0000 at position 2"),
        ("a\ud800", "U+D800"),
        (".a", "begins with ."),
        ("-a", "begins with -"),
        ("a ", "ends with"),
        ("a.", "ends with"),
        ("é" * 101, "longer than 200 bytes"),
    ],
)
def test_document_name_that_cannot_be_a_file_name_is_refused(name: str, reason: str) -> None:
    problem = names.document_name_problem(name)
    assert problem is not None
    assert reason in problem
    assert problem.isprintable()


@pytest.mark.parametrize("name", ["hub01-acme--isp", "a.conflict-1a2b", "é" * 100, "日本", "a b"])
def test_document_name_is_accepted(name: str) -> None:
    assert names.document_name_problem(name) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        ("Acme.com", "dot"),
        ("Acme East", "blank"),
        ("a@b", "@"),
        ("a\x1bb", "U+001B"),
        ("a\u200bb", "invisible"),
        ("x" * 32, "32 characters"),
    ],
)
def test_notes_domain_name_is_refused(text: str, reason: str) -> None:
    problem = names.notes_domain_problem(text)
    assert problem is not None
    assert reason in problem
    assert problem.isprintable()


def test_notes_domain_name_is_accepted() -> None:
    assert names.notes_domain_problem("TheInternet") is None
    assert names.notes_domain_problem("x" * 31) is None


@pytest.mark.parametrize(
    ("domain", "compared"),
    [
        ("ACME.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("Müller.DE", "xn--mller-kva.de"),
        ("XN--MLLER-KVA.de", "xn--mller-kva.de"),
        ("日本。jp", "xn--wgv71a.jp"),
        ("日本.jp。", "xn--wgv71a.jp"),
        ("ü" * 64 + ".De", "ü" * 64 + ".de"),
        ("xn--ü.De", "xn--ü.de"),
        ("a\uff0ab.De", "a\uff0ab.de"),
        ("..é", "..xn--9ca"),
        ("\xad.de", "\xad.de"),
        ("straße.De", "xn--strae-oqa.de"),
        ("STRA\u1e9eE.de", "xn--strae-oqa.de"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("ß" * 63 + ".De", "ss" * 63 + ".de"),
        ("ß\xa0.de", "ss\xa0.de"),
    ],
)
def test_a_label_form(domain: str, compared: str) -> None:
    assert a_label(domain) == compared


@steady
@given(st.one_of(st.text(), domains))
def test_a_label_form_is_stable(domain: str) -> None:
    once = a_label(domain).rstrip(".").strip()
    assert a_label(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "relay.acme.com",
        "relay",
        "192.0.2.1",
        "2001:db8::1",
        "::ffff:192.0.2.1",
        "[192.0.2.1]",
        "[2001:db8::1]",
        "mail_1.acme.com",
        "müller.de",
        "3com.com",
    ],
)
def test_relay_host_is_accepted(text: str) -> None:
    assert names.relay_host_problem(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "blank"),
        ("[relay.acme.com]", "no address in its brackets"),
        ("[]", "no address"),
        ("[192.0.2.1]:25", "port"),
        ("[2001:db8::1]:25", "port"),
        ("relay.acme.com:25", "port"),
        ("192.0.2.1:25", "port"),
        ("300.1.1.1", "looks like an address"),
        ("192.0.2", "looks like an address"),
        ("2001:db8::g", "no host name"),
        ("fe80::1%1", "no host name"),
        ("relay..com", "blank"),
        ("relay.com.", "blank"),
        ("-relay.com", "begins or ends with -"),
        ("relay-.com", "begins or ends with -"),
        ("relay acme", "no host name"),
        ("relay\x1b.com", "no host name"),
        ("x" * 64 + ".com", "too long"),
        (".".join(["x" * 50] * 6), "too long"),
    ],
)
def test_relay_host_is_refused(text: str, reason: str) -> None:
    problem = names.relay_host_problem(text)
    assert problem is not None
    assert reason in problem
    assert problem.isprintable()


def test_bare_address_is_put_in_brackets() -> None:
    assert names.bracketed_host("192.0.2.1") == "[192.0.2.1]"
    assert names.bracketed_host(" 2001:db8::1") == "[2001:db8::1]"
    assert names.bracketed_host("[192.0.2.1]") == "[192.0.2.1]"
    assert names.bracketed_host("relay.acme.com") == "relay.acme.com"


@pytest.mark.parametrize(
    ("pattern", "kind", "met", "not_met"),
    [
        ("Acme.com", "exact", ["acme.com", "ACME.COM.", " acme.com"], ["x.acme.com", "acme", ""]),
        ("*.acme.com", "subdomains", ["x.acme.com", "a.b.Acme.com"], ["acme.com", "xacme.com", ".acme.com"]),
        ("*acme.com", "suffix", ["acme.com", "x.acme.com", "xacme.com"], ["acme.org"]),
        ("*.*", "dotted", ["acme.com", "a.b.c"], ["TheInternet", ""]),
        ("*", "any", ["acme.com", "TheInternet"], [""]),
        ("*.müller.de", "subdomains", ["mail.xn--mller-kva.de", "a.MÜLLER.de"], ["müller.de"]),
        ("xn--mller-kva.de", "exact", ["Müller.de"], ["muller.de"]),
    ],
)
def test_pattern_matching(pattern: str, kind: str, met: list[str], not_met: list[str]) -> None:
    found = Pattern(pattern)
    assert found.kind == kind
    assert [domain for domain in met + not_met if found.matches(domain)] == met


def test_pattern_keeps_the_text_as_typed() -> None:
    assert Pattern(" *.Müller.DE ").text == "*.Müller.DE"
    assert Pattern("*.Müller.DE").literal == ".xn--mller-kva.de"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        ("  ", "blank"),
        ("acme.*", "only at its beginning"),
        ("*.*.com", "only at its beginning"),
        ("**", "only at its beginning"),
        ("*.", "dot too many"),
        ("*..com", "dot too many"),
        (".acme.com", "dot too many"),
        ("acme.com.", "dot too many"),
        ("acme..com", "dot too many"),
        ("日本。。jp", "dot too many"),
        ("acme com", "blank"),
        ("acme\u200b.com", "invisible"),
        ("a\x1bb.com", "U+001B"),
        ("ann@acme.com", "holds @"),
        ("acme.com/x", "holds /"),
        ("x" * 254, "longer than"),
    ],
)
def test_pattern_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        Pattern(text)
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()


def test_long_text_is_shortened_in_a_message() -> None:
    with pytest.raises(ValueError) as caught:
        Pattern("@" * 10_000)
    assert len(str(caught.value)) < 300


def test_specificity_orders_patterns() -> None:
    expected = ["mail.acme.com", "com", "*.acme.com", "*acme.com", "*.com", "*m", "*.*", "*"]
    assert sorted(expected, key=lambda text: Pattern(text).specificity, reverse=True) == expected


def test_word_without_dot_and_star_looks_like_a_virtual_domain() -> None:
    assert Pattern("TheInternet").looks_like_virtual_domain
    assert not Pattern("*").looks_like_virtual_domain
    assert not Pattern("*com").looks_like_virtual_domain
    assert not Pattern("acme.com").looks_like_virtual_domain


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("acme.com", "*.*", True),
        ("acme", "*.*", False),
        ("acme", "*", True),
        ("*.com", "*.*", True),
        ("*com", "*.*", False),
        ("*.*", "*.*", True),
        ("*.*", "*.com", False),
        ("*", "*.*", False),
        ("*", "*", True),
        ("*.a.com", "*.com", True),
        ("*.com", "*.a.com", False),
        ("*.a.com", "*a.com", True),
        ("*a.com", "*.a.com", False),
        ("*x.a.com", "*.a.com", True),
        ("a.com", "*.a.com", False),
        ("a.com", "A.com", True),
        ("*a.com", "a.com", False),
        ("*.a.com", "a.com", False),
        ("*xa.com", "*a.com", True),
    ],
)
def test_pattern_lies_within_another(inner: str, outer: str, expected: bool) -> None:
    assert Pattern(inner).within(Pattern(outer)) is expected


@steady
@given(patterns, patterns, domains)
def test_within_agrees_with_matching(inner: Pattern, outer: Pattern, domain: str) -> None:
    witnesses = [domain, inner.literal, "q" + inner.literal, "q.r" + inner.literal]
    met = [witness for witness in witnesses if inner.matches(witness)]
    if inner.within(outer):
        assert all(outer.matches(witness) for witness in met)
        assert inner == outer or inner.specificity > outer.specificity
    else:
        assert not all(outer.matches(witness) for witness in met)


@steady
@given(patterns, patterns, domains)
def test_two_patterns_of_one_domain_never_tie(a: Pattern, b: Pattern, domain: str) -> None:
    if a.matches(domain) and b.matches(domain) and a.specificity == b.specificity:
        assert a == b


def test_patterns_of_one_meaning_are_equal() -> None:
    assert Pattern("*.Müller.de") == Pattern("*.xn--mller-kva.DE")
    assert len({Pattern("*.acme.com"), Pattern("*.ACME.com"), Pattern("*acme.com")}) == 2
    assert Pattern("*") != Pattern("*.*")
    assert Pattern("acme.com") != "acme.com"


def test_last_domain_of_an_address_is_the_first_hop() -> None:
    address = parse_address("user@C@B")
    assert (address.local, address.domains, address.target) == ("user", ("C", "B"), "B")
    rest = address.rest()
    assert rest == Address("user", ("C",))
    assert rest.target == "C"
    assert rest.rest() is None
    assert address.text == "user@C@B"


@pytest.mark.parametrize(
    ("text", "local", "domains"),
    [
        ("ann@example.org@TheInternet", "ann", ("example.org", "TheInternet")),
        ('"a@b"@c', '"a@b"', ("c",)),
        ('"a\\"@b" @c@d', '"a\\"@b"', ("c", "d")),
        (" Ann Lee/East/Acme @ Acme ", "Ann Lee/East/Acme", ("Acme",)),
    ],
)
def test_address_is_read(text: str, local: str, domains: tuple[str, ...]) -> None:
    assert parse_address(text) == Address(local, domains)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no @"),
        ("ann", "no @"),
        ("@acme.com", "blank"),
        ("ann@", "blank"),
        ("ann@@acme", "blank"),
        ("ann@acme\n", "U+000A"),
        ('"ann@acme', "quote"),
        ('"ann\\"', "quote"),
        ('"ann"', "quote"),
        ('"Ann" <ann@acme.com>', "quote"),
        (f"ann@{'a.' * 127}", "253"),
        (f"ann@{'a.' * 50_000}com@acme", "253"),
    ],
)
def test_address_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_address(text)
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()


@steady
@given(st.lists(domains, min_size=1, max_size=3), st.sampled_from(["ann", '"a@b"', "Ann Lee/Acme"]))
def test_address_text_is_read_back(parts: list[str], local: str) -> None:
    address = Address(local, tuple(parts))
    assert parse_address(address.text) == address
    assert hash(parse_address(address.text)) == hash(address)
    assert address != address.text
