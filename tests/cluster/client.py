"""A thin client of the API server: JSON over HTTPS, on connections that are kept."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

_MERGE = "application/merge-patch+json"
_APPLY = "application/apply-patch+yaml"

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answers to a request: an object, or a Status where it refuses."""

    status: int
    value: dict[str, Any]

    @property
    def is_taken(self) -> bool:
        """Whether the server did what it was asked to."""
        return self.status < 300

    @property
    def message(self) -> str:
        """Why the server refuses; nothing if it does not."""
        return "" if self.is_taken else str(self.value.get("message", self.value))


class RefusedError(Exception):
    """A request that was to be taken was not."""


@dataclass(frozen=True, slots=True)
class Client:
    """Requests to the server on a local port, with a token."""

    port: int
    token: str
    _idle: list[http.client.HTTPSConnection] = field(default_factory=list)

    def ask(
        self, method: str, path: str, value: Any = None, content_type: str = "application/json"
    ) -> Answer:
        """Send one request and return the answer, whatever it is.

        Raises:
            OSError: there is no server.
        """
        body = None if value is None else json.dumps(value).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        try:
            return self._sent(method, path, body, headers)
        except (http.client.HTTPException, ConnectionError):  # it closes what is idle for long
            self.close()
            return self._sent(method, path, body, headers)

    def get(self, path: str) -> dict[str, Any]:
        """Return an object or a list.

        Raises:
            RefusedError: it is not there.
        """
        return _taken(self.ask("GET", path))

    def items(self, path: str) -> list[dict[str, Any]]:
        """Return the items of a list, sorted by their names."""
        items = self.get(path)["items"] or []
        return sorted(items, key=lambda item: str(item["metadata"]["name"]))

    def create(self, path: str, value: Any) -> dict[str, Any]:
        """Create an object in the list at `path`.

        Raises:
            RefusedError: the server does not take it.
        """
        return _taken(self.ask("POST", path, value))

    def merge(self, path: str, value: Any) -> dict[str, Any]:
        """Change an object by a merge patch.

        Raises:
            RefusedError: the server does not take it.
        """
        return _taken(self.ask("PATCH", path, value, _MERGE))

    def apply(self, path: str, value: Any) -> Answer:
        """Apply an object as `kubectl apply --server-side` does, and return the answer."""
        query = "fieldManager=test&force=true&fieldValidation=Strict"
        return self.ask("PATCH", f"{path}?{query}", value, _APPLY)

    def delete(self, path: str) -> Answer:
        """Delete an object, or all of a list, at once."""
        options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        return self.ask("DELETE", path, options)

    def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connected()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status, json.loads(data) if is_json else {"message": data.decode()})

    def _connected(self) -> http.client.HTTPSConnection:
        context = ssl._create_unverified_context()  # the server makes its own certificate
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)


def _taken(answer: Answer) -> dict[str, Any]:
    if not answer.is_taken:
        raise RefusedError(f"{answer.status}: {answer.message}")
    return answer.value


def all_at_once(function: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
    """Yield the results of a function that waits for the server, in the order of `items`."""
    with ThreadPoolExecutor(8) as pool:
        yield from pool.map(function, items)
