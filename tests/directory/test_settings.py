"""directory.toml and replica.toml."""

import os
from pathlib import Path

import pytest

from dominocli import errors
from dominocli.directory.settings import (
    ReplicaSettings,
    Settings,
    new_id,
    read_replica,
    read_settings,
    replica_text,
    settings_text,
)

REPLICA = ReplicaSettings(
    instance="2" * 32,
    server="Hub01/Acme",
    peers={"Mail1/Acme": "/srv/mail1", 'odd "name"': "ssh://u@h/p"},
    verified={"Mail1/Acme": "/srv/mail1"},
    access={"Mail1/Acme": ("Editor", True), "Mail2/Acme": ("Reader", False)},
)


def test_settings_are_read_as_written(root: Path) -> None:
    settings = Settings("a" * 32, 'T "x" \\', "Acme", 30, False)
    (root / "directory.toml").write_text(settings_text(settings))
    assert read_settings(root) == settings


def test_settings_have_defaults_and_may_have_a_byte_order_mark(root: Path) -> None:
    (root / "directory.toml").write_bytes(b'\xef\xbb\xbfreplica_id = "a"\r\ndomain = "Acme"\r\n')
    assert read_settings(root) == Settings("a", "", "Acme", 90, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "directory.toml"),
        (b"\xff", "directory.toml"),
        ('replica_id = "a"\n', "lacks domain"),
        ('domain = "Acme"\n', "lacks replica_id"),
        ('replica_id = "a"\ndomain = ""\n', "lacks domain"),
        ('replica_id = "a"\ndomain = "Acme"\nowner = "x"\n', "no 'owner'"),
        ('replica_id = "a"\ndomain = "Acme"\npurge_interval_days = true\n', "wrong type"),
        ('replica_id = "a"\ndomain = ["Acme"]\n', "wrong type"),
        ("a = " + "[" * 100_000, "directory.toml"),
    ],
)
def test_settings_that_cannot_be_used_say_why(root: Path, text: str | bytes, message: str) -> None:
    (root / "directory.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(errors.InvalidSettings) as caught:
        read_settings(root)
    assert message in caught.value.message
    assert caught.value.file == "directory.toml"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_settings_that_are_no_file_are_refused_without_waiting(root: Path, kind: str) -> None:
    path = root / "directory.toml"
    path.unlink()
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(errors.InvalidSettings, match="no regular file"):
        read_settings(root)


def test_settings_behind_a_link_are_refused(root: Path, tmp_path: Path) -> None:
    (root / "directory.toml").rename(tmp_path / "elsewhere.toml")
    (root / "directory.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(errors.UnreadableFile):
        read_settings(root)


def test_a_replica_is_read_as_written(root: Path) -> None:
    for replica in (REPLICA, ReplicaSettings("2" * 32, "Hub01/Acme", {}, {}, None)):
        (root / ".dominocli/replica.toml").write_text(replica_text(replica))
        assert read_replica(root) == replica


def test_a_folder_without_replica_settings_is_no_replica(root: Path) -> None:
    assert read_replica(root) is None


def test_an_access_level_may_stand_alone_and_then_deletes_nothing(root: Path) -> None:
    text = 'instance = "a"\nserver = "B"\n[access]\n"Mail1/Acme" = "Author"\n'
    (root / ".dominocli/replica.toml").write_text(text)
    replica = read_replica(root)
    assert replica is not None
    assert replica.access == {"Mail1/Acme": ("Author", False)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "replica.toml"),
        ('instance = "a"\n', "lacks instance or server"),
        ('instance = 1\nserver = "B"\n', "lacks instance or server"),
        ('instance = "a"\nserver = "B"\npeers = 1\n', "[peers]"),
        ('instance = "a"\nserver = "B"\n[verified]\nx = 1\n', "[verified]"),
        ('instance = "a"\nserver = "B"\naccess = 1\n', "[access]"),
        ('instance = "a"\nserver = "B"\n[access]\nx = "Owner"\n', "[access]"),
        ('instance = "a"\nserver = "B"\n[access]\nx = 1\n', "[access]"),
        ('instance = "a"\nserver = "B"\n[access]\nx = { level = "Editor", delete = "yes" }\n', "[access]"),
    ],
)
def test_a_replica_that_cannot_be_used_says_why(root: Path, text: str, message: str) -> None:
    (root / ".dominocli/replica.toml").write_text(text)
    with pytest.raises(errors.InvalidSettings) as caught:
        read_replica(root)
    assert message in caught.value.message
    assert caught.value.file == ".dominocli/replica.toml"


def test_new_ids_differ_and_are_32_hex_digits() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(i) == 32 and set(i) <= set("0123456789abcdef") for i in ids)
