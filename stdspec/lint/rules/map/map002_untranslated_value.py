"""MAP002: what a map reads has no form in the language."""

from __future__ import annotations

from stdspec.finding import Severity
from stdspec.lint.form import Form, FormCase

_WORDS = 'conf = "conf"\n[map]\n"training.determinism" = {from = "trainer.deterministic", words = {true = "exact"}}\n'

FORM = Form(
    code="MAP002",
    summary="What a map reads has no form in the language",
    why=(
        "A config of another project may say it in its own way, and that is no fault of it. No clause judges such a "
        "value: it counts as not said. Give the word that the language has for it in `words` of the map's line."
    ),
    found_by=("stdspec.lint.mapped:_untranslated",),
    good=(
        FormCase({"stdspec.toml": _WORDS, "conf/config.yaml": "trainer:\n  deterministic: true\n"}),
        FormCase({"stdspec.toml": 'conf = "conf"\n[map]\nseed = "seed"\n', "conf/config.yaml": "seed: null\n"}),
    ),
    bad=(
        FormCase(
            {"stdspec.toml": _WORDS, "conf/config.yaml": "trainer:\n  deterministic: false\n"},
            "conf/config.yaml:2:18",
            "'training.determinism' is false and must be one of exact, tolerance or off; give it a word in the map, or "
            "it is not judged",
        ),
        FormCase(
            {"stdspec.toml": 'conf = "conf"\n[map]\nseed = "seed"\n', "conf/config.yaml": "seed: today\n"},
            "conf/config.yaml:1:7",
            "'seed' is the text 'today' and must be a whole number; give it a word in the map, or it is not judged",
        ),
    ),
    severity=Severity.WARNING,
)
