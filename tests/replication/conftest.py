"""Replicas of one directory, made for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from replication_domain import Domain


@pytest.fixture
def domain(tmp_path: Path) -> Domain:
    return Domain(tmp_path)
