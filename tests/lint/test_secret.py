"""What one finding calls a secret stands in no other finding either."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdspec import pipeline
from stdspec.cli import formats
from stdspec.cli.formats.look import Look
from stdspec.cli.text import render
from stdspec.finding import Edit, Finding, Related, Severity, Span
from stdspec.lint.engine import lint
from stdspec.lint.secret import MASK, guarded, lines
from stdspec.pipeline import RefusedError
from stdspec.settings import load

LONG = "hunter2-is-no-word-and-goes-on-for-long"
LOOSE = """\
standard: acme/loose
version: 1.0.0
owner: {name: acme, approver: somebody}
goal: less
clauses:
  CMP011:
    says: {en: Secrets should not stand in a spec}
    slug: inline-secret
    level: should
    from: release
    rule: CMP011
    house: ours
    remedy: Take it out.
    tests:
      pass: [{}]
      fail: [{spec.compute.secrets: {TOKEN: abc}}]
"""


def finding(code: str, message: str, span: Span, *related: Related, fix: tuple[Edit, ...] = ()) -> Finding:
    return Finding(code, "x", Severity.ERROR, message, "", span, related, fix)


def test_messages_places_and_edits_lose_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"token: '{LONG}'\nother: {LONG}\npin: 4711\nold: oldpass1\n", encoding="utf-8")
    token, other = Span(str(file), 1, 8, 1, 10 + len(LONG)), Span(str(file), 2, 8, 2, 8 + len(LONG))
    old = Related("takes the place of oldpass1 from base", Span(str(file), 4, 6, 4, 14))
    found = guarded(
        [
            finding("CMP011", "token holds a secret; take it out", token, old, fix=(Edit(token, LONG),)),
            finding("HYD026", "pin holds a secret", Span(str(file), 3, 6, 3, 10)),
            finding("SPC002", f"'other' is '{LONG[:20]}…' and not 4711", other, Related(f"beats {LONG} here", token)),
            finding("SPC003", "'old' is the text oldpass1", other, fix=(Edit(other, f"{LONG}x"),)),
            finding("SPC004", "code47110 is another word", other, fix=(Edit(other, "fine"),)),
        ]
    )
    assert found[0].message == "token holds a secret; take it out"
    assert found[0].related[0].message == "takes the place of another value"
    assert found[0].fix == ()
    assert found[2].message == f"'other' is '{MASK}' and not {MASK}"
    assert found[2].related[0].message == f"beats {MASK} here"
    assert (found[3].message, found[3].fix) == (f"'old' is the text {MASK}", ())
    assert found[4].message == "code47110 is another word"
    assert found[4].fix[0].text == "fine"


def test_the_line_of_a_secret_is_shown_for_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"a: {{token: {LONG}, colour: red}}\nb: 2\n", encoding="utf-8")
    secret = finding("CMP011", "token holds a secret", Span(str(file), 1, 12, 1, 12 + len(LONG)))
    beside = finding("SPC001", "unknown key 'colour'", Span(str(file), 1, 53, 1, 59))
    below = finding("SPC001", "unknown key 'b'", Span(str(file), 2, 1, 2, 2))
    assert lines([secret, beside, below]) == {(str(file), 1)}
    text = render([secret, beside, below], color=False, width=80)
    assert "hunter2" not in text
    assert "    2 | b: 2" in text


def test_without_a_secret_nothing_is_touched() -> None:
    plain = (finding("SPC001", "unknown key 'b'", Span("/nowhere/a.yaml", 2, 1, 2, 2)),)
    assert guarded(plain) == plain
    gone = finding("CMP011", "token holds a secret", Span("/nowhere/a.yaml", 2, 1, 2, 2))
    assert guarded([gone, *plain]) == (gone, *plain)


def test_a_secret_is_said_of_a_file_that_is_only_composed(tmp_path: Path) -> None:
    (tmp_path / "stdspec.toml").touch()
    (tmp_path / "conf" / "db").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("defaults: [_self_, db: a]\n", encoding="utf-8")
    (tmp_path / "conf" / "db" / "a.yaml").write_text("main: {password: hunter2secret, x: off}\n", encoding="utf-8")
    report = lint([str(tmp_path / "conf" / "config.yaml")])
    assert [item.code for item in report.findings] == ["HYD026", "YML009"]
    for form in formats.FORMATS:
        assert "hunter2" not in formats.render(form, report, Look())


@pytest.mark.parametrize(
    "written", ["password: hunter2secret", "password: 47110815", "name: '${oc.env:A_SECRET,hunter2s}'"]
)
@pytest.mark.parametrize("chosen", ["", "standards: []\n", "standards: [acme/loose@1]\n"])
def test_no_choice_of_standards_lets_a_secret_through(tmp_path: Path, written: str, chosen: str) -> None:
    """What passes is run, and what is run is written into the run folder as it is."""
    (tmp_path / "stdspec.toml").write_text('allow-targets = ["acme"]\nallow-env = ["A_SECRET"]\n', encoding="utf-8")
    (tmp_path / "acme.py").write_text("class Net: ...\n", encoding="utf-8")
    (tmp_path / "standards").mkdir()
    (tmp_path / "standards" / "loose.yaml").write_text(LOOSE, encoding="utf-8")
    spec = tmp_path / "spec.yaml"
    text = "defaults: [stdspec/base, data: digits, _self_]\nname: leak\n"
    spec.write_text(f"{text}{chosen}model: {{_target_: acme.Net, {written}}}\n", encoding="utf-8")
    settings = load(tmp_path)
    composed = pipeline.look(str(tmp_path), "spec", [], settings)
    with pytest.raises(RefusedError) as refused:
        pipeline.gate(composed, settings)
    (found,) = (item for item in refused.value.findings if item.code == "CMP011")
    assert (found.severity, found.span and found.span.line) == (Severity.ERROR, 3 + bool(chosen))
    assert not any("STD" in item.code for item in refused.value.findings)
