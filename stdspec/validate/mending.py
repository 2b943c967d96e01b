"""The edits that mend what a schema refuses: the nearest value it knows, quotes put or taken away, a canonical form.

An edit is only made that the schema then accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from stdspec.finding import Finding, Span
from stdspec.source.edits import Edits, quoted, replaced, respelt, text_at, unquoted
from stdspec.source.scalars import plain
from stdspec.suggest import nearest

if TYPE_CHECKING:
    from stdspec.validate.translate import Fault

_JUDGED: Final = (
    "pattern",
    "format",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
)
_NUMBERS: Final = frozenset(("integer", "number"))


def edits(fault: Fault, item: Finding) -> Edits:
    """The edits that mend one error of the validator, said as a finding; none where it is not certain what to write."""
    maker = _MAKERS.get(item.code)
    return maker(fault, item.span) if maker is not None else ()


def _chosen(fault: Fault, span: Span | None) -> Edits:
    """The nearest of the texts that may stand there, or quotes where only they are missing."""
    options = fault.limit if fault.keyword == "enum" else [fault.limit]
    texts = [option for option in options if isinstance(option, str)]
    if isinstance(fault.value, str):
        return respelt(span, fault.value, nearest(fault.value, texts))
    return quoted(span) if text_at(span) in texts else ()


def _retyped(fault: Fault, span: Span | None) -> Edits:
    """Quotes put or taken away, where that alone gives a value that is accepted."""
    types = {fault.limit} if isinstance(fault.limit, str) else set(fault.limit)
    if isinstance(fault.value, str):
        fix = unquoted(span) if _NUMBERS & types else ()
        number = plain(fix[0].text) if fix else None
        fits = "number" in types or isinstance(number, int)
        return fix if fits and _accepted(fault.node, number) else ()
    if "string" not in types or not isinstance(fault.value, bool | int | float):
        return ()
    return quoted(span) if _accepted(fault.node, text_at(span)) else ()


def _canonical(fault: Fault, span: Span | None) -> Edits:
    """The same amount or day in the form that is asked for: `4 GiB` becomes `4GiB`, `2027/5/1` becomes `2027-05-01`."""
    value = fault.value
    written = (form(value) for form in _FORMS if isinstance(value, str))
    new = next((text for text in written if text is not None and _accepted(fault.node, text)), None)
    if new is None:
        return ()
    bare = new if plain(new) == new else f"'{new}'"
    pairs = ((value, bare), (f"'{value}'", f"'{new}'"), (f'"{value}"', f'"{new}"'))
    return next((replaced(span, old, text) for old, text in pairs if text_at(span) == old), ())


def _accepted(node: Mapping[str, Any], value: Any) -> bool:
    """Whether a value of the right type has the form that a schema object asks for itself."""
    form = {name: node[name] for name in _JUDGED if name in node}
    return jsonschema_rs.is_valid(form, value, validate_formats=True)


_AMOUNT: Final = re.compile(r"[0-9.]+ *(?:/ *)?[A-Za-z]+")
_DAY: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")


def _amount(text: str) -> str | None:
    return text.replace(" ", "") if _AMOUNT.fullmatch(text) else None


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}" if found else None


_FORMS: Final[tuple[Callable[[str], str | None], ...]] = (_amount, _day)
"""What makes the form that is asked for of another one, or says that it cannot."""

_MAKERS: Final[Mapping[str, Callable[[Fault, Span | None], Edits]]] = {
    "SPC002": _retyped,
    "SPC004": _chosen,
    "SPC005": _canonical,
    "SPC007": _chosen,
}
"""The code to what makes the edits; misspelt keys are mended where they are found."""
