"""Every code that says it can be mended is mended in its own examples; nothing else changes, and once is enough."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from stdspec import resources
from stdspec.compose import compose_with_origins
from stdspec.errors import ComposeError
from stdspec.finding import Finding
from stdspec.lint import catalog
from stdspec.lint.aside import Choice
from stdspec.lint.engine import lint
from stdspec.lint.fix import Mended, fixable, mend
from stdspec.lint.form import FormCase
from stdspec.lint.project import ProjectCase
from stdspec.settings import Settings
from stdspec.source.reader import read

BASE = "defaults: [stdspec/base, data: digits, model: mlp, _self_]\n"
FILES = [*catalog.forms(), *catalog.project_modules()]


def _bad(code: str) -> tuple[FormCase | ProjectCase, ...]:
    return catalog.load_form(code).bad if code in catalog.forms() else catalog.load_project(code).bad


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in {"stdspec.toml": "", **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)


def take(found: Mended) -> None:
    for change in found.changes:
        Path(change.path).write_bytes(change.after)


def of(code: str, findings: tuple[Finding, ...]) -> list[Finding]:
    return [item for item in findings if item.code == code]


@pytest.mark.parametrize("code", FILES)
def test_a_code_is_mended_in_its_own_examples_as_its_file_says(code: str, tmp_path: Path) -> None:
    mended = 0
    for number, case in enumerate(_bad(code)):
        if getattr(case, "links", None) or getattr(case, "locked", None):
            continue
        root = tmp_path / str(number)
        write(root, case.files)
        settings = Settings(root=root, packages=getattr(case, "packages", ()))
        found = mend([str(root)], settings, unsafe=fixable(code) == "unsafe")
        has_edit = [item for item in of(code, found.before.findings) if item.fix]
        if fixable(code) == "no":
            assert has_edit == []
            continue
        mended += len(has_edit)
        assert len(of(code, found.report.findings)) == len(of(code, found.before.findings)) - len(has_edit)
        take(found)
        assert lint([str(root)], settings).findings == found.report.findings
        assert mend([str(root)], settings, unsafe=fixable(code) == "unsafe").changes == ()
    assert (mended > 0) == (fixable(code) != "no")


MODEL = "model: mlp, "
MISSPELT = {
    "SPC010": (
        MODEL,
        "evaluation: {metrics: {f1: {}}, shifts: {noise: {kind: scale, severity: 0.1, floor: {f2: 0.8}}}}\n",
        "{f1: 0.8}",
    ),
    "TRN007": (
        MODEL,
        "training: {checkpoint: {monitor: validation/acuracy, mode: max}}\n",
        "validation/accuracy",
    ),
    "GOV007": (
        MODEL,
        """\
evaluation: {metrics: {recall: {}}}
data: {columns: {sex: {type: int64, role: sensitive}}}
governance: {fairness: {groups: [sex], metric: recal, as: ratio, tolerance: 0.8}}
""",
        "metric: recall,",
    ),
    "CMP002": (MODEL, "compute: {shape: loacl}\n", "local"),
    "HYD011": ("", "model: {_target_: acme.Nat, width: 3}\n", "acme.Net"),
    "HYD012": ("", "model: {_target_: acme.Net, widht: 3}\n", "width: 3"),
}
"""A code of a rule, the model that is selected, a part of a spec with a misspelt word, and what has to be written."""


@pytest.mark.parametrize("code", MISSPELT)
def test_a_word_that_a_rule_suggests_is_written_when_it_is_asked_for_twice(code: str, tmp_path: Path) -> None:
    model, part, written = MISSPELT[code]
    first = f"defaults: [stdspec/base, data: digits, {model}_self_]\n"
    write(
        tmp_path,
        {
            "conf/config.yaml": f"{first}standards: [stdspec/base@1]\nstage: release\n{part}",
            "acme.py": "class Net:\n    def __init__(self, width: int = 1) -> None: ...\n",
            "stdspec.toml": 'allow-targets = ["acme"]\n',
        },
    )
    path = str(tmp_path / "conf")
    assert of(code, lint([path]).findings)
    assert mend([path]).changes == ()
    found = mend([path], unsafe=True)
    (change,) = found.changes
    assert written in change.after.decode()
    assert of(code, found.report.findings) == []


def composed(root: Path) -> object:
    try:
        settings = Settings(root=root)
        return compose_with_origins(str(root / "conf"), "config", (), settings=settings, append_shipped=False).value
    except ComposeError:
        return "refused"


@pytest.mark.parametrize("code", ["YML009", "HYD020", "HYD021"])
def test_what_is_only_written_out_composes_to_the_same(code: str, tmp_path: Path) -> None:
    for number, case in enumerate(_bad(code)):
        root = tmp_path / str(number)
        write(root, case.files)
        before = composed(root)
        take(mend([str(root)], Settings(root=root)))
        assert composed(root) == before != "refused"


MENDED = {
    "a list in brackets": ("defaults: [ db: a ]  # c\r\ndb: {x: 2}", "defaults: [ db: a, _self_ ]  # c\r\ndb: {x: 2}"),
    "a list in lines": (
        "defaults:\r\n  - db: a  # c\r\n  - override hydra/job_logging: none\r\na: 1",
        "defaults:\r\n  - db: a  # c\r\n  - _self_\r\n  - override hydra/job_logging: none\r\na: 1",
    ),
    "moved with its comment": (
        "defaults:\n- override db: b # why\n# before\n- db: a  # after\n",
        "defaults:\n# before\n- db: a  # after\n- override db: b # why\n",
    ),
    "moved to the end of a file without a last line end": (
        "defaults:\n- override db: b\n- db: a\n-   log: a",
        "defaults:\n- db: a\n-   log: a\n- override db: b",
    ),
    "several moved in their order": (
        "defaults:\n- override db: b\n- override log: a\n- db: a\n- log: b\nz: 1\n",
        "defaults:\n- db: a\n- log: b\n- _self_\n- override db: b\n- override log: a\nz: 1\n",
    ),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_defaults_list_keeps_its_form(name: str, tmp_path: Path) -> None:
    before, after = MENDED[name]
    options = {f"conf/{group}/{option}.yaml": "x: 1\n" for group in ("db", "log") for option in "ab"}
    write(tmp_path, {**options, "conf/config.yaml": before})
    found = mend([str(tmp_path)], Settings(root=tmp_path))
    assert {change.path: change.after.decode() for change in found.changes} == {
        os.path.realpath(tmp_path / "conf/config.yaml"): after
    }


MANY = """\
# A dozen faults.\t
defaults: [stdspec/base, data: digits, model: mlp, _self_]
nmae: "digits"   # one
seed: '3'
trainng:
  epochs: "5"    # hidden by the misspelt key above it
  optimzer: {knd: adamw}
evaluation: {metrics: {acuracy: {at_least: 0.9}}}
compute: {limits: {memory: 4 GiB, tme: 10 min}, accelerator: cup}
deployment: {retire_on: 2027/5/1}
"""
WHOLE = """\
# A dozen faults.\t
defaults: [stdspec/base, data: digits, model: mlp, _self_]
name: "digits"   # one
seed: 3
training:
  epochs: 5    # hidden by the misspelt key above it
  optimizer: {kind: adamw}
evaluation: {metrics: {accuracy: {at_least: 0.9}}}
compute: {limits: {memory: 4GiB, time: 10min}, accelerator: cpu}
deployment: {retire_on: 2027-05-01}
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_many_faults_are_mended_round_by_round_and_every_other_byte_stays(
    ending: str, mark: str, tmp_path: Path
) -> None:
    text = (mark + MANY).replace("\n", ending).removesuffix(ending)
    write(tmp_path, {"conf/config.yaml": text})
    found = mend([str(tmp_path / "conf")], unsafe=True)
    (change,) = found.changes
    assert change.after.decode() == (mark + WHOLE).replace("\n", ending).removesuffix(ending)
    assert found.report.findings == ()
    assert found.count == 12


def test_only_certain_edits_are_made_unless_asked_for_twice(tmp_path: Path) -> None:
    write(tmp_path, {"conf/config.yaml": f"{BASE}seed: '3'\nnmae: x\n"})
    found = mend([str(tmp_path / "conf")])
    assert found.changes[0].after.decode() == f"{BASE}seed: 3\nnmae: x\n"
    assert (found.count, found.more, [item.code for item in found.report.findings]) == (1, 1, ["SPC001"])


def test_a_name_that_would_stand_twice_is_not_written(tmp_path: Path) -> None:
    write(tmp_path, {"conf/config.yaml": f"{BASE}nmae: x\nname: digits\n"})
    assert mend([str(tmp_path / "conf")], unsafe=True).changes == ()


def test_a_file_outside_the_project_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / "inside", {"conf/config.yaml": BASE})
    outside = tmp_path / "outside.yaml"
    outside.write_text("epoch: 5\nx: off\n", encoding="utf-8")
    (tmp_path / "inside/conf/training").mkdir()
    (tmp_path / "inside/conf/training/mine.yaml").symlink_to(outside)
    assert mend([str(tmp_path / "inside")], unsafe=True).changes == ()


def test_a_link_within_the_project_leads_to_the_file_that_is_mended_once(tmp_path: Path) -> None:
    write(tmp_path, {"conf/config.yaml": BASE, "conf/training/mine.yaml": "epoch: 5\n"})
    (tmp_path / "conf/training/again.yaml").symlink_to("mine.yaml")
    (change,) = mend([str(tmp_path)], unsafe=True).changes
    assert (Path(change.path).name, change.after) == ("mine.yaml", b"epochs: 5\n")


def test_what_ships_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"conf/config.yaml": f"{BASE}seed: '3'\n"})
    monkeypatch.setattr(resources, "conf", lambda: tmp_path / "conf")
    assert mend([str(tmp_path / "conf")], unsafe=True).changes == ()


def test_a_value_that_an_alias_or_an_interpolation_brought_has_no_edit(tmp_path: Path) -> None:
    text = f"{BASE}name: &n digits\ntraining: {{task: '${{version}}', epochs: &e '5'}}\nversion: classificaton\n"
    write(tmp_path, {"conf/config.yaml": text})
    assert mend([str(tmp_path / "conf")], unsafe=True).changes == ()


def test_a_path_is_mended_when_it_is_given_relative_and_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"conf/config.yaml": BASE, "conf/training/mine.yaml": "epoch: 5"})
    monkeypatch.chdir(tmp_path)
    (change,) = mend(["conf/training/mine.yaml"], unsafe=True).changes
    assert change.after == b"epochs: 5"


HOSTILE: dict[str, bytes] = {
    "no UTF-8": b"a: off\nb: \xff\n",
    "a control character": b"a: off\n\tb: \x07\n",
    "a tab and no YAML": b"a:\n\tb: [1\n",
    "every line end": "\ufeffa: off\r\nb: no\rc: yes\u2028d: on\x85e: off".encode(),
    "marks between": "a: \ufeffoff\nb: [\ufeffoff, off]\n".encode(),
    "a bomb": b"a: &a [off, off]\nb: &b [" + b"*a, " * 40 + b"]\nc: [" + b"*b, " * 5000 + b"]\n",
    "ten thousand faults": b"".join(b"k%d: off\n" % number for number in range(10_000)),
    "a second document": b"a: off\n---\nb: off\n",
    "quotes": b"defaults: [db: a]\n'on': 'x'\n\"off\": {?on : 1}\non: off\n",
    "nothing": b"",
    "only a tab": b"\t",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_mended_only_to_what_reads_as_well(name: str, tmp_path: Path) -> None:
    write(tmp_path, {"conf/config.yaml": HOSTILE[name]})
    settings = Settings(root=tmp_path)
    found = mend([str(tmp_path)], settings, unsafe=True)
    before, after = found.before.findings, found.report.findings
    assert len(after) <= len(before)
    for change in found.changes:
        old, new = (read(change.path, data) for data in (change.before, change.after))
        assert new.readable or not old.readable
        assert new.value == old.value
    take(found)
    assert mend([str(tmp_path)], settings, unsafe=True).changes == ()


def test_what_a_comment_a_setting_or_the_command_line_sets_aside_is_not_mended(tmp_path: Path) -> None:
    text = f"{BASE}seed: '3'  # stdspec: ignore[SPC002] a test of it\nnmae: x\n"
    write(tmp_path, {"conf/config.yaml": text})
    path = str(tmp_path / "conf")
    assert mend([path], choice=Choice(ignore=("SPC001",)), unsafe=True).changes == ()
    (change,) = mend([path], unsafe=True).changes
    assert change.after.decode() == text.replace("nmae", "name")
