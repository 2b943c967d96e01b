"""What every HTML page is rendered with: escaping that nobody has to ask for, and no name that means nothing."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment(*packages: str) -> Environment:
    """An environment for pages whose templates lie in the folders `templates` of packages; the first that has one."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["breakable"] = breakable
    return made


def breakable(value: object) -> Markup:
    """A path or a digest that may break after each dot, slash and underscore instead of overflowing."""
    escaped = str(Markup.escape(str(value)))
    for mark in (".", "/", "_"):
        escaped = escaped.replace(mark, mark + "<wbr>")
    return Markup(escaped)  # noqa: S704 - escaped two lines above; only <wbr> was added
