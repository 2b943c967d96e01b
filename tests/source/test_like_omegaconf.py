"""The reader and OmegaConf's own loader give the same values, types included."""

import io
import math

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from stdspec.source.reader import read


def omegaconf(text: str):
    return OmegaConf.to_container(OmegaConf.load(io.StringIO(text)), resolve=False)


def same(one, other) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


SCALARS = """
1e-3 1E5 1.e3 .5 5. +.5 -.5e+3 .5e3 1_0.5 1_0e5 0b101 0o17 0x1F 012 089 0_7 -012 1:30 1:30.5 12:30:45 1:99
yes Yes YES yEs no on Off y n True TRUE tRUE null Null NULL ~ nil None 2026-01-01 2026-01-01T00:00:00Z
.inf -.Inf +.INF .nan .NaN -.nan inf nan 1__0 1_ _1 +1 -0 00 0 0.0 -0.0 1e 1e+ e5 0x 0xG << = a=b 1,2 1.2.3 --1 +-1
-1 . .. ... -
"""


@pytest.mark.parametrize("text", SCALARS.split())
def test_scalar(text):
    source = f"a: {text}\n"
    document = read("/x.yaml", source.encode())
    try:
        expected = omegaconf(source)
    except (yaml.YAMLError, ValueError, OmegaConfBaseException):
        expected = None
    assert document.readable == (expected is not None)
    assert expected is None or same(document.value, expected), (document.value, expected)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789abefnotxyINF.+-_:eE~", min_size=1, max_size=9))
@example("0b_")
@example("0x_")
def test_any_short_scalar(text):
    test_scalar(text)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10_000, 10_000)
    | st.floats(allow_nan=False)
    | st.text("ab: #'\"\n-é", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["x", "y", "z"]), PLAIN, max_size=3))
def test_any_document(value):
    source = OmegaConf.to_yaml(OmegaConf.create(value))
    assert same(read("/x.yaml", source.encode()).value, omegaconf(source))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{},&*'\"|># \n!?%@", max_size=25))
def test_no_text_makes_the_reader_raise(text):
    document = read("/x.yaml", text.encode())
    assert document.readable or document.findings
    for mark in document.marks.values():
        assert (mark.value.end_line, mark.value.end_column) >= (mark.value.line, mark.value.column)
