"""Options that depend on other choices, ``${db}_${server}``: filled in when every other choice of the list is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from stdspec.compose.default import Choice, Default
from stdspec.compose.interpolation import Call, GrammarError, parse
from stdspec.compose.refusal import refuse
from stdspec.compose.resolve import Resolver, UnresolvableError

_HOLDER: Final = 0
"""The key under which the option stands while it is resolved: one level below the choices, as in Hydra.

It is no text, so that no reference can name it.
"""

_OLD_REFERENCE: Final = r"\$\{defaults\.\d\."
"""How Hydra 1.0 referred to a choice; its later versions look for exactly this."""


class Options(Struct):  # not frozen: calls are gathered in it
    """Fills options in.

    Attributes:
        call_resolvers: whether resolvers may be called; else a default that needs one is left out.
        calls: the options that a resolver computed or would compute, and who wrote them.
    """

    call_resolvers: bool = True
    legacy: bool = False
    calls: list[tuple[str, Choice]] = []

    def left_out(self, default: Default) -> bool:
        """Leaves out a default whose option only a resolver could say, where none may be called."""
        text = _text(default)
        if self.call_resolvers or not _calls_resolver(text):
            return False
        self.calls.append((text, default.choice))
        default.dropped = True
        return True

    def fill_in(self, default: Default, known: Mapping[str, object]) -> None:
        """Replaces the references in a default's option by the choices they name.

        Raises:
            Refused: when they name none.
        """
        text = _text(default)
        try:
            if default.group is not None and not self.legacy and re.match(_OLD_REFERENCE, text):
                raise UnresolvableError("HYD002", "it refers to a place in the defaults list")
            value = self._value(text, known, default)
        except (UnresolvableError, GrammarError) as error:
            names = ", ".join(name for name in known if name != "defaults")
            remedy = f"the groups chosen are {names or 'none'}"
            raise refuse(f"the option {text} cannot be filled in", default.choice.span, remedy) from error
        if not isinstance(value, str):
            raise refuse(f"the option {text} does not name an option", default.choice.span, "write the option's name")
        if default.group is not None:
            default.value = value
        else:
            default.path = value

    def _value(self, text: str, known: Mapping[str, object], default: Default) -> object:
        if not _calls_resolver(text):
            return Resolver({**known, _HOLDER: {"option": text}}).text_value(text, (_HOLDER, "option"))
        from stdspec.compose import hydra_adapter

        self.calls.append((text, default.choice))
        return hydra_adapter.resolve_option(text, known)

    def computed(self, choice: Choice) -> str | None:
        """The option as written if a resolver computed the one that this choice selects."""
        return next((text for text, known in self.calls if known is choice), None)


def known_choices(
    made: Mapping[str, str | None], defaults: Sequence[Default], self_added: bool
) -> Mapping[str, object]:
    """What an option may refer to: the choices made so far, and as `defaults` the list it stands in as written."""
    written: list[object] = [
        item.config_path
        if item.group is None
        else {item.key: list(item.value) if isinstance(item.value, tuple) else item.value}
        for item in defaults
        if not (self_added and item.is_self)
    ]
    return {**made, "defaults": written}


def _text(default: Default) -> str:
    return str(default.value) if default.group is not None else default.config_path


def _calls_resolver(text: str) -> bool:
    try:
        return any(isinstance(piece, Call) for piece in parse(text))
    except GrammarError:
        return False
