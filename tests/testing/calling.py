"""A caller of the local SendGrid, in the standard library's words, and a letter that is fit to be sent."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

from newsletter.testing.sendgrid import SendGridServer

NOON = 1_800_000_000.0  # the provider's clock in these tests


def letter(count: int = 1, **more: Any) -> dict[str, Any]:
    """A request with so many personalizations; None takes a field away."""
    request = {
        "personalizations": [
            {"to": [{"email": f"r{i}@example.org"}], "custom_args": {"delivery": f"d{i}"}}
            for i in range(count)
        ],
        "from": {"email": "news@example.org", "name": "Nyhetsbrevet"},
        "subject": "Hej på er",
        "content": [{"type": "text/plain", "value": "Hej"}, {"type": "text/html", "value": "<p>Hej</p>"}],
    } | more
    return {name: value for name, value in request.items() if value is not None}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def messages(self) -> list[str]:
        return [error["message"] for error in self.json["errors"]]

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.json["errors"]]


@dataclass
class Caller:
    server: SendGridServer
    key: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        said = {"Authorization": f"Bearer {self.key or self.server.key}", "Content-Type": "application/json"}
        self.connection.request(method, path, data, said | headers)
        answer = self.connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read())

    def send(self, count: int = 1, **more: Any) -> Answer:
        return self("POST", "/v3/mail/send", letter(count, **more))

    def batch(self) -> str:
        return str(self("POST", "/v3/mail/batch").json["batch_id"])

    def hold(self, batch: str, status: str = "cancel") -> Answer:
        return self("POST", "/v3/user/scheduled_sends", {"batch_id": batch, "status": status})

    def logs(self, query: str = "", limit: int = 1000) -> list[dict[str, Any]]:
        answer = self("POST", "/v3/logs", {"query": query, "limit": limit} if query else {"limit": limit})
        assert answer.status == 200, answer.body
        return list(answer.json["messages"])
