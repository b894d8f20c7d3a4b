"""The layers of the package: which module may import which, and what pure modules may not touch.

Every import counts: at the top of a module, inside a function, relative, and for types alone.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "dominocli"

STEPS = (
    ("labels",),
    ("errors", "names", "schedule"),
    ("documents",),
    ("directory",),
    ("replication", "routing"),
    ("checks", "export"),
    ("wizard",),
    ("cli",),
    ("__main__",),
)
"""The parts from left to right; a part imports only from steps to its left, never from a sibling."""

RANK = {part: rank for rank, step in enumerate(STEPS) for part in step}

PURE = (
    "labels",
    "names",
    "schedule",
    "documents",
    "checks",
    *(f"replication.{module}" for module in ("revision", "compare", "resolve", "observe")),
    *(f"routing.{module}" for module in ("network", "table", "internet", "explain")),
)

IMPURE_LIBRARIES = frozenset(
    {"asyncio", "builtins", "concurrent", "curses", "fcntl", "fileinput", "getpass", "glob", "http", "importlib"}
    | {"io", "linecache", "locale", "logging", "mmap", "multiprocessing", "os", "pathlib", "pickle", "platform"}
    | {"pty", "random", "resource", "secrets", "select", "selectors", "shelve", "shutil", "signal", "socket", "ssl"}
    | {"sqlite3", "subprocess", "sys", "syslog", "tempfile", "termios", "threading", "time", "tkinter", "tty"}
    | {"urllib", "uuid", "warnings", "webbrowser"}
)

IMPURE_PARTS = (
    *(
        f"directory.{module}"
        for module in (
            *("reader", "writer", "lock", "index", "index_sections", "values", "listing", "settings", "swap"),
            *("ahead", "stat_values"),
        )
    ),
    *(f"replication.{module}" for module in ("journal", "replicate", "carriers")),
    *(f"routing.{module}" for module in ("store", "recalc")),
)
"""Modules that read files, the clock or the machine: pure modules name their types at most."""

TEXT_EDITING = tuple(f"directory.writer.{name}" for name in ("KeyPath", "document_changes", "edit_text", "new_text"))
"""What stands in an impure module and still only turns one text into another."""

OWNERS = {
    "tomlkit": ("directory.writer", "directory.settings"),
    "tomli": ("directory",),
    "tomllib": (),
    "rich": ("cli.output",),
    "questionary": ("wizard.terminal",),
    "prompt_toolkit": ("wizard.terminal",),
    "sqlite3": ("replication.journal", "replication.journal_database", "replication.journal_reading"),
    "typer": ("cli",),
    "click": (),
    "urllib3": ("replication.carriers",),
    "requests": (),
}
"""Who alone may import a library; nobody where the tuple is empty."""

FORBIDDEN_CALLS = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "compile", "__import__"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})


def modules() -> dict[str, Path]:
    """Return every module of the package by its name without `dominocli.`; the package itself is ""."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def is_in(module: str, places: tuple[str, ...]) -> bool:
    """Tell whether a module is one of the places or lies in one."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def imports(module: str, tree: ast.AST, *, is_package: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, what is imported, whether for types alone) for every import of a module.

    What is imported is a dotted name: `dominocli.documents.field.Field` or `os.path`.
    """
    typing_only = {id(node) for block in ast.walk(tree) if _is_type_checking(block) for node in _body_nodes(block)}
    for node in ast.walk(tree):
        for_types = id(node) in typing_only
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, for_types
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node, is_package)
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}", for_types
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and node.args:
            yield node.lineno, _text_of(node.args[0]), for_types


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _body_nodes(block: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(block, ast.If)
    for statement in block.body:
        yield from ast.walk(statement)


def _absolute(module: str, node: ast.ImportFrom, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    package = ["dominocli", *module.split(".")] if module else ["dominocli"]
    drop = node.level - 1 if is_package or not module else node.level
    base = package[: len(package) - drop] if drop else package
    return ".".join([*base, node.module] if node.module else base)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text_of(node: ast.expr) -> str:
    """Return a text as far as it is constant: f"dominocli.cli.{x}" gives `dominocli.cli.`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
        return str(node.values[0].value)
    return "dominocli"


def violations(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return what a module does against the layers, as `line: what`."""
    tree = ast.parse(source)
    found = []
    for line, imported, for_types in imports(module, tree, is_package=is_package):
        found += [f"{line}: {what}" for what in _import_problems(module, imported, for_types)]
    if is_in(module, PURE):
        found += [f"{line}: {what}" for line, what in _impure_calls(tree)]
    return found


def _import_problems(module: str, imported: str, for_types: bool) -> Iterator[str]:
    root = imported.partition(".")[0]
    if root == "dominocli":
        yield from _layer_problems(module, imported.removeprefix("dominocli").strip("."), for_types)
        return
    owners = OWNERS.get(root)
    if owners is not None and not is_in(module, owners):
        yield f"{root} belongs to {' and '.join(owners) or 'nobody'}"
    if root in IMPURE_LIBRARIES and is_in(module, PURE):
        yield f"a pure module imports {root}"


def _layer_problems(module: str, imported: str, for_types: bool) -> Iterator[str]:
    own, other = module.partition(".")[0], imported.partition(".")[0]
    if other not in RANK:
        if module and other and not other.startswith("__"):
            yield f"{other} is no part of the package"
        return
    if not module or RANK[own] < RANK[other]:
        yield f"{own or 'the package'} imports {other}, which stands to its right"
    elif own != other and RANK[own] == RANK[other]:
        yield f"{own} imports its sibling {other}"
    if is_in(module, PURE) and is_in(imported, IMPURE_PARTS) and not for_types and imported not in TEXT_EDITING:
        yield f"a pure module imports {imported}"


def _impure_calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield node.lineno, f"a pure module calls {node.func.id}"
        if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
            yield node.lineno, f"a pure module reads the clock with {node.func.attr}"


def test_every_part_of_the_package_has_its_place() -> None:
    parts = {name.partition(".")[0] for name in modules()} - {""}
    assert parts <= RANK.keys()


@pytest.mark.parametrize("module", modules())
def test_module_keeps_to_its_layer(module: str) -> None:
    path = modules()[module]
    found = violations(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    assert not found, f"{path.name}\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("names", "from dominocli.documents.field import Field", "names imports documents"),
        ("names", "import dominocli.documents", "names imports documents"),
        ("names", "from dominocli import schedule", "names imports its sibling schedule"),
        ("names", "from . import schedule", "names imports its sibling schedule"),
        ("documents.field", "from ..directory import reader", "documents imports directory"),
        ("documents.field", "def f():\n    import dominocli.cli.app", "2: documents imports cli"),
        ("documents.field", "if TYPE_CHECKING:\n    from dominocli.cli import app", "2: documents imports cli"),
        ("routing.table", "from dominocli.replication.revision import Revision", "routing imports its sibling"),
        ("checks.registry", "import dominocli.export.dxl as dxl", "checks imports its sibling export"),
        ("wizard.walk", "from dominocli.cli.output import Output", "wizard imports cli"),
        ("wizard.walk", "from importlib import import_module\nimport_module('dominocli.cli.app')", "imports cli"),
        ("directory.reader", "from importlib import import_module\nimport_module(name)", ""),
        ("", "from dominocli.cli.app import run", "the package imports cli"),
        ("cli.app", "import dominocli.helpers", "helpers is no part of the package"),
        ("routing.explain", "from dominocli.routing.store import read", "a pure module imports routing.store"),
        ("routing.explain", "from dominocli.routing import store", "a pure module imports routing.store"),
        ("routing.explain", "if TYPE_CHECKING:\n    from dominocli.routing.store import T", ""),
        ("replication.resolve", "from dominocli.directory.writer import edit_text", ""),
        ("replication.resolve", "from dominocli.directory.writer import write_files", "a pure module imports"),
        ("routing.store", "import os", ""),
        ("routing.explain", "import os.path", "a pure module imports os"),
        ("checks.subject", "def f():\n    from pathlib import Path", "2: a pure module imports pathlib"),
        ("replication.resolve", "import logging", "a pure module imports logging"),
        ("replication.replicate", "import logging", ""),
        ("documents.group", "text = open('x').read()", "a pure module calls open"),
        ("documents.group", "print(1)", "a pure module calls print"),
        ("schedule", "now = datetime.now()", "a pure module reads the clock with now"),
        ("schedule", "day = date.today()", "a pure module reads the clock with today"),
        ("directory.reader", "import tomlkit", "tomlkit belongs to directory.writer"),
        ("directory.writer", "import tomlkit", ""),
        ("directory.text", "import tomllib", "tomllib belongs to nobody"),
        ("cli.tables", "from rich.table import Table", "rich belongs to cli.output"),
        ("wizard.walk", "from prompt_toolkit.keys import Keys", "prompt_toolkit belongs to wizard.terminal"),
        ("wizard.terminal", "import questionary", ""),
        ("routing.store", "def f():\n    import sqlite3", "2: sqlite3 belongs to replication.journal"),
        ("export.dxl", "import typer", "typer belongs to cli"),
        ("cli.route", "from dominocli.routing import recalc\nimport os, sys", ""),
        ("__main__", "from dominocli.cli.app import run\nfrom dominocli import __version__", ""),
    ],
)
def test_planted_violation_is_found(module: str, source: str, expected: str) -> None:
    found = violations(module, source)
    if expected:
        assert any(expected in what for what in found), found
    else:
        assert found == []


def test_relative_import_in_a_package_starts_at_the_package_itself() -> None:
    assert violations("documents", "from . import field", is_package=True) == []
    assert violations("documents", "from .. import cli", is_package=True)
