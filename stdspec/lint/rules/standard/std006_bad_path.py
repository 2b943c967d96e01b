"""STD006: a requirement reads a path that no spec and no run has."""

from __future__ import annotations

from stdspec.lint.form import Form, FormCase

FORM = Form(
    code="STD006",
    summary="A requirement reads a path that no spec and no run has",
    why=(
        "What is never there gives the same verdict for every spec. Paths begin with `spec.` and a key of the"
        " language, or with `run.` and a part of the evidence."
    ),
    found_by=("stdspec.standard.requirement:problems", "stdspec.standard.document:_fragments"),
    good=(
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            }
        ),
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {run.evaluation.gate: {is: true}}
    remedy: Write data.license.
    tests: {pass: [{run.evaluation.gate: true}], fail: [{}]}
"""
            }
        ),
    ),
    bad=(
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {data.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:10:15",
            "'data.license' is no path of a spec or a run; begin it with 'spec.' or 'run.'",
        ),
        FormCase(
            {
                "standards/parts.yaml": """\
standard: acme/parts
version: 1.0.0
owner: {name: Quality, approver: head-of-quality}
goal: Traceable parts
clauses:
  ACME-01:
    says: {en: The licence is stated}
    level: should
    from: research
    require: {spec.dataset.license: {exists: true}}
    remedy: Write data.license.
    tests: {pass: [{spec.data.license: MIT}], fail: [{}]}
"""
            },
            "standards/parts.yaml:10:15",
            (
                "'spec.dataset.license' is a path that no spec has; after 'spec.' comes one of compute, data, "
                "deployment, description, evaluation, governance, industry, model, monitoring, name, owner, seed, "
                "stage, standards, stdspec, training, version"
            ),
        ),
    ),
)
