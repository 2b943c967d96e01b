"""DEP005: a served model that anybody may call."""

from __future__ import annotations

from collections.abc import Iterator

from stdspec.compose.model import Composed
from stdspec.lint.look import mapping
from stdspec.lint.rule import Case, Rule
from stdspec.settings import Settings
from stdspec.standard.model import Fault

_PATH = ("deployment", "serving", "auth")


def check(spec: Composed, _: Settings) -> Iterator[Fault]:
    """A serving section whose auth is none, null or absent."""
    serving = mapping(spec, "deployment", "serving")
    if serving and serving.get("auth") in (None, "none"):
        yield Fault(_PATH, "the endpoint asks nobody who they are; write auth: bearer, mtls or oidc")


RULE = Rule(
    code="DEP005",
    slug="open-endpoint",
    summary="An endpoint answers without authentication",
    why="An open endpoint gives away the model, its data by way of its answers, and the machine's time. Every "
    "endpoint asks who "
    "is calling.",
    check=check,
    good=(Case("deployment: {serving: {protocol: oip-v2, auth: bearer}}"), Case("deployment: {serving: null}")),
    bad=(
        Case(
            "deployment: {serving: {protocol: oip-v2, auth: none}}",
            "deployment.serving.auth",
            "the endpoint asks nobody who they are; write auth: bearer, mtls or oidc",
        ),
        Case(
            "deployment: {serving: {protocol: oip-v2}}",
            "deployment.serving.auth",
            "the endpoint asks nobody who they are; write auth: bearer, mtls or oidc",
        ),
    ),
)
