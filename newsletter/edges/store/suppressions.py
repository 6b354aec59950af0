"""Addresses that are not written to, as keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import select

from newsletter.edges.store.database import Database, insert_new
from newsletter.edges.store.schema import suppression
from newsletter.model.people import Suppression, address_key


class StoredSuppressions:
    """The Suppressions port. No address can be read from it without the key and a guess."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def suppress(self, address: str, why: Suppression, *, at: datetime, source: str) -> None:
        """Never write to this address again. The first reason stays; repeating changes nothing."""
        row = {"address_hmac": self._hmac(address), "reason": why.value, "source": source, "at": at}
        with self._database.writing() as connection:
            insert_new(connection, suppression, [row])

    def why(self, address: str) -> Suppression | None:
        """The reason, or None where the address may be written to."""
        query = select(suppression.c.reason).where(suppression.c.address_hmac == self._hmac(address))
        with self._database.reading() as connection:
            reason = connection.execute(query).scalar()
        return None if reason is None else Suppression(reason)

    def _hmac(self, address: str) -> str:
        return hmac.new(self._key, address_key(address).encode(), hashlib.sha256).hexdigest()
