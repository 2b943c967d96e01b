"""Whether the shipped config groups belong to a composition."""

from pathlib import Path

import pytest

from stdspec.compose.shipped import uses_shipped

from .trees import write

TREE = {
    "spec": "defaults: [stdspec/base, data: csv, _self_]\n",
    "said": 'stdspec: "1"\n',
    "absolute": "defaults: [/stdspec/base]\n",
    "through": "defaults: [group: inner]\n",
    "group/inner": "defaults: [/stdspec/base]\n",
    "own": "defaults: [model: mlp, optional group: null, _self_]\nname: stdspec/base\n",
    "listed": "defaults: [{group: [other, inner]}]\n",
    "group/other": "x: 1\n",
    "model/mlp": "defaults: [sub/leaf]\n",
    "model/sub/leaf": "x: ${unclosed\n",
    "experiment/ours": "defaults: [/stdspec/base]\n",
    "turning": "defaults: [turning]\n",
}


@pytest.mark.parametrize(
    ("name", "overrides", "expected"),
    [
        ("spec", [], True),
        ("said", [], True),
        ("absolute", [], True),
        ("through", [], True),
        ("listed", [], True),
        ("own", [], False),
        ("own", ["+experiment=ours"], True),
        ("own", ["+stdspec=base"], True),
        ("own", ["name=stdspec"], False),
        ("turning", [], False),
        ("config", [], False),
    ],
)
def test_it_is_what_the_defaults_lists_reach(tmp_path: Path, name: str, overrides: list[str], expected: bool) -> None:
    write(tmp_path, TREE)
    assert uses_shipped(str(tmp_path), name, overrides) is expected


def test_a_folder_without_a_primary_is_composed_over_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, {"model/mine": "kind: mlp\n"})
    assert uses_shipped(str(tmp_path), "config", []) is True
