"""A small client of the Language Server Protocol: it starts yaml-language-server and speaks to it as an editor does."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

ROOT: Final = Path(__file__).parents[2]
NAME: Final = "yaml-language-server"
_SECONDS: Final = 30


def command() -> list[str] | None:
    """What starts the server: the one of `tests/editor/node_modules`, else the one on the path; None without one."""
    node = shutil.which("node")
    own = ROOT / "tests" / "editor" / "node_modules" / NAME / "bin" / NAME
    if node and own.is_file():
        return [node, str(own), "--stdio"]
    found = shutil.which(NAME) if node else None
    return [found, "--stdio"] if found else None


class Editor:
    """An editor with a folder open, in which files get the schemas that its settings name."""

    def __init__(self, start: list[str], root: Path, settings: dict[str, Any]) -> None:
        self._start = start
        self._root = root
        self._settings = {"yaml": {"validate": True, "hover": True, "completion": True, **settings}}
        self._number = 0
        self._answers: dict[int, queue.Queue[Any]] = {}
        self._diagnostics: dict[str, queue.Queue[list[dict[str, Any]]]] = {}

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            self._start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self._root
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        abilities = {
            "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
            "textDocument": {
                "hover": {"contentFormat": ["markdown", "plaintext"]},
                "completion": {"completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}},
                "publishDiagnostics": {},
            },
        }
        self._ask("initialize", {"processId": None, "rootUri": self._root.as_uri(), "capabilities": abilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.kill()
        self._server.wait()
        self._reader.join(5)

    def open(self, path: str, text: str) -> list[dict[str, Any]]:
        """Open a file with a text that need not be on disk; the diagnostics of it."""
        uri = (self._root / path).as_uri()
        self._diagnostics[uri] = queue.Queue()
        self._tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}},
        )
        return self._diagnostics[uri].get(timeout=_SECONDS)

    def completions(self, path: str, line: int, column: int) -> dict[str, dict[str, Any]]:
        """What is offered at a place, by label; line and column count from 0."""
        answer = self._ask("textDocument/completion", self._place(path, line, column))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: item for item in items}

    def hover(self, path: str, line: int, column: int) -> str:
        """The text over a place; empty without one."""
        answer = self._ask("textDocument/hover", self._place(path, line, column))
        return str(answer["contents"]["value"]) if answer else ""

    def _place(self, path: str, line: int, column: int) -> dict[str, Any]:
        uri = (self._root / path).as_uri()
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}

    def _ask(self, method: str, params: Any) -> Any:
        self._number += 1
        answer = self._answers[self._number] = queue.Queue()
        self._send({"id": self._number, "method": method, "params": params})
        return answer.get(timeout=_SECONDS)

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _read(self) -> None:
        stream = self._server.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:  # the server asks: it wants the settings, or to register
            sections = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            result = None if sections is None else [self._settings.get(item.get("section"), {}) for item in sections]
            self._send({"id": message["id"], "result": result})
        elif "id" in message:
            self._answers[message["id"]].put(message.get("result"))
        elif message["method"] == "textDocument/publishDiagnostics":
            params = message["params"]
            if params["uri"] in self._diagnostics:
                self._diagnostics[params["uri"]].put(params["diagnostics"])
