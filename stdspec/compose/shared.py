"""What Hydra makes of a config that goes to the top of the spec and is then selected again.

Hydra does not copy such a config: its mappings and lists become parts of the composition, so that later merges change
what was read, and the second time brings the changed values. Here the change is followed from step to step instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from stdspec.compose.node import Step
from stdspec.compose.trace import EMPTY, Trace

State = tuple[Any, Trace]
"""A value and its trace."""


class SharedBodies:
    """The bodies of the configs that are selected more than once, as they stand now.

    Args:
        steps: the steps of a composition, in order.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        times = Counter(step.default.config_path for step in steps if step.file.path)
        self._wanted = {name for name, count in times.items() if count > 1}
        self._bodies: dict[str, State] = {}

    def body(self, step: Step) -> State | None:
        """What the config of a step says by now; None when it is what its file says."""
        return self._bodies.get(step.default.config_path)

    def follow(self, step: Step, brought: State, before: State, after: State) -> None:
        """Notes what the merge of a step changed.

        Args:
            step: the step.
            brought: what its config brought, rooted at the top of the spec.
            before: the composition before it.
            after: the composition after it.
        """
        for name, body in self._bodies.items():
            self._bodies[name] = _followed(body, before, after)
        name = step.default.config_path
        if name in self._wanted and not step.package:
            self._bodies.setdefault(name, _winners(brought))


def _followed(body: State, before: State, after: State) -> State:
    """A body in which every part that was one with the composition still is."""
    if _one_with(body[0], before[0]):
        return _winners(after) if type(after[0]) is type(before[0]) and after[0] is not before[0] else body
    if not (isinstance(body[0], dict) and isinstance(before[0], dict) and isinstance(after[0], dict)):
        return body
    values, traces = dict(body[0]), dict(body[1].children)
    for key, value in body[0].items():
        if isinstance(value, dict | list) and key in before[0] and key in after[0]:
            part = (value, traces.get(key, EMPTY))
            values[key], traces[key] = _followed(part, _part(before, key), _part(after, key))
    return values, Trace(body[1].chain, traces)


def _one_with(value: Any, other: Any) -> bool:
    return value is other and isinstance(value, dict | list)


def _part(state: State, key: Any) -> State:
    return state[0][key], state[1].children.get(key, EMPTY)


def _winners(state: State) -> State:
    """A state without those whom its writers beat: what they wrote is in the composition already."""

    def cut(trace: Trace) -> Trace:
        return Trace(trace.chain[:1], {key: cut(child) for key, child in trace.children.items()})

    return state[0], cut(state[1])
