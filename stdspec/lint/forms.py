"""What the codes about form mean (YAML, composition, schema, standards), for `stdspec explain` and the reference.

The checks behind them live where the faults are found; this is their manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stdspec.standard.document import SLUGS as STANDARD
from stdspec.validate.codes import SLUGS as SCHEMA


@dataclass(frozen=True, slots=True)
class Form:
    """A code about form: its slug and why it is a fault."""

    slug: str
    why: str


_WHY: Final[dict[str, tuple[str, str]]] = {
    "YML001": ("not-yaml", "The text is not YAML, so nothing of it can be read. Mend it at the place that is named."),
    "YML002": ("tab-indent", "YAML does not take a tab for indentation. Use spaces."),
    "YML003": (
        "duplicate-key",
        (
            "The same key stands twice in one mapping. Some parsers keep the first, some the last; Hydra refuses both. "
            "Remove one."
        ),
    ),
    "YML004": (
        "non-string-key",
        "A key is a number, a date or a truth value (on, off, yes and no are truth values in YAML 1.1). Quote it.",
    ),
    "YML005": (
        "non-finite-number",
        "NaN and infinities have no meaning in a spec, and validators read them differently.",
    ),
    "YML006": (
        "yaml-bomb",
        (
            "The file is so large, so deep or expands to so much that reading it would exhaust the machine. It is not "
            "expanded."
        ),
    ),
    "YML007": ("not-utf-8", "The bytes are not UTF-8. Save the file as UTF-8."),
    "YML008": ("not-a-mapping", "A config file holds a mapping of keys to values at its top."),
    "YML009": (
        "surprising-scalar",
        (
            "The value looks like text and is read as something else: 012 as 10, 12:30:45 as 45045, no as false. "
            "Quote it "
            "if it is "
            "text, or write what it is read as."
        ),
    ),
    "YML010": ("empty-file", "The file says nothing. Fill it, or remove it."),
    "YML011": ("bad-header", "The `# @package` comment at the top of the file is not one that Hydra understands."),
    "YML012": (
        "binary-value",
        "The value is tagged !!binary. Hydra reads it as bytes, which no spec can hold. Write a text or name a file.",
    ),
    "YML013": ("unreadable-file", "The file is there and may not be read, so nothing is known of it."),
    "HYD001": (
        "missing-value",
        "The value is ???, which says that somebody has to fill it in. Do so in the spec or on the command line.",
    ),
    "HYD002": (
        "broken-interpolation",
        "The interpolation ${…} names something that is not there, or is not well-formed.",
    ),
    "HYD003": ("interpolation-cycle", "Interpolations refer to each other in a circle, so none has a value."),
    "HYD004": (
        "forbidden-resolver",
        (
            "The interpolation calls a resolver that may read the machine it runs on. Only ${oc.env:NAME} is taken, "
            "for "
            "the variables "
            "that allow-env of the settings names."
        ),
    ),
    "HYD005": (
        "hydra-runs-code",
        "Some keys of `hydra:` can have code run while a spec is composed. They are not taken from files.",
    ),
    "HYD006": (
        "outside-project",
        "A file outside the project is drawn into the spec, where nobody who reviews the project sees it.",
    ),
    "HYD007": (
        "interpolation-bomb",
        "The interpolations expand to so much text that filling them in would exhaust the machine.",
    ),
    "HYD008": (
        "refused-composition",
        "Hydra would refuse this composition: an option, a key or an override does not fit. Nothing is composed.",
    ),
    "HYD014": (
        "unchecked-composition",
        (
            "Something that the config names is not seen here: a plugin or package that is not installed, a group that "
            "code registers, an option left open. Whether it composes is not known without it, so nothing is said."
        ),
    ),
    "SPC001": (
        "",
        "The language has no such key there. It is closed, so that a misspelt key is found and not ignored.",
    ),
    "SPC002": ("", "The value has another type than the key takes."),
    "SPC003": ("", "The number, or the length, lies outside the range that makes sense for the key."),
    "SPC004": ("", "The key takes one of a few values, and this is none of them."),
    "SPC005": (
        "",
        "The text has not the form that the key takes: units, versions, digests and names have a grammar each.",
    ),
    "SPC006": ("", "A key without which the rest of the mapping means nothing is not there."),
    "SPC007": ("", "`kind` picks a branch of a closed table, and there is no such branch."),
    "SPC008": (
        "",
        (
            "`kind` was written by hand over the values of another kind's option, so that keys of both stand together. "
            "Choose the "
            "option in the defaults list instead: `override /training/optimizer: sgd`."
        ),
    ),
    "STD001": ("", "The file holds no mapping, so it is no standard."),
    "STD002": (
        "",
        "The language of standards has no such keyword. It is closed, so that a misspelt one is found and not ignored.",
    ),
    "STD003": ("", "A part of the standard is missing or has the wrong form."),
    "STD004": ("", "A requirement uses an operator that does not exist."),
    "STD005": (
        "",
        "The operand is nothing that its operator can compare with; numbers must be finite and expressions linear.",
    ),
    "STD006": ("", "A requirement reads a path that no spec and no run has."),
    "STD007": (
        "",
        "A clause shows by tests what it passes and what it does not. Without both, nobody knows that it can fail.",
    ),
    "STD008": ("", "A must rests on a reference that was read, or says in `house` why it is asked all the same."),
    "STD009": ("", "A clause names a built-in check that does not exist."),
    "STD010": ("", "The spec names a standard that does not exist or that is at fault itself."),
    "STD011": ("", "A test of a clause gives another verdict than it says."),
    "STD012": (
        "",
        "A derived standard may add clauses and tighten them by new ones, never replace one that it inherits.",
    ),
    "STD013": (
        "",
        "Clauses may carry a JSON Schema fragment in a later version; this one refuses them rather than ignore them.",
    ),
    "STD014": ("", "The day by which the standard itself should have been reviewed has passed. It still holds."),
    "STD015": ("", "A clause without require and without rule asks for nothing, and would always pass."),
}

FORMS: Final[dict[str, Form]] = {
    code: Form(slug or {**SCHEMA, **STANDARD}[code], why) for code, (slug, why) in _WHY.items()
}
"""Every code about form that no rule file explains."""
