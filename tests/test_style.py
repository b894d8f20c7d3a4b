"""Rules of the house that no linter knows: sizes, names, texts, and who may write or exit."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "dominocli"
LONGEST_MODULE = 400
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"})
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
WRITERS = ("cli/", "__main__.py", "wizard/terminal.py", "wizard/lines.py")
"""Who may use the standard streams."""

EXITS = ("__main__.py", "directory/stat_values.py")
"""Who ends a process: the command line the one that runs, and whoever asks for stat values the helper it made."""


def violations(file: str, source: str) -> list[str]:
    """Return what a module (path inside the package) does against the rules, as `line: what`."""
    found = [f"{line}: {what}" for line, what in _violations(file, ast.parse(source))]
    lines = source.splitlines()
    if len(lines) > LONGEST_MODULE:
        found.append(f"{len(lines)} lines; {LONGEST_MODULE} are enough")
    if VAGUE_NAMES & set(file.removesuffix(".py").replace("_", "/").split("/")):
        found.append("the module's name says nothing")
    found += [f"{n}: unfinished: {line.strip()}" for n, line in enumerate(lines, 1) if UNFINISHED.search(line)]
    return found


def _violations(file: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if ast.get_docstring(tree) is None and tree.body:
        yield 1, "the module has no docstring"
    for node in tree.body:
        is_named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if is_named and ast.get_docstring(node) is None:  # type: ignore[arg-type]
            yield node.lineno, f"{node.name} has no docstring"  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and all(_does_nothing(statement) for statement in node.body):
            yield node.lineno, "an exception is swallowed"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield node.lineno, "print"
        elif file not in EXITS and _exits(node):
            yield node.lineno, "only __main__.py exits the process"
        elif not file.startswith(WRITERS) and _uses_stream(node):
            yield node.lineno, "only the command line uses the standard streams"


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _exits(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "SystemExit"
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("sys.exit", "os._exit", "os.abort", "exit", "quit")


def _uses_stream(node: ast.AST) -> bool:
    streams = ("stdin", "stdout", "stderr", "__stdout__", "__stderr__")
    if isinstance(node, ast.ImportFrom) and node.module == "sys":
        return any(alias.name in (*streams, "exit") for alias in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in streams
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    )


@pytest.mark.parametrize("file", sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py")))
def test_module_keeps_the_rules_of_the_house(file: str) -> None:
    found = violations(file, (PACKAGE / file).read_text(encoding="utf-8"))
    assert not found, f"{file}\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("names.py", "try:\n    x()\nexcept ValueError:\n    pass", "3: an exception is swallowed"),
        ("names.py", "try:\n    x()\nexcept ValueError:\n    ...", "3: an exception is swallowed"),
        ("names.py", "try:\n    x()\nexcept ValueError:\n    y()", ""),
        ("cli/output.py", "print('x')", "1: print"),
        ("cli/route.py", "import sys\nsys.exit(1)", "2: only __main__.py exits"),
        ("cli/route.py", "raise SystemExit(2)", "1: only __main__.py exits"),
        ("cli/route.py", "raise SystemExit", "1: only __main__.py exits"),
        ("__main__.py", "import sys\nsys.exit(1)", ""),
        ("routing/store.py", "import sys\nsys.stdout.write('x')", "2: only the command line"),
        ("routing/store.py", "from sys import stderr", "1: only the command line"),
        ("cli/output.py", "import sys\nsys.stdout.write('x')", ""),
        ("routing/utils.py", "x = 1", "says nothing"),
        ("routing/file_helpers.py", "x = 1", "says nothing"),
        ("names.py", "x = 1\n" * 401, "402 lines"),
        ("names.py", "raise NotImplementedError", "unfinished"),
        ("names.py", "def parse():\n    return 1", "parse has no docstring"),
        ("names.py", "def _parse():\n    return 1", ""),
    ],
)
def test_planted_violation_of_the_house_is_found(file: str, source: str, expected: str) -> None:
    found = violations(file, f'"""A module."""\n{source}')
    if expected:
        shifted = re.sub(r"^\d+(?=:)", lambda line: str(int(line[0]) + 1), expected)
        assert any(shifted in what for what in found), found
    else:
        assert found == []


def test_module_without_a_docstring_is_found() -> None:
    assert violations("names.py", "x = 1") == ["1: the module has no docstring"]


def tracked_texts() -> list[Path]:
    """Return the files under version control that are text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org")
    places = ("/" + "work/", "/home/" + "user", "/root" + "/.")
    found = []
    for path in tracked_texts():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*hosts, *places) if word in text]
    assert not found
