"""A way to compose a file that a test writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec.compose import Composed, compose_with_origins
from stdspec.settings import Settings

from .cases import Compose


@pytest.fixture
def write(tmp_path: Path) -> Compose:
    """Compose a primary of this text, with overrides, the shipped options behind it."""

    def compose(text: str, *overrides: str) -> Composed:
        (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
        return compose_with_origins(str(tmp_path), "config", overrides, settings=Settings(root=tmp_path))

    return compose
