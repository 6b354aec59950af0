"""Member news and the sources' states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from newsletter.edges.store.database import Database, Values, batches, insert_new
from newsletter.edges.store.schema import news_item, source_state
from newsletter.model.news import NewsItem, Provenance, SourceState


class StoredNews:
    """The News port. An item that comes again is kept as its publisher has it now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, items: Iterable[NewsItem], at: datetime) -> int:
        """Keep items by their address, in one transaction; how many were new."""
        renew = update(news_item).where(news_item.c.url == bindparam("known"))
        new = 0
        with self._database.writing() as connection:
            for batch in batches(iter(items)):
                rows = [_item_values(item) for item in batch]
                new += insert_new(connection, news_item, [{**row, "seen_at": at} for row in rows])
                connection.execute(renew, [{**row, "known": row["url"]} for row in rows])
        return new

    def items(self) -> Sequence[NewsItem]:
        """All that is remembered, newest first and those without a day last, then by address."""
        query = select(news_item).order_by(news_item.c.published.desc().nulls_last(), news_item.c.url)
        with self._database.reading() as connection:
            return [_item(row) for row in connection.execute(query)]

    def source(self, url: str) -> SourceState | None:
        """What the last fetch of this source left behind."""
        query = select(source_state).where(source_state.c.url == url)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else SourceState(**row._mapping)

    def note(self, state: SourceState) -> None:
        """Keep a source's state."""
        row = {column.name: getattr(state, column.name) for column in source_state.columns}
        with self._database.writing() as connection:
            if not insert_new(connection, source_state, [row]):
                connection.execute(update(source_state).where(source_state.c.url == state.url).values(row))


def _item_values(item: NewsItem) -> Values:
    return {
        "url": item.url,
        "member": item.member,
        "title": item.title,
        "lead": item.lead,
        "published": item.published,
        "provenance": item.provenance.value,
        "uncertain": item.uncertain,
        "image": item.image,
        "image_alt": item.image_alt,
        "body": item.body,
    }


def _item(row: Row[Any]) -> NewsItem:
    return NewsItem(
        member=row.member,
        url=row.url,
        title=row.title,
        lead=row.lead,
        published=row.published,
        provenance=Provenance(row.provenance),
        uncertain=row.uncertain,
        image=row.image,
        image_alt=row.image_alt,
        body=row.body,
    )
