"""Completion scripts: generated, up to date, and driven in real shells as a person would.

PowerShell is no Debian package: its script is looked at as text only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from dominocli.cli.complete import complete
from dominocli.cli.shells import SHELLS, completion_script, fish, powershell
from dominocli.cli.shells.model import Completions, completions
from dominocli.cli.table import COMMANDS, Group
from dominocli.documents import FOLDERS, form_of
from dominocli.errors import UsageError

ROOT = Path(__file__).parent.parent.parent
ENDINGS = {"powershell": "ps1"}
REAL = ("bash", "zsh", "fish")
STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}

NAMES = (
    "mail hub",
    "mail office",
    "it's",
    'a"quoted',
    "$(touch PWNED)",
    ";touch PWNED",
    "x`touch PWNED`",
    "k=v=w",
    "k=v:x",
    "wow!bang",
    "büro west",
    "solo",
    "~tilde",
    "*star",
    "hash#tab",
    "back&fore",
    "left|right",
    "pound\\back",
    "[red]z",
)
SERVERS = (
    '"Hub01/Acme"',
    "'Hub 02/Acme' # the second",
    '"Mail1/East/Acme"',
    '"Q\\"uote/Acme"',
    '"\\u001b[31mEvil/Acme"',
)

# What the stand-in for dominocli prints: the arguments the shell made of the line.
STAND_IN = """#!{python}
import json, sys
sys.path.insert(0, {root!r})
if sys.argv[1:2] == ["__complete"]:
    with open({asked!r}, "a") as file:
        file.write(sys.argv[2] + "\\n")
    from dominocli.__main__ import main
    main()
else:
    print("ARG" + "UMENTS" + json.dumps(sys.argv[1:]) + "END")
"""


@pytest.fixture(scope="module")
def model() -> Completions:
    return completions()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose names are hazards, and a stand-in for dominocli in `bin`."""
    base = tmp_path_factory.mktemp("completions")
    directory = base / "acme"
    for name in FOLDERS:
        (directory / name).mkdir(parents=True)
    (directory / "directory.toml").touch()
    for name in NAMES:
        (directory / "connections" / f"{name}.toml").touch()
    for number, server in enumerate(SERVERS):
        (directory / "servers" / f"server{number}.toml").write_text(f"[basics]\nserver_name = {server}\n")
    (base / "bin").mkdir()
    stand_in = base / "bin" / "dominocli"
    stand_in.write_text(STAND_IN.format(python=sys.executable, root=str(ROOT), asked=str(base / "asked")))
    stand_in.chmod(0o755)
    for shell in SHELLS:
        (base / f"dominocli.{shell}").write_text(completion_script(shell))
    return base


class Keyboard:
    """A shell on a pty: types a line, presses Tab and Enter, and returns what the command got."""

    def __init__(self, shell: str, folder: Path, setup: str = "") -> None:
        self.shell = shell
        self.folder = folder
        self.setup = setup or f"source {folder}/dominocli.{shell}"
        if shell == "zsh":
            self.setup = f"autoload -Uz compinit; compinit -u -D; {self.setup}"
        self._child = self._started()

    def _started(self) -> pexpect.spawn[str]:
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "TERM": "vt100",
            "LC_ALL": "C.UTF-8",
            "INPUTRC": os.devnull,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command, *arguments = STARTS[self.shell]
        child = pexpect.spawn(
            command,
            arguments,
            encoding="utf-8",
            timeout=30,
            env=environment,
            cwd=str(self.folder / "acme"),
            dimensions=(50, 200),
        )
        child.delaybeforesend = None
        child.sendline(self.setup)
        child.sendline("echo REA''DY")
        child.expect("READY")
        return child

    def press(self, typed: str) -> list[str]:
        """Return the arguments after Tab and Enter at the end of `typed`."""
        self._child.send(typed + "\t\r")
        try:
            self._child.expect("ARGUMENTS(.*?)END")
        except pexpect.TIMEOUT:
            seen = self._child.before
            self.close()
            self._child = self._started()
            pytest.fail(f"{self.shell} did not run {typed!r}; on the screen: {seen!r}")
        arguments: list[str] = json.loads(self._child.match[1])
        return arguments

    def close(self) -> None:
        self._child.close(force=True)


def need(shell: str) -> None:
    """Skip where a shell is not installed; fail in CI, which installs it."""
    if shutil.which(shell) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{shell} is not installed")
        pytest.skip(f"{shell} is not installed; make test installs it as root on Debian")


@pytest.fixture(scope="module", params=REAL)
def keyboard(request: pytest.FixtureRequest, folder: Path) -> Iterator[Keyboard]:
    need(request.param)
    started = Keyboard(request.param, folder)
    yield started
    started.close()


CASES = [
    ("dominocli connec", ["connection"]),
    ("dominocli connection dis", ["connection", "disable"]),
    ("dominocli --json connec", ["--json", "connection"]),
    ("dominocli connection show so", ["connection", "show", "solo"]),
    ("dominocli connection show SO", ["connection", "show", "solo"]),
    ("dominocli connection show ma", ["connection", "show", "mail "]),
    (r"dominocli connection show mail\ h", ["connection", "show", "mail hub"]),
    ('dominocli connection show "mail h', ["connection", "show", "mail hub"]),
    ("dominocli connection show 'mail o", ["connection", "show", "mail office"]),
    ("dominocli connection show it", ["connection", "show", "it's"]),
    (r"dominocli connection show a\"", ["connection", "show", 'a"quoted']),
    (r"dominocli connection show \$", ["connection", "show", "$(touch PWNED)"]),
    ("dominocli connection show '$", ["connection", "show", "$(touch PWNED)"]),
    (r'dominocli connection show "\$', ["connection", "show", "$(touch PWNED)"]),
    (r"dominocli connection show \;", ["connection", "show", ";touch PWNED"]),
    ("dominocli connection show x", ["connection", "show", "x`touch PWNED`"]),
    ('dominocli connection show "x', ["connection", "show", "x`touch PWNED`"]),
    ("dominocli connection show k=v=", ["connection", "show", "k=v=w"]),
    ("dominocli connection show k=v:", ["connection", "show", "k=v:x"]),
    ('dominocli connection show "k=v:', ["connection", "show", "k=v:x"]),
    ("dominocli connection show bü", ["connection", "show", "büro west"]),
    ("dominocli connection show wo", ["connection", "show", "wow!bang"]),
    ('dominocli connection show "wo', ["connection", "show", "wow!bang"]),
    (r"dominocli connection show \~", ["connection", "show", "~tilde"]),
    ("dominocli connection show has", ["connection", "show", "hash#tab"]),
    ("dominocli connection show ba", ["connection", "show", "back&fore"]),
    ("dominocli connection show lef", ["connection", "show", "left|right"]),
    ("dominocli connection show pou", ["connection", "show", "pound\\back"]),
    (r"dominocli connection show \[", ["connection", "show", "[red]z"]),
    ("dominocli connection rename so", ["connection", "rename", "solo"]),
    ("dominocli connection delete solo lef", ["connection", "delete", "solo", "left|right"]),
    ("dominocli history connections/so", ["history", "connections/solo"]),
    ("dominocli route show hub01/a", ["route", "show", "Hub01/Acme"]),
    (r"dominocli route show Hub\ ", ["route", "show", "Hub 02/Acme"]),
    ("dominocli recalc Hub01/Acme mai", ["recalc", "Hub01/Acme", "Mail1/East/Acme"]),
    ("dominocli recalc CN=Mail1/OU=E", ["recalc", "CN=Mail1/OU=East/O=Acme"]),
    ('dominocli recalc "CN=Hub 0', ["recalc", "CN=Hub 02/O=Acme"]),
    ("dominocli recalc Q", ["recalc", 'Q"uote/Acme']),
    (
        "dominocli route explain ann@example.org --from mai",
        ["route", "explain", "ann@example.org", "--from", "Mail1/East/Acme"],
    ),
    ("dominocli connection add --source-server mail1", ["connection", "add", "--source-server", "Mail1/East/Acme"]),
    ("dominocli connection add --source-server=mail1", ["connection", "add", "--source-server=Mail1/East/Acme"]),
    ("dominocli connection add --connection-type sm", ["connection", "add", "--connection-type", "smtp"]),
    (
        "dominocli connection add --connection-type Loc",
        ["connection", "add", "--connection-type", "Local Area Network"],
    ),
    ("dominocli connection add --connection-type=net", ["connection", "add", "--connection-type=network-dialup"]),
    ("dominocli connection add --days-of-week We", ["connection", "add", "--days-of-week", "Wed"]),
    ("dominocli connection add --smtp-m", ["connection", "add", "--smtp-mta-relay-host"]),
    ("dominocli connection add --name x --dry", ["connection", "add", "--name", "x", "--dry-run"]),
    ("dominocli connection show --color nev", ["connection", "show", "--color", "never"]),
    ("dominocli check --format sar", ["check", "--format", "sarif"]),
    ("dominocli help rule source-server-without-sm", ["help", "rule", "source-server-without-smtp"]),
    ("dominocli schema gr", ["schema", "group"]),
    ("dominocli import dxl direc", ["import", "dxl", "directory.toml"]),
]


@pytest.mark.parametrize(("typed", "expected"), CASES, ids=[typed for typed, _ in CASES])
def test_tab_completes_the_line(keyboard: Keyboard, typed: str, expected: list[str]) -> None:
    assert keyboard.press(typed) == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_script_works_from_the_folder_the_shell_loads_completions_from(shell: str, folder: Path) -> None:
    need(shell)
    places = {"zsh": folder / "functions" / "_dominocli", "fish": folder / "functions" / "dominocli.fish"}
    setups = {
        "zsh": f"fpath=({folder}/functions $fpath); compinit -u -D",
        "fish": f"set fish_complete_path {folder}/functions $fish_complete_path",
    }
    places[shell].parent.mkdir(exist_ok=True)
    places[shell].write_text(completion_script(shell))
    keyboard = Keyboard(shell, folder, setups[shell])
    try:
        assert keyboard.press(r"dominocli connection show mail\ h") == ["connection", "show", "mail hub"]
        assert keyboard.press("dominocli route show hub01") == ["route", "show", "Hub01/Acme"]
    finally:
        keyboard.close()


def test_names_come_from_the_directory_the_line_names(keyboard: Keyboard) -> None:
    elsewhere = keyboard.folder / "other one"
    if not elsewhere.exists():
        (elsewhere / "connections").mkdir(parents=True)
        (elsewhere / "directory.toml").touch()
        (elsewhere / "connections" / "faraway.toml").touch()
    typed = f"dominocli --directory '{elsewhere}' connection show far"
    assert keyboard.press(typed) == ["--directory", str(elsewhere), "connection", "show", "faraway"]


def test_no_name_is_ever_run(keyboard: Keyboard) -> None:
    for typed in ("dominocli connection show ", "dominocli connection show \\;t", "dominocli history connections/"):
        keyboard.press(typed)
    assert not list(keyboard.folder.rglob("PWNED"))


def test_commands_flags_and_keywords_are_not_asked_for(keyboard: Keyboard) -> None:
    asked = keyboard.folder / "asked"
    asked.unlink(missing_ok=True)
    for typed in ("dominocli conn", "dominocli connection add --conn", "dominocli connection add --connect-via di"):
        keyboard.press(typed)
    assert not asked.exists()
    keyboard.press("dominocli connection show so")
    assert asked.read_text() == "connections\n"


def test_outside_a_directory_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete(["server", ""]) == []


@pytest.mark.parametrize(
    ("kind", "prefix", "expected"),
    [
        ("server", "", ["Hub 02/Acme", "Hub01/Acme", "Mail1/East/Acme", 'Q"uote/Acme']),
        ("server", "hub01", ["Hub01/Acme"]),
        ("server", "cn=hub01/", ["CN=Hub01/O=Acme"]),
        ("servers", "server1", ["server1"]),
        ("documents", "connections/so", ["connections/solo"]),
        ("unknown", "", []),
    ],
)
def test_complete_answers_what_begins_with_the_prefix(
    kind: str, prefix: str, expected: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "acme" / "connections")
    assert complete([kind, prefix]) == expected


def test_complete_passes_over_files_it_cannot_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = tmp_path / "servers"
    servers.mkdir()
    (tmp_path / "directory.toml").touch()
    os.mkfifo(servers / "pipe.toml")
    (servers / "link.toml").symlink_to(os.devnull)
    (servers / "bytes.toml").write_bytes(b"\xff")
    (servers / "number.toml").write_text("server_name = 7\n")
    (servers / "torn.toml").write_text('server_name = "a\\u00\n')
    (servers / "good.toml").write_text("server_name='Hub01/Acme'\n")
    monkeypatch.setenv("DOMINOCLI_DIRECTORY", str(tmp_path))
    assert complete(["server", ""]) == ["Hub01/Acme"]


@pytest.mark.parametrize("shell", SHELLS)
def test_committed_script_is_what_the_program_writes(shell: str) -> None:
    path = ROOT / "completions" / f"dominocli.{ENDINGS.get(shell, shell)}"
    script = completion_script(shell)
    if os.environ.get("DOMINOCLI_UPDATE_GOLDEN"):
        path.write_text(script, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == script, "make completions writes it anew"


@pytest.mark.parametrize("shell", SHELLS)
def test_script_holds_every_command_and_flag(shell: str, model: Completions) -> None:
    script = completion_script(shell)
    missing = [command.words for command in model.commands if command.words not in script]
    missing += [name for flags in model.sets.values() for flag in flags for name in flag.names if name not in script]
    assert not missing


def test_model_holds_every_visible_command_of_the_table(model: Completions) -> None:
    expected = {""}
    for name, entry in COMMANDS.items():
        if isinstance(entry, Group):
            expected |= {name} | {f"{name} {below}" for below, each in entry.entries.items() if not each.hidden}
        elif not entry.hidden:
            expected.add(name)
    assert {command.words for command in model.commands} == expected


def test_every_field_of_a_form_is_a_flag_of_its_commands(model: Completions) -> None:
    for folder in FOLDERS:
        form = form_of(folder)
        flags = {name for flag in model.sets[form.noun] for name in flag.names}
        assert {field.flag for field in form.fields.values() if not field.fills_tab} <= flags
        assert all(form.noun in c.sets for c in model.commands if c.words in (f"{form.noun} add", f"{form.noun} edit"))


@pytest.mark.parametrize(
    ("words", "kinds", "repeats"),
    [
        ("connection show", ("connections",), False),
        ("connection rename", ("connections", "nothing"), False),
        ("connection enable", ("connections",), True),
        ("server delete", ("servers",), True),
        ("history", ("documents",), False),
        ("conflicts show", ("documents",), False),
        ("conflicts resolve", ("documents",), False),
        ("replicate", ("server",), True),
        ("recalc", ("server",), True),
        ("replica create", ("server",), True),
        ("route show", ("server",), False),
        ("schedule", ("connections",), False),
        ("import onetouch", ("file",), False),
        ("demo", ("folder",), False),
        ("help", ("@topic", "@rule"), False),
        ("tell", ("@router", "@update", "@config"), False),
    ],
)
def test_arguments_are_completed_by_what_they_name(
    model: Completions, words: str, kinds: tuple[str, ...], repeats: bool
) -> None:
    command = next(command for command in model.commands if command.words == words)
    assert (command.arguments, command.repeats) == (kinds, repeats)


@pytest.mark.parametrize(
    ("words", "flag", "kind"),
    [
        ("connection", "--source-server", "server"),
        ("connection", "--dial-using-connection-record", "connections"),
        ("connection", "--connection-type", "@connection_type"),
        ("connection", "--comments", "nothing"),
        ("connection add", "--from", "file"),
        ("connection add", "--strict", ""),
        ("server", "--server-name", "nothing"),
        ("server", "--replica", "folder"),
        ("route explain", "--from", "server"),
        ("route explain", "--to-server", "server"),
        ("route explain", "--priority", "@priority"),
        ("common", "--directory", "folder"),
        ("common", "--color", "@color"),
        ("common", "-y", ""),
    ],
)
def test_flags_are_completed_by_what_they_take(model: Completions, words: str, flag: str, kind: str) -> None:
    kinds = {name: each.kind for each in model.sets[words] for name in each.names}
    assert kinds[flag] == kind


def test_short_words_come_before_the_values_they_stand_for(model: Completions) -> None:
    keywords = model.keywords["connection_type"]
    assert keywords.first == ("smtp", "lan", "network-dialup", "passthru")
    assert keywords.full == ("Local Area Network", "Network Dialup", "Passthru Server")


def test_unknown_shell_is_refused() -> None:
    with pytest.raises(UsageError, match="tcsh"):
        completion_script("tcsh")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_has_no_word_that_evaluates_text(shell: str) -> None:
    lines = [line for line in completion_script(shell).splitlines() if not line.lstrip().startswith("#")]
    words = {word for line in lines if "'" not in line for word in line.split()}
    assert not words & {"eval", "compgen", "source"}


def outside_strings(script: str) -> str:
    """Return a PowerShell script without its comments and strings; fail on a string that does not end."""
    kept, at = [], 0
    while at < len(script):
        character = script[at]
        if character == "#":
            at = script.index("\n", at)
        elif character == "'":
            at += 1
            while script[at] != "'" or script[at + 1] == "'":
                assert script[at] != "\n", "a string runs over a line"
                at += 2 if script[at] == "'" else 1
            at += 1
        else:
            kept.append(character)
            at += 1
    return "".join(kept)


def test_powershell_script_closes_what_it_opens() -> None:
    code = outside_strings(completion_script("powershell"))
    pairs = {")": "(", "]": "[", "}": "{"}
    opened: list[str] = []
    for character in code:
        if character in pairs.values():
            opened.append(character)
        elif character in pairs:
            assert opened.pop() == pairs[character]
    assert not opened
    assert "Invoke-Expression" not in code


def test_powershell_strings_hold_their_quotes() -> None:
    assert powershell.quoted("it's $(x) `a` ’b’") == "'it''s $(x) `a` ’’b’’'"


def test_fish_strings_hold_quotes_and_backslashes() -> None:
    assert fish.quoted("it's a\\b $(x)") == r"'it\'s a\\b $(x)'"


def test_program_writes_the_script(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dominocli", "completion", "bash"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == completion_script("bash")
