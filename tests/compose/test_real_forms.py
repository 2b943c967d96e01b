"""Forms met in the config trees of public projects, each compared with the installed Hydra."""

import pytest

from stdspec.compose import ComposeError, compose

from .trees import disagreement, write

CALLS = {
    "config": """
        home: ${oc.env:HOME}
        same: ${home}
        kept: ${oc.select:none.such,null}
        chosen: ${oc.select:base,null}
        list: ${oc.decode:'[1]'}
        base: {x: 1}
        open: ???
        to_open: ${open}
        items: [{a: '${open}'}]
    """
}


@pytest.mark.parametrize(
    "text",
    [
        "~kept",
        "~home",
        "~same",
        "~same=${oc.env:HOME}",
        "~chosen.x",
        "+kept=1",
        "+home=1",
        "+same=1",
        "+same.x=1",
        "+chosen.x=2",
        "+chosen.y=2",
        "+list.new=1",
        "+list.0=1",
        "+to_open={a: 1}",
        "+items.0.a={x: 1}",
    ],
)
def test_an_override_that_meets_a_resolver(tmp_path, text):
    write(tmp_path, CALLS)
    assert disagreement(tmp_path, "config", [text]) is None


SETTINGS = ["hydra.verbose=true", "hydra/launcher=basic", "hydra.searchpath=[]", "+hydra.callbacks.x={_target_: y}"]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("bad", ["seed=3", "+a=1", "~none", "+list.new=1"])
def test_a_refusal_is_not_that_of_another_composition_with_the_same_settings(tmp_path, setting, bad):
    write(tmp_path, {"config": "a: 1\nlist: [1]"})
    for overrides in ([setting, bad], [setting], [bad]):
        assert disagreement(tmp_path, "config", overrides) is None


def test_a_setting_is_judged_for_the_launcher_that_is_chosen(tmp_path):
    write(
        tmp_path,
        {
            "with": "defaults: [override hydra/launcher: own]",
            "without": "a: 1",
            "hydra/launcher/own": "_target_: x\nslots: 1",
        },
    )
    for name in ("with", "without", "with"):
        assert disagreement(tmp_path, name, ["hydra.launcher.slots=2"]) is None


def test_a_bad_setting_is_said_to_be_one(tmp_path):
    write(tmp_path, {"config": "a: 1"})
    with pytest.raises(ComposeError, match="see the keys of hydra"):
        compose(str(tmp_path), "config", ["hydra.nothing=1"])


def test_a_file_of_the_project_that_sets_hydra_up_is_judged_by_hydra(tmp_path):
    write(
        tmp_path,
        {
            "good": "defaults: [override hydra/help: own]",
            "bad": "defaults: [override hydra/help: misspelt]",
            "hydra/help/own": "app_name: x",
            "hydra/help/misspelt": "app_nam: x",
            "hydra/launcher/own": "slots: 1",
        },
    )
    for name in ("good", "bad", "hydra/help/own", "hydra/launcher/own"):
        assert disagreement(tmp_path, name, []) is None
