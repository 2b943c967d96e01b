"""Own code: finds what `_target_` names, checks that it is what the settings allow, builds it, and words its faults.

The check is made twice. The name must lie under `allow-targets` before anything is imported, and so must the module
and the name of the object that came out, since `acme.os.system` begins with an allowed word.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import LightningDataModule
from torch import nn
from torch.utils.data import DataLoader

from stdspec.compose import variables
from stdspec.domains import NO_ARGUMENTS
from stdspec.errors import RunError, StdspecError
from stdspec.paths import shown
from stdspec.plan import loaded, source_digest
from stdspec.run.train.seeds import fixed
from stdspec.settings import Settings
from stdspec.suggest import nearest

_LOADERS: Final = ("train_dataloader", "val_dataloader", "test_dataloader")

_T = TypeVar("_T")


def resolve(target: str, settings: Settings, place: str) -> type:
    """The class that a dotted name means.

    Args:
        target: the dotted name.
        settings: say which names are allowed and in which folders they are found.
        place: the config path, for messages.

    Raises:
        RunError: when it is not allowed, does not exist, is no class, or raises on import.
    """
    if not settings.allows_target(target):
        top = target.split(".")[0]
        raise RunError(
            f"'{target}' does not lie under the project's allow-targets",
            place,
            f"add '{top}' to allow-targets in the settings",
        )
    for root in reversed(settings.source_roots):
        folder = str((settings.root / root).resolve())
        if folder not in sys.path:
            sys.path.insert(0, folder)
    found = _find(target, settings, place)
    loaded.look(source_digest.digest_now)  # edited from now on, it is still what runs
    if not inspect.isclass(found):
        raise RunError(f"'{target}' is no class", place, "name a class")
    real = f"{found.__module__}.{found.__qualname__}"
    if not settings.allows_target(real):
        raise RunError(
            f"'{target}' is really {real}, which does not lie under the project's allow-targets",
            place,
            "name it where it is defined",
        )
    return found


def _find(target: str, settings: Settings, place: str) -> Any:
    """Walk the dotted name: modules as far as there are any, then attributes."""
    parts = target.split(".")
    name, found = parts[0], _import(parts[0], target, settings, place)
    for part in parts[1:]:
        if hasattr(found, part):
            found = getattr(found, part)
        elif inspect.ismodule(found) and hasattr(found, "__path__"):
            found = _import(f"{name}.{part}", target, settings, place, parent=found)
        else:
            raise _absent(found, name, part, place)
        name = f"{name}.{part}"
    return found


def _import(name: str, target: str, settings: Settings, place: str, parent: Any = None) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:  # a package that own code imports, and no part of the name
            raise _raised(error, f"importing {name}", name, place) from error
        if parent is not None:
            raise _absent(parent, name.rpartition(".")[0], name.rpartition(".")[2], place) from None
        folders = ", ".join(shown(settings.root / root) for root in settings.source_roots)
        raise RunError(f"there is no module '{name}' for '{target}'", place, f"source-roots are {folders}") from None
    except Exception as error:
        raise _raised(error, f"importing {name}", name, place) from error


def _absent(parent: Any, name: str, part: str, place: str) -> RunError:
    names = [item for item, value in vars(parent).items() if inspect.isclass(value) and not item.startswith("_")]
    guess = nearest(part, names)
    if guess:
        remedy = f"did you mean '{name}.{guess}'"
    else:
        remedy = f"its classes are {', '.join(sorted(names))}" if names else "it has no classes"
    return RunError(f"'{name}' has no '{part}'", place, remedy)


def build(target: str, args: Mapping[str, Any], settings: Settings, place: str, kind: type[_T]) -> _T:
    """An object of the class that `target` names.

    Args:
        target: the dotted name.
        args: its arguments; the environment variables that they refer to are filled in here.
        settings: the project's settings.
        place: the config path of the part of the spec, such as ``model``.
        kind: what it must be.

    Raises:
        RunError: when the class takes other arguments, raises, or is of another kind.
    """
    found = resolve(target, settings, f"{place}._target_")
    if not issubclass(found, kind):
        raise RunError(
            f"'{target}' is no {kind.__name__}", f"{place}._target_", f"name a class that derives from {kind.__name__}"
        )
    _check_arguments(found, target, args, place)
    filled = variables.fill(args, settings.allow_env, (place,))
    with guard(target, found):
        return found(**filled)


def _check_arguments(found: type, target: str, args: Mapping[str, Any], place: str) -> None:
    parameters = inspect.signature(found).parameters
    open_ended = any(item.kind is item.VAR_KEYWORD for item in parameters.values())
    named = [name for name, item in parameters.items() if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY)]
    takes = f"it takes {', '.join(named)}" if named else "it takes none"
    for name in args:
        if name not in named and not open_ended:
            guess = nearest(name, named)
            raise RunError(
                f"{target} takes no argument '{name}'", f"{place}.{name}", f"did you mean '{guess}'" if guess else takes
            )
    missing = [name for name in named if parameters[name].default is inspect.Parameter.empty and name not in args]
    if missing:
        raise RunError(f"{target} needs the argument '{missing[0]}'", place, takes)


@contextmanager
def guard(target: str | None, found: type | None) -> Iterator[None]:
    """Turn what own code raises in the block into one sentence with its own file and line.

    Args:
        target: the dotted name; None where no own code takes part, then everything passes.
        found: its class.
    """
    try:
        yield
    except StdspecError:
        raise
    except Exception as error:
        if target is None or found is None:
            raise
        if _own_frame(error, found.__module__) is None and not isinstance(error, MisconfigurationException):
            raise
        raise _raised(error, target, found.__module__, target) from error


def _raised(error: Exception, who: str, module: str, place: str) -> RunError:
    """The fault of own code as an error: who raised what where."""
    said = str(error).strip().splitlines()
    frame = _own_frame(error, module)
    inside = f" in {frame.name}" if frame is not None and frame.name != "<module>" else ""
    message = f"{who} raised {type(error).__name__}{inside}{f': {said[0]}' if said else ''}"
    where = f"{shown(frame.filename)}:{frame.lineno}" if frame is not None else place
    return RunError(message.rstrip("."), where, "mend it there" if frame is not None else None)


def _own_frame(error: Exception, module: str) -> traceback.FrameSummary | None:
    """The innermost frame that lies in the package of a module, or in the module's own file."""
    if isinstance(error, SyntaxError) and error.filename:
        return traceback.FrameSummary(error.filename, error.lineno, "<module>", lookup_line=False)
    top = sys.modules.get(module.split(".")[0])
    folders = [Path(folder).resolve() for folder in getattr(top, "__path__", ())]
    file = getattr(sys.modules.get(module), "__file__", None)
    own = Path(file).resolve() if file else None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path == own or any(path.is_relative_to(folder) for folder in folders):
            return frame
    # an import that failed half-way leaves no module behind: the frames tell by their file's name
    tail = Path(*module.split("."))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).with_suffix("").as_posix().endswith(f"/{tail.as_posix()}"):
            return frame
    return None


def model(config: Mapping[str, Any], settings: Settings) -> nn.Module:
    """The own module that `model` describes, a LightningModule or a plain one.

    Raises:
        RunError: see `build`.
    """
    args = {key: value for key, value in config.items() if key not in NO_ARGUMENTS["model"]}
    return build(str(config["_target_"]), args, settings, "model", nn.Module)


def data_module(
    target: str, args: Mapping[str, Any], settings: Settings, *, debug: bool = False
) -> LightningDataModule:
    """The own data module, whose `setup` draws the same random numbers each time it is called.

    Lightning calls `setup` once a stage, and every node calls it again; a random split must come out the same, or test
    rows would slip into training.

    Args:
        target: its dotted name.
        args: its arguments.
        settings: the project's settings.
        debug: load in this process, so that breakpoints work.

    Raises:
        RunError: see `build`.
    """
    found = build(target, args, settings, "data", LightningDataModule)
    plain = type(found)

    def setup(self: LightningDataModule, stage: str) -> None:
        with fixed(target, sorted(args.items()), "setup"):
            plain.setup(self, stage)

    def in_process(name: str) -> Callable[[LightningDataModule], Any]:
        return lambda self: _in_process(getattr(plain, name)(self))

    body: dict[str, Any] = {"setup": setup, "__module__": plain.__module__, "__qualname__": plain.__qualname__}
    if debug:
        body |= {
            name: in_process(name)
            for name in _LOADERS
            if getattr(plain, name) is not getattr(LightningDataModule, name)
        }
    found.__class__ = type(plain.__name__, (plain,), body)
    return found


def _in_process(loader: Any) -> Any:
    if isinstance(loader, DataLoader):
        loader.num_workers = 0
    return loader
