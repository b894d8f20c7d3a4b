"""directory.toml (replicated by hand and git) and .dominocli/replica.toml (of this machine only)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, NamedTuple

from dominocli import errors

DIRECTORY_FILE = "directory.toml"
STATE_FOLDER = ".dominocli"
REPLICA_FILE = f"{STATE_FOLDER}/replica.toml"


class Settings(NamedTuple):
    """What directory.toml says. `replica_id` is 32 hex digits, the same in all replicas of one directory."""

    replica_id: str
    title: str
    domain: str
    purge_interval_days: int = 90
    merge_conflicts: bool = True


class ReplicaSettings(NamedTuple):
    """What replica.toml says: `instance` (32 hex digits) is this folder's own, `server` whose replica it
    is, `peers` where other servers' replicas are for this machine, `verified` which replica locations
    were confirmed, `access` the Domino level and `delete` of each other server (None: no table)."""

    instance: str
    server: str
    peers: dict[str, str]
    verified: dict[str, str]
    access: dict[str, tuple[str, bool]] | None


def read_settings(root: Path) -> Settings:
    """Return what directory.toml says; raise `NoDirectory` or `InvalidSettings`."""
    raw = _read_toml(root / DIRECTORY_FILE, DIRECTORY_FILE)
    if raw is None:
        raise errors.NoDirectory(where=str(root))
    known = {"title": "", "purge_interval_days": 90, "merge_conflicts": True, "replica_id": "", "domain": ""}
    for key, value in raw.items():
        if key not in known:
            _refuse(DIRECTORY_FILE, f"directory.toml has no {key!r}", "keys: " + ", ".join(known))
        if type(value) is not type(known[key]):
            _refuse(DIRECTORY_FILE, f"{key} in directory.toml has the wrong type", f"write it like {known[key]!r}")
    for key in ("replica_id", "domain"):
        if not raw.get(key):
            _refuse(DIRECTORY_FILE, f"directory.toml lacks {key}", "dominocli init makes a complete one")
    return Settings(**{**known, **raw})


def find_settings(root: Path) -> Settings | None:
    """Return what directory.toml in `root` itself says, None where there is none; raise `InvalidSettings`."""
    return read_settings(root) if (root / DIRECTORY_FILE).exists() else None


def read_replica(root: Path) -> ReplicaSettings | None:
    """Return what replica.toml says, None where this folder is no replica; raise `InvalidSettings`."""
    raw = _read_toml(root / REPLICA_FILE, REPLICA_FILE)
    if raw is None:
        return None
    texts = {key: raw.get(key, "") for key in ("instance", "server")}
    tables = {key: raw.get(key, {}) for key in ("peers", "verified")}
    if not all(isinstance(text, str) and text for text in texts.values()):
        _refuse(REPLICA_FILE, "replica.toml lacks instance or server", "restore it from a backup")
    for key, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            _refuse(REPLICA_FILE, f"[{key}] in replica.toml must hold texts", 'write "Server/Org" = "location"')
    return ReplicaSettings(**texts, **tables, access=_access(raw.get("access")))


def _access(raw: object) -> dict[str, tuple[str, bool]] | None:
    if raw is None:
        return None
    levels = ("No Access", "Reader", "Author", "Editor", "Designer", "Manager")
    access = {}
    for server, entry in raw.items() if isinstance(raw, dict) else [("", None)]:
        level = entry.get("level") if isinstance(entry, dict) else entry
        delete = entry.get("delete", False) if isinstance(entry, dict) else False
        if level not in levels or not isinstance(delete, bool):
            hint = '"Server/Org" = { level = "Editor", delete = true }; levels: ' + ", ".join(levels)
            _refuse(REPLICA_FILE, f"[access] in replica.toml: {server!r} has no known level", hint)
        access[server] = (str(level), delete)
    return access


def settings_text(settings: Settings) -> str:
    """Return directory.toml for these settings."""
    import tomlkit

    return tomlkit.dumps(settings._asdict())


def replica_text(replica: ReplicaSettings) -> str:
    """Return replica.toml for these settings."""
    import tomlkit

    content: dict[str, Any] = {"instance": replica.instance, "server": replica.server}
    content.update({key: getattr(replica, key) for key in ("peers", "verified") if getattr(replica, key)})
    if replica.access is not None:
        content["access"] = {
            server: {"level": level, "delete": delete} for server, (level, delete) in replica.access.items()
        }
    return tomlkit.dumps(content)


def new_id() -> str:
    """Return a new random id of 32 hex digits."""
    return os.urandom(16).hex()


def _read_toml(path: Path, shown: str) -> dict[str, Any] | None:
    import tomli

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=shown, reason=error.strerror, file=shown) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise errors.InvalidSettings(reason=f"{shown} is no regular file", file=shown)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(1 << 20)
    try:
        return tomli.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise errors.InvalidSettings(reason=f"{shown}: {error}", file=shown) from error


def _refuse(file: str, reason: str, hint: str) -> None:
    raise errors.InvalidSettings(reason=reason, hint=hint, file=file)
