"""Random config trees compose, or are refused, exactly as by the installed Hydra."""

import os
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stdspec.compose import ComposeError, compose_with_origins
from stdspec.settings import Settings

from .places import false_origins
from .trees import disagreement

KEYS = ["x", "y", "z", "g"]
SCALARS = ["???", "${x}", "${.y}", "${..z}", "${g.x}-${y}", "${y.x}", r"\${x}", "a", 1, 2.5, True, None]
VALUES = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)
BODIES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3)

OPTIONS = ["a", "b", "c"]
GROUP_ITEMS = st.tuples(
    st.sampled_from(["", "", "", "optional ", "override ", "override "]),
    st.sampled_from(["g", "/g", "h", "k", "/g/k", "/h"]),
    st.sampled_from(["", "", "", "@x", "@_global_", "@_here_", "@x.y", "@_global_.g", "@_group_.x"]),
    st.sampled_from([*OPTIONS * 4, None, "none_such", "${g}", "${h}", ["a", "b"]]),
).map(lambda item: {f"{item[0]}{item[1]}{item[2]}": item[3]})
ITEMS = GROUP_ITEMS | st.sampled_from(["_self_", "_self_", "other", "/g/a", "g/b@x", "k/a"])
HEADERS = st.sampled_from(["", "", "", "# @package _global_\n", "# @package x\n", "# @package _global_.g.y\n"])


def in_order(defaults):
    """One `_self_` and the overrides last: what is out of order is refused at once and shows little."""
    kept = [item for index, item in enumerate(defaults) if item != "_self_" or "_self_" not in defaults[:index]]
    return sorted(kept, key=lambda item: isinstance(item, dict) and next(iter(item)).startswith("override"))


def config(header, defaults, body) -> str:
    value = {**({"defaults": in_order(defaults)} if defaults is not None else {}), **body}
    return header + (yaml.safe_dump(value, sort_keys=False) if value else "")


FILES = st.builds(config, HEADERS, st.none() | st.lists(ITEMS, max_size=2), BODIES)
PRIMARIES = st.builds(config, st.just(""), st.lists(ITEMS, min_size=1, max_size=4), BODIES)
LEAVES = st.builds(config, HEADERS, st.none(), BODIES)
PLACES = [f"{group}/{option}" for group in ("g", "h") for option in OPTIONS] + ["g/k/a", "g/k/b", "k/a", "k/c"]
TREES = st.fixed_dictionaries(
    {"config": PRIMARIES, "other": LEAVES, **{name: FILES if name.startswith("h/") else LEAVES for name in PLACES}}
)
WORDS = """
g=a g=b h=c k=a g/k=b +g=a +h=b +k=c g@x=b +g@x=c +g@_global_=a ~g ~h=a h=[a,b]
x=1 +x=2 ++x=3 ~x x.y=1 +x.y=2 ++x.y.z=3 ~x.y g.x=5 +g.x=6 ++g.x={x:1} +g={y:[1]} x=[1,2] x={y:1} x=??? x=null
y.0=7 x='${y}' +n=${g.x} ~y ~z=1 +y.z=[${x}] z=true
"""
OVERRIDES = st.lists(st.sampled_from(WORDS.split()), max_size=2)


TREES_TRIED = int(os.environ.get("STDSPEC_TREES", "500"))
"""How many trees are tried: `make soak` tries 20,000, and others every time."""


def assert_origins(folder, overrides, version_base):
    """Every leaf of a composition stands where its origin says."""
    words = {"append_shipped": False, "settings": Settings(root=folder), "version_base": version_base}
    try:
        composed = compose_with_origins(str(folder), "config", overrides, **words)
    except ComposeError:
        return
    if all(item.code != "HYD014" for item in composed.findings):
        assert false_origins(composed)[1] == []


@settings(
    max_examples=TREES_TRIED,
    deadline=None,
    derandomize="STDSPEC_TREES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(TREES, OVERRIDES, st.sampled_from(["1.3", "1.3", "1.2", "1.1"]))
def test_random_tree(files, overrides, version_base):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for name, text in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / f"{name}.yaml").write_text(text, encoding="utf-8")
        assert disagreement(path, "config", overrides, version_base) is None, files
        assert_origins(path, overrides, version_base)
