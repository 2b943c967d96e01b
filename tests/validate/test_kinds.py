"""A kind written by hand over another kind's values: the other's values would stay behind, so it is one finding."""

from __future__ import annotations

from stdspec.finding import COMMAND_LINE
from stdspec.validate import check

from .cases import Compose, shipped

TOP = "defaults: [stdspec/base, data: breast_cancer, model: mlp, _self_]\n"


def test_an_option_that_is_chosen_is_no_fault() -> None:
    assert check(shipped("training/optimizer=sgd")) == []


def test_a_kind_over_an_option_names_the_option_to_choose(write: Compose) -> None:
    found = check(write(TOP + "training: {optimizer: {kind: sgd}}"))
    assert [(item.code, item.slug, item.path, item.message) for item in found] == [
        (
            *("SPC008", "kind-mismatch", "training.optimizer.kind"),
            (
                "kind 'sgd' is written over the values of kind 'adamw'; choose the option instead:"
                " override /training/optimizer: sgd"
            ),
        )
    ]
    assert found[0].span is not None
    assert (found[0].span.line, found[0].span.column) == (2, 30)
    assert [item.message for item in found[0].related] == ["the values of training/optimizer: adamw stand here"]
    assert found[0].related[0].span.file.endswith("adamw.yaml")


def test_it_is_found_where_both_kinds_have_the_same_keys(write: Compose) -> None:
    found = check(write(TOP + "training: {optimizer: {kind: adam, lr: 0.1}}"))
    assert [item.code for item in found] == ["SPC008"]


def test_on_the_command_line_the_remedy_is_an_override() -> None:
    found = check(shipped("model.kind=cnn"))
    assert [(item.code, item.span and item.span.file) for item in found] == [("SPC008", COMMAND_LINE)]
    assert found[0].message.endswith("choose the option instead: model=cnn")


def test_training_none_by_hand(write: Compose) -> None:
    found = check(write(TOP + "training: {kind: none}"))
    assert [(item.code, item.path) for item in found] == [("SPC008", "training.kind")]
    assert "over the values of the option training: default" in found[0].message
    assert found[0].message.endswith("override /training: none")


def test_a_source_without_an_option_of_its_name(write: Compose) -> None:
    top = "defaults: [stdspec/base, data: csv, model: mlp, _self_]\n"
    found = check(write(top + "data: {source: {kind: parquet, path: a.parquet}, target: {column: y}}"))
    assert [(item.code, item.path) for item in found] == [("SPC008", "data.source.kind")]
    assert found[0].message.endswith("choose the option instead: data: …")


def test_a_misspelt_kind_is_an_unknown_kind_only(write: Compose) -> None:
    found = check(write(TOP + "training: {optimizer: {kind: sdg}}"))
    assert [(item.code, item.message) for item in found] == [("SPC007", "unknown kind 'sdg'; did you mean 'sgd'?")]


def test_own_code_over_an_option(write: Compose) -> None:
    found = check(write(TOP + "model: {_target_: acme.nets.Net}"))
    assert [(item.code, item.path, item.message) for item in found] == [
        (
            *("SPC008", "model._target_"),
            "own code is written over the values of the option model: mlp; take the option out of the defaults list",
        )
    ]


def test_a_loss_that_leaves_nothing_behind_is_no_fault(write: Compose) -> None:
    text = "defaults: [stdspec/base, data: diabetes, model: mlp, override /training: regression, _self_]\n"
    assert check(write(text + "training: {loss: {kind: huber, delta: 2}}")) == []


def test_a_spec_in_one_file_may_write_any_kind(write: Compose) -> None:
    found = check(write(TOP + "evaluation: {shifts: {dim: {kind: scale, severity: -0.5}}}"))
    assert found == []
