"""Domains that stand for nobody: RFC 2606 and RFC 6761 keep them for examples and trials."""

from __future__ import annotations

_TOP = frozenset({"example", "test", "invalid", "localhost"})
_SECOND = frozenset({"example.org", "example.com", "example.net"})


def is_reserved(address: str) -> bool:
    """Whether no post can ever reach the address, so that it can be nobody's."""
    labels = address.rpartition("@")[2].casefold().rstrip(".").split(".")
    return labels[-1] in _TOP or ".".join(labels[-2:]) in _SECOND
