"""A composed config of another project read as a spec: values, words, origins, and what a run alone can tell."""

from __future__ import annotations

from typing import Any

from stdspec.compose.mapped import mapped, without
from stdspec.compose.model import Composed
from stdspec.compose.reach import Reach
from stdspec.finding import Span
from stdspec.mapping import Line
from stdspec.paths import split_dotted
from tests.lint.specs import FILE, spec

TOML = "/project/stdspec.toml"


def _mapped(text: str, *lines: Line) -> Composed:
    places = {line.path: Span(TOML, number, 1, number, 5) for number, line in enumerate(lines, 2)}
    return mapped(spec(text), lines, places, Reach(frozenset(split_dotted(line.path) for line in lines)))


def _reach(*paths: str, **lost: str) -> Reach:
    return Reach(frozenset(map(split_dotted, paths)), {split_dotted(path): why for path, why in lost.items()})


def test_a_value_goes_where_the_language_has_it_and_keeps_its_place() -> None:
    found = _mapped("model:\n  optimizer: {lr: 0.1}\n", Line("training.optimizer.lr", "model.optimizer.lr"))
    assert found.resolved == {"training": {"optimizer": {"lr": 0.1}}}
    assert found.span(("training", "optimizer", "lr")) == Span(FILE, 2, 19, 2, 22)


def test_a_table_brings_what_stands_in_it_and_a_longer_line_goes_over_it() -> None:
    text = "opt: {name: Adam, lr: 0.1}\nkind: adam\n"
    found = _mapped(text, Line("training.optimizer", "opt"), Line("training.optimizer.kind", "kind"))
    assert found.resolved == {"training": {"optimizer": {"name": "Adam", "lr": 0.1, "kind": "adam"}}}
    assert found.span(("training", "optimizer", "lr")) == Span(FILE, 1, 23, 1, 26)
    assert found.span(("training", "optimizer", "kind")) == Span(FILE, 2, 7, 2, 11)


def test_words_stand_for_texts_numbers_and_truth() -> None:
    def said(written: str, words: dict[str, Any]) -> Any:
        return _mapped(f"x: {written}\n", Line("a", "x", words=tuple(words.items()))).resolved["a"]

    assert said("torch.optim.Adam", {"torch.optim.Adam": "adam"}) == "adam"
    assert said("false", {"true": "exact", "false": "off"}) == "off"
    assert said("16", {"16": "16-mixed"}) == "16-mixed"
    assert said("null", {"null": 7}) == 7
    assert said("SGD", {"Adam": "adam"}) == "SGD"


def test_a_value_of_the_map_stands_in_the_settings_file() -> None:
    found = _mapped("x: 1\n", Line("stage", value="candidate"), Line("model.base"))
    assert found.resolved == {"stage": "candidate", "model": {"base": None}}
    assert found.span(("stage",)) == Span(TOML, 2, 1, 2, 5)


def test_what_a_run_alone_can_tell_is_lost_and_not_judged() -> None:
    text = 'a: ???\nb: "${oc.env:HOME}/data"\nc: {d: 1, e: "${hydra.job.num}"}\nf: [1, "${now:%Y}"]\n'
    found = _mapped(text, Line("seed", "a"), Line("name", "b"), Line("data", "c"), Line("standards", "f"))
    assert found.resolved == {"data": {"d": 1}}
    assert found.reach is not None
    assert found.reach.silence(("seed",)) == "seed is left to the run"
    assert found.reach.silence(("data", "e")) == "data.e is left to the run"
    assert found.reach.silence(("data", "d")) is None


def test_what_is_missing_is_shown_at_the_table_around_it() -> None:
    found = _mapped("name: x\ntrainer: {devices: 1}\n", Line("compute.precision", "trainer.precision"))
    assert found.resolved == {}
    assert found.span(("compute", "precision")) == Span(FILE, 2, 1, 2, 8)


def test_values_without_a_form_are_taken_out() -> None:
    found = without(_mapped("a: x\nb: null\n", Line("seed", "a"), Line("name", "b")), [("name",)], {("seed",): "why"})
    assert found.resolved == {}
    assert found.reach is not None
    assert found.reach.silence(("seed",)) == "why"
    assert found.reach.covers(("name",))


def test_a_line_reaches_all_below_it_and_a_part_of_what_is_above() -> None:
    reach = _reach("data.columns", "training.optimizer.lr")
    assert reach.covers(("data", "columns", "age", "type"))
    assert reach.doubt(("data", "columns", "age")) is None
    assert reach.silence(("training", "optimizer")) is None
    assert reach.doubt(("training", "optimizer")) == "the map reaches only a part of training.optimizer"
    assert reach.silence(("training", "loss")) == "the map does not reach training.loss"
    assert reach.silence(("data", "column")) == "the map does not reach data.column"
    assert reach.doubt(()) == "the map reaches only a part of the spec"
