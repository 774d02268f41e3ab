"""A small client of the Language Server Protocol, over standard input and output (LSP 3.17)."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple


class LanguageServer(NamedTuple):
    """A running server of YAML, with one folder open."""

    process: "subprocess.Popen[bytes]"
    settings: dict[str, Any]

    def diagnostics(self, path: Path) -> list[tuple[int, str]]:
        """Open a file, and return the line (1-based) and the message of each problem in it."""
        self._open(path)
        while True:
            message = self._received()
            told = message.get("params", {})
            is_told = message.get("method") == "textDocument/publishDiagnostics"
            if is_told and told["uri"] == path.as_uri():
                return [
                    (one["range"]["start"]["line"] + 1, one["message"])
                    for one in told["diagnostics"]
                ]

    def completions(self, path: Path, line: int, column: int) -> set[str]:
        """Open a file, and return what can be written at a place (both numbers 1-based)."""
        self._open(path)
        place = {"line": line - 1, "character": column - 1}
        found = self._asked(
            "textDocument/completion",
            {"textDocument": {"uri": path.as_uri()}, "position": place},
        )
        return {item["label"] for item in found["items"]}

    def hover(self, path: Path, line: int, column: int) -> str:
        """Open a file, and return what is said of the word at a place (both numbers 1-based)."""
        self._open(path)
        place = {"line": line - 1, "character": column - 1}
        found = self._asked(
            "textDocument/hover", {"textDocument": {"uri": path.as_uri()}, "position": place}
        )
        said: str = found["contents"]["value"]
        return said

    def _open(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def _asked(self, method: str, params: dict[str, Any]) -> Any:
        """Return the answer to a request."""
        self._send({"id": method, "method": method, "params": params})
        while True:
            message = self._received()
            if message.get("id") == method and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _received(self) -> dict[str, Any]:
        """Return the next message, after the server's own questions are answered."""
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while (line := stream.readline()) != b"\r\n":
            assert line, "the language server has ended"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(stream.read(length))
        if "id" in message and "method" in message:
            self._answer(message)
        return message

    def _answer(self, question: dict[str, Any]) -> None:
        """Answer a question: the settings for each section that is asked for, else nothing."""
        result: Any = None
        if question["method"] == "workspace/configuration":
            sections = [item.get("section") for item in question["params"]["items"]]
            result = [self.settings.get(section) for section in sections]
        self._send({"id": question["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self.process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()


@contextmanager
def serving(program: str, folder: Path, **settings: Any) -> Iterator[LanguageServer]:
    """Yield yaml-language-server with a folder open; `settings` are those below `yaml`.

    It looks nothing up in the schema store: what it knows, it has from the folder.
    """
    yaml = {"schemaStore": {"enable": False}, "completion": True, "hover": True, "validate": True}
    with subprocess.Popen(
        [program, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        server = LanguageServer(process, {"yaml": yaml | settings})
        try:
            server._asked(
                "initialize",
                {
                    "processId": None,
                    "rootUri": folder.as_uri(),
                    "workspaceFolders": [{"uri": folder.as_uri(), "name": "folder"}],
                    "capabilities": {"workspace": {"configuration": True}},
                },
            )
            server._send({"method": "initialized", "params": {}})
            server._send(
                {
                    "method": "workspace/didChangeConfiguration",
                    "params": {"settings": server.settings},
                }
            )
            yield server
        finally:
            process.kill()
