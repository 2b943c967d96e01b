"""What `stdspec plan` prints for people: a line a node, below it why it runs, and in the end how many run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from stdspec.cli.masked import Mask
from stdspec.cli.text import Paint, wrapped
from stdspec.cli.visible import visible
from stdspec.compose.dump import one_line
from stdspec.finding import COMMAND_LINE
from stdspec.paths import split_dotted
from stdspec.plan.why import GONE, NEVER, Reason
from stdspec.run.dry_run import Fate, Step

if TYPE_CHECKING:
    from stdspec.run.memory_forecast import MemoryForecast

_COLOURS: Final = {Fate.HIT: "32", Fate.RUN: "33"}
_DIM: Final = "2"
_MANY: Final = 3
"""More sources than this are counted, not listed."""
_LONGEST: Final = 40
"""Characters of a value that are shown."""

_ALONE: Final = ((NEVER,), (GONE,))
"""Reasons that are said on the line of the node."""

_SAYS: Final = {
    "never": "never ran",
    "gone": "its result is not in the store any more",
    "order": "the order of keys changed in {name}",
    "code": "{name} changed",
    "file": "input data changed: {name}",
    "environment": "the variable {name} changed",
    "input": "the result of {name} is another one",
    "package": "package {name}: {old} → {new}",
    "config": "{name}: {old} → {new}",
    "run": "implemented by another function: {old} → {new}",
    "version": "the store's form: {old} → {new}",
}
"""What differs to the words for it; anything else is told as ``device: old → new``."""


class Printer:
    """Writes steps as text.

    Args:
        color: whether escape codes may be used.
        width: the columns to fit into.
        mask: hides secrets in config values.
        overrides: those of the command line, for the place of what they wrote.
    """

    def __init__(self, *, color: bool, width: int, mask: Mask, overrides: Sequence[str]) -> None:
        self.paint = Paint(color)
        self.width = max(40, min(width, 80))
        self.mask = mask
        self.overrides = overrides

    def lines(self, steps: Sequence[Step]) -> Iterator[str]:
        """Every step, and the sum."""
        column = max(len(step.node.id) for step in steps)
        told: dict[tuple[str, str], str] = {}  # a list in a reason has no hash
        for step in steps:
            alone = step.reasons[0] if step.reasons in _ALONE else None
            yield f"{step.node.id:<{column}}  {self._fate(step)}" + (f": {self.sentence(alone)}" if alone else "")
            if alone is None and step.reasons:
                first = told.setdefault((step.node.kind, repr(step.reasons)), step.node.id)
                yield from self._reasons(step) if first == step.node.id else (f"    as {first}",)
        yield ""
        yield self._sum(steps)

    def _fate(self, step: Step) -> str:
        said = self.paint(step.fate.value, _COLOURS[step.fate])
        note = _note(step)
        return f"{said} {self.paint(f'({note})', _DIM)}" if note else said

    def memory(self, found: MemoryForecast) -> Iterator[str]:
        """What a training step takes, part by part, and whether it fits."""
        from stdspec.run.room import shown

        known = [f"{name} {shown(size)}" for name, size in found.parts.items() if size]
        open_parts = [name for name, size in found.parts.items() if size is None]
        beyond = f", without {' and '.join(open_parts)}" if open_parts else ""
        about = f"memory of a training step on {found.device}: about {shown(found.estimate.total)}{beyond}"
        yield from wrapped(f"{about} ({', '.join(known)})", self.width)
        if found.estimate.why:
            yield from wrapped(f"the activations cannot be told: {visible(found.estimate.why)}", self.width, "    ")
        for text in found.warnings:
            yield from (self.paint(line, _COLOURS[Fate.RUN]) for line in wrapped(f"warning: {text}", self.width))

    def data(self, step: Step) -> dict[str, Any]:
        """A step as plain data, for JSON."""
        told = (msgspec.structs.replace(item, **self._values(item)) for item in step.reasons)
        return {
            "id": step.node.id,
            "kind": step.node.kind,
            "action": step.fate.value,
            "after": list(step.after),
            "forced": step.forced,
            "resumes": step.resumes,
            "always": step.always,
            "key": step.key,
            "damaged": step.damaged or None,
            "reasons": [msgspec.to_builtins(item) for item in told],
        }

    def _values(self, reason: Reason) -> dict[str, Any]:
        """Both values of a reason, secrets masked."""
        path = split_dotted(reason.name) if reason.what == "config" else ()
        return {
            side: value if value is UNSET or not path else self.mask.value(path, value)
            for side, value in (("old", reason.old), ("new", reason.new))
        }

    def _reasons(self, step: Step) -> Iterator[str]:
        for reason in grouped(step.reasons):
            yield from self._reason(reason)

    def _reason(self, reason: Reason) -> Iterator[str]:
        text, where = self.sentence(reason), self._place(reason)
        if where and len(text) + len(where) + 8 <= self.width:
            yield f"    {text}  {self.paint(where, _DIM)}"
            return
        yield from wrapped(text, self.width, "    ")
        if where:
            yield f"      {self.paint(where, _DIM)}"

    def sentence(self, reason: Reason) -> str:
        """A reason in words."""
        what = reason.what
        form = _SAYS.get(what, f"{what}: {{old}} → {{new}}")
        old, new = (_shown(reason, value) for value in self._values(reason).values())
        return form.format(name=visible(reason.name), old=old, new=new)

    def _place(self, reason: Reason) -> str:
        if not reason.place.startswith(COMMAND_LINE):
            return visible(reason.place)
        number = int(reason.place.removeprefix(f"{COMMAND_LINE}:").partition(":")[0])
        return f"{COMMAND_LINE} {visible(self.mask.override(self.overrides[number - 1]))}"

    def _sum(self, steps: Sequence[Step]) -> str:
        runs = sum(step.fate is Fate.RUN for step in steps)
        if not runs:
            return self.paint(f"nothing to run, all {len(steps)} from the store", _COLOURS[Fate.HIT])
        unsure = sum(step.open for step in steps)
        more = f", {unsure} more if the result before {'it' if unsure == 1 else 'them'} changes" if unsure else ""
        return f"{self.paint(f'{runs - unsure} to run', _COLOURS[Fate.RUN])}{more}, {len(steps) - runs} from the store"


def _shown(reason: Reason, value: Any) -> str:
    if value is UNSET:
        return "none"
    return shortened(one_line(value)) if reason.what == "config" else visible(str(value))


def _note(step: Step) -> str:
    """What is said beside a step's fate."""
    if step.fate is Fate.HIT:
        return f"if {_listed(step.after)} gives the same again" if step.after else ""
    if step.damaged:
        return f"entry damaged: {visible(step.damaged)}"
    if step.forced:
        return "forced"
    if step.resumes:
        return "goes on from where it was interrupted"
    if step.always:
        return "every time: its source is own code"
    return f"after {_listed(step.after)}" if step.after else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _MANY else f"{names[0]} … {names[-1]}"


def grouped(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """The reasons, many edited sources being one."""
    sources = [reason.name for reason in reasons if reason.what == "code"]
    many = len(sources) > _MANY
    told = False
    for reason in reasons:
        if reason.what != "code" or not many:
            yield reason
        elif not told:
            told = True
            yield Reason("code", f"{sources[0]}, {sources[1]} and {len(sources) - 2} more sources")


def shortened(text: str) -> str:
    """A text cut to what fits a line."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
