"""What the tests of the data nodes share."""

from pathlib import Path

import pytest

from stdspec.plan.model import Node, Plan
from stdspec.run.context import Context
from stdspec.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(root=tmp_path)


@pytest.fixture
def heard():
    """The events that a node reported."""
    return []


@pytest.fixture
def context(settings, heard):
    return Context(Plan("test", "research", {}, (), ()), settings, heard.append)


@pytest.fixture
def node():
    def make(config, kind="data"):
        return Node(kind, kind, "", {}, kind, config, {}, {})

    return make


@pytest.fixture
def csv(tmp_path):
    """Write a CSV and give its source."""

    def write(text, name="train.csv", encoding="utf-8"):
        Path(tmp_path / name).write_bytes(text.encode(encoding))
        return {"kind": "csv", "path": name}

    return write
