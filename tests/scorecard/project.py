"""A small repository with a standard of its own, and run folders made by hand as a run would leave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stdspec.evidence import Record
from stdspec.run import records, seal

STANDARD = """\
standard: acme/x
version: {version}
owner: {{name: Office, approver: head}}
goal: Results that hold
clauses:
  AX1:
    says: {{en: The seed is set, zh: 已设定随机种子}}
    level: must
    from: research
    require:
      spec.seed: {{at_least: {least}}}
    house: Else nothing repeats.
    remedy: Set seed.
    tests:
      pass: [{{spec.seed: 9}}]
      fail: [{{}}]
  AX2:
    says: {{en: The loss is finite}}
    level: must
    from: research
    valid_for: 30d
    require:
      run.training.loss_finite: {{is: true}}
    house: Else nothing was learnt.
    remedy: Lower the rate.
    tests:
      pass: [{{run.training.loss_finite: true}}]
      fail: [{{run.training.loss_finite: false}}]
  AX3:
    says: {{en: A description is there}}
    level: should
    from: candidate
    require:
      spec.description: {{exists: true}}
    remedy: Write description.
    tests:
      pass: [{{spec.description: x}}]
      fail: [{{}}]
"""


def standard(root: Path, version: str = "1.0.0", least: int = 0) -> None:
    (root / "standards").mkdir(exist_ok=True)
    (root / "standards" / "x.yaml").write_text(STANDARD.format(version=version, least=least), encoding="utf-8")


def spec(root: Path, name: str, **keys: Any) -> Path:
    said = {"stdspec": "1", "name": name, "stage": "research", "standards": ["acme/x@1"], **keys}
    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in said.items() if value is not ...)
    file = root / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def run(root: Path, digest: str, *, finite: bool, day: str, made: str | None = None, of: str = "a") -> Path:
    """A run folder of the spec of a digest; its evidence was made on a day, which is that of the run by default."""
    folder = root / "outputs" / of / f"{day}-{len(list(root.glob('outputs/*/*')))}"
    folder.mkdir(parents=True)
    records.write([Record("run.training.loss_finite", finite, node="train", spec=digest)], folder / seal.RECORDS)
    report = {
        "name": of,
        "stage": "research",
        "summary": {"outcome": "supported"},
        "spec_digest": digest,
        "judged_on": day,
        **({"recorded": {"train": made}} if made else {}),
    }
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "plan.json").write_text("{}")
    (folder / "spec.yaml").write_text("")
    (folder / "log.txt").write_text(f"{day}T12:00:00Z - plan\n")
    seal.write(folder)
    return folder
