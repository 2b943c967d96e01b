"""The command line of a point: what `stdspec run` is given, and what a user reads when it was interrupted."""

from __future__ import annotations

import pytest

from stdspec.compose.override import parse_all
from stdspec.sweep.point import quoted


@pytest.mark.parametrize(
    "folder", ["/data/sweeps/18-44-17/1", "out/1", "/with space/1", "/it's/1", "/${now}/1", "12/1"]
)
def test_a_folder_survives_the_override_grammar(folder: str) -> None:
    assert parse_all([f"hydra.run.dir={quoted(folder)}"])[0].value == folder.replace("${", "\\${")


def test_a_plain_folder_needs_no_quotes() -> None:
    assert quoted("/data/sweeps/18-44-17/1") == "/data/sweeps/18-44-17/1"
