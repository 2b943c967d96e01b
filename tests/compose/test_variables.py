"""References to environment variables: kept as written, filled in on demand, blotted out of logs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdspec.compose import variables
from stdspec.compose.interpolation import GrammarError, check
from stdspec.compose.resolve import Resolver
from stdspec.errors import RunError


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    monkeypatch.delenv("UNSET", raising=False)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${oc.env:TOKEN}", "hunter2"),
        ("a/${oc.env:TOKEN}/${oc.env:TOKEN}", "a/hunter2/hunter2"),
        ("${oc.env:UNSET,'a b'}", "a b"),
        ("${oc.env:UNSET,null}", None),
        ("${oc.env:TOKEN,else}", "hunter2"),
        ("plain ${a.b}", "plain ${a.b}"),
        (r"\${oc.env:TOKEN}", "${oc.env:TOKEN}"),
    ],
)
def test_values_are_filled_in(text: str, filled: str | None) -> None:
    assert variables.fill({"x": [text]}, {"TOKEN", "UNSET"}) == {"x": [filled]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${oc.env:UNSET}", "the environment variable UNSET is not set"),
        ("${oc.env:HOME}", "the environment variable HOME is not allowed"),
        ("${oc.env:TOKEN} ${a.b}", "this reference cannot be filled in"),
    ],
)
def test_what_cannot_be_filled_in_is_said_with_its_place(text: str, words: str) -> None:
    with pytest.raises(RunError, match=words) as caught:
        variables.fill({"model": {"token": text}}, {"TOKEN", "UNSET"})
    assert caught.value.place == "model.token"


@given(st.lists(st.sampled_from(["\\", "$", "{", "a", "${oc.env:TOKEN}", "${name}", r"\${", "}"]), max_size=8))
def test_what_stands_beside_a_variable_is_given_back(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        check(text)
    except GrammarError:
        return  # composing refuses it before
    root = {"name": r"x\${y}\\", "model": {"_target_": "a.B", "arg": text}}
    resolver = Resolver(root, {"TOKEN"})
    kept = resolver.all()["model"]["arg"]
    if resolver.problems:
        return
    from omegaconf import OmegaConf

    wanted = OmegaConf.to_container(OmegaConf.create(root), resolve=True)["model"]["arg"]  # type: ignore[index, call-overload]
    assert variables.fill(kept, {"TOKEN"}) == wanted
    assert "hunter2" not in kept


def test_values_are_taken_out_of_a_text() -> None:
    assert variables.hide("the key hunter2 is wrong", {"TOKEN"}) == "the key ${oc.env:TOKEN} is wrong"
    assert variables.hide("nothing", {"TOKEN", "UNSET"}) == "nothing"


def test_names_are_those_that_are_referred_to() -> None:
    assert variables.names({"a": ["${oc.env:TOKEN}-${oc.env:UNSET,x}"], "b": r"\${oc.env:HOME}"}) == {"TOKEN", "UNSET"}
