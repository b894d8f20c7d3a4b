"""A small directory on disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = 'replica_id = "11111111111111111111111111111111"\ntitle = "Acme"\ndomain = "Acme"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory that is a replica of this machine, without documents."""
    folder = tmp_path / "acme"
    (folder / ".dominocli").mkdir(parents=True)
    (folder / "directory.toml").write_text(SETTINGS)
    return folder


@pytest.fixture
def put(root: Path) -> Callable[[str, str | bytes], Path]:
    """Write one document file as a hand would."""

    def write(file: str, text: str | bytes) -> Path:
        path = root / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write
