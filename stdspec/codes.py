"""The codes about form and the name of each: what is found where text is read, composed and validated.

Here is the only place of a name. What a code means stands in its file under `lint/rules`; the codes of checks that are
rules themselves are not listed, for their files hold the check, too.
"""

from __future__ import annotations

from typing import Final

SLUGS: Final[dict[str, str]] = {
    "YML001": "not-yaml",
    "YML002": "tab-indent",
    "YML003": "duplicate-key",
    "YML004": "non-string-key",
    "YML005": "non-finite-number",
    "YML006": "yaml-bomb",
    "YML007": "not-utf-8",
    "YML008": "not-a-mapping",
    "YML009": "surprising-scalar",
    "YML010": "empty-file",
    "YML011": "bad-header",
    "YML012": "binary-value",
    "YML013": "unreadable-file",
    "YML014": "text-after-document",
    "YML015": "unknown-alias",
    "YML016": "repeated-anchor",
    "YML017": "unused-anchor",
    "YML018": "repeated-merge",
    "YML019": "look-alike-key",
    "YML020": "invisible-character",
    "YML021": "pasted-character",
    "YML022": "missing-space",
    "YML023": "python-literal",
    "HYD001": "missing-value",
    "HYD002": "broken-interpolation",
    "HYD003": "interpolation-cycle",
    "HYD004": "forbidden-resolver",
    "HYD005": "hydra-runs-code",
    "HYD006": "outside-project",
    "HYD007": "interpolation-bomb",
    "HYD008": "refused-composition",
    "HYD014": "unchecked-composition",
    "SPC001": "unknown-key",
    "SPC002": "wrong-type",
    "SPC003": "out-of-range",
    "SPC004": "unknown-value",
    "SPC005": "malformed-text",
    "SPC006": "missing-key",
    "SPC007": "unknown-kind",
    "SPC008": "kind-mismatch",
    "STD002": "unknown-keyword",
    "STD003": "malformed-standard",
    "STD004": "unknown-operator",
    "STD005": "bad-operand",
    "STD006": "bad-path",
    "STD007": "untested-clause",
    "STD008": "unfounded-must",
    "STD009": "unknown-rule",
    "STD010": "unknown-standard",
    "STD011": "wrong-test",
    "STD012": "clashing-clause",
    "STD013": "unsupported-schema",
    "STD014": "overdue-review",
    "STD015": "empty-clause",
}
"""Code to the name of the fault."""
