"""The process of `stdspec freeze-configstore`: imports a module and says what stands in Hydra's ConfigStore then.

Run as ``python -P -m stdspec.compose.freeze_worker ANSWER MODULE FOLDER…``: ANSWER is the JSON file to write, the
folders are where modules are looked for first.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, Final

from stdspec.compose.dump import to_yaml
from stdspec.compose.variables import hide

_SECRET: Final = re.compile("TOKEN|SECRET|PASSW|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY", re.IGNORECASE)
"""Names of environment variables whose values the module may have read: they are written as a reference."""


def main(arguments: Sequence[str]) -> None:
    """Import the module and write the answer."""
    answer, module, *folders = arguments
    from hydra.core.config_store import ConfigStore

    before = set(_nodes(ConfigStore.instance().repo, ""))
    sys.path[:0] = list(dict.fromkeys(folders))
    Path(answer).write_text(json.dumps(_answer(module, before), ensure_ascii=False), encoding="utf-8")


def _answer(module: str, before: set[str]) -> dict[str, Any]:
    from hydra.core.config_store import ConfigStore

    try:
        importlib.import_module(module)
        repo = ConfigStore.instance().repo
        nodes = [(path, node) for path, node in _nodes(repo, "").items() if path not in before and _is_own(node)]
        return {"nodes": [_as_data(path, node) for path, node in sorted(nodes, key=lambda item: item[0])]}
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            return {"missing": error.name}
        return _failure(error)
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything, and every fault of it is told
        return _failure(error)


def _failure(error: Exception) -> dict[str, Any]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<frozen")]
    own = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    place = (own[-1].filename, own[-1].lineno) if own else None
    return {"failed": " ".join(f"{type(error).__name__}: {error}".split()), "place": place}


def _nodes(repo: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Every config of the store by its path, ``db/mysql.yaml``."""
    return dict(_walk(repo, group))


def _walk(repo: Mapping[str, Any], group: str) -> Iterator[tuple[str, Any]]:
    for name, item in repo.items():
        path = f"{group}/{name}" if group else name
        if isinstance(item, Mapping):
            yield from _walk(item, path)
        else:
            yield path, item


def _is_own(node: Any) -> bool:
    """Whether a config is the user's: Hydra and its plugins put theirs below `hydra`."""
    return not (node.provider or "").startswith("hydra")


def _as_data(path: str, node: Any) -> dict[str, Any]:
    from omegaconf import OmegaConf

    value = OmegaConf.to_container(node.node, resolve=False, enum_to_str=True)
    return {"path": path, "package": node.package, "yaml": to_yaml(_plain(value, path))}


def _plain(value: Any, path: str) -> Any:
    """The value with nothing in it that YAML needs a tag for."""
    if isinstance(value, dict):
        return {key.name if isinstance(key, Enum) else key: _plain(child, path) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child, path) for child in value]
    if isinstance(value, bytes):
        raise TypeError(f"{path} holds bytes, which YAML without tags cannot hold")
    if isinstance(value, str | PurePath):
        return hide(str(value), filter(_SECRET.search, os.environ))
    return value


if __name__ == "__main__":
    main(sys.argv[1:])
