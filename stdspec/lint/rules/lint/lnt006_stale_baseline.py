"""LNT006: the baseline knows of findings that are mended."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="LNT006",
    summary="The baseline knows of findings that are mended",
    why=(
        "What the baseline knows and nobody finds would let the next fault of its kind pass. `stdspec lint "
        "--write-baseline` with the paths that it was written for takes out what is mended; it adds nothing. "
        "It is only said when all of these paths are linted."
    ),
    found_by=("stdspec.lint.baseline:_stale",),
    good=(
        FormCase(
            {
                "conf/config.yaml": "code: 012\n",
                "stdspec-baseline.json": """\
{
  "version": 1,
  "paths": ["conf"],
  "entries": [
    {"code": "YML009", "file": "conf/config.yaml", "path": "code", "value": "536549599ec6", "count": 1}
  ]
}
""",
            }
        ),
        FormCase({"conf/config.yaml": "code: 12\n"}),
    ),
    bad=(
        FormCase(
            {
                "conf/config.yaml": "code: 12\n",
                "stdspec-baseline.json": """\
{
  "version": 1,
  "paths": ["conf"],
  "entries": [
    {"code": "YML009", "file": "conf/config.yaml", "path": "code", "value": "536549599ec6", "count": 1}
  ]
}
""",
            },
            "stdspec-baseline.json:5:5",
            "1 known finding is found no more; take out what is mended with --write-baseline",
        ),
        FormCase(
            {
                "conf/config.yaml": "code: 012\n",
                "stdspec-baseline.json": """\
{
  "version": 1,
  "paths": ["conf"],
  "entries": [
    {"code": "YML009", "file": "conf/config.yaml", "path": "code", "value": "536549599ec6", "count": 3}
  ]
}
""",
            },
            "stdspec-baseline.json:5:5",
            "2 known findings are found no more; take out what is mended with --write-baseline",
        ),
    ),
    severity=Severity.WARNING,
)
