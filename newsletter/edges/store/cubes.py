"""What was published of each sending, and how small members were merged."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, select, update

from newsletter.edges.store import schema
from newsletter.edges.store.database import Database, insert_new
from newsletter.errors import StateError
from newsletter.model.figure import (
    Cube,
    MergePlan,
    cube_from_json,
    cube_json,
    merge_plan_from_json,
    merge_plan_json,
)

_PLAN = 1  # there is one


class StoredCubes:
    """The Cubes port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, cube: Cube) -> None:
        """Keep the cube; a later one of the same sending takes its place only with the same cells' cut.

        Raises StateError otherwise: the difference between two cuts could reveal a person.
        """
        row = {"sending": cube.sending, "issue": cube.issue, "body": cube_json(cube)}
        with self._database.writing() as connection:
            if insert_new(connection, schema.cube, [row], key=["issue"]):
                return
            kept = _published(connection, cube.issue)
            if kept is None or (kept.sending, kept.cut) != (cube.sending, cube.cut):
                raise _another_cut(cube)
            connection.execute(update(schema.cube).where(schema.cube.c.issue == cube.issue).values(row))

    def published(self, issue: str) -> Cube | None:
        """The issue's cube."""
        with self._database.reading() as connection:
            return _published(connection, issue)

    def merge_plan(self) -> MergePlan | None:
        """How small members were merged; None before the first plan."""
        with self._database.reading() as connection:
            return _plan(connection)

    def keep_merge_plan(self, plan: MergePlan) -> None:
        """Keep the plan. Raises StateError where it would part what was counted together before."""
        row = {"id": _PLAN, "body": merge_plan_json(plan)}
        with self._database.writing() as connection:
            kept = _plan(connection)
            if kept is not None and _parts(kept, plan):
                raise _finer()
            if not insert_new(connection, schema.merge_plan, [row]):
                connection.execute(update(schema.merge_plan).values(row))


def _published(connection: Connection, issue: str) -> Cube | None:
    text = connection.execute(select(schema.cube.c.body).where(schema.cube.c.issue == issue)).scalar()
    return None if text is None else cube_from_json(text)


def _plan(connection: Connection) -> MergePlan | None:
    text = connection.execute(select(schema.merge_plan.c.body)).scalar()
    return None if text is None else merge_plan_from_json(text)


def _parts(kept: MergePlan, plan: MergePlan) -> bool:
    """Whether any two that shared a cell in the kept plan no longer do."""
    cells: dict[str, list[str | None]] = defaultdict(list)
    for one, cell in kept.groups.items():
        cells[cell].append(plan.groups.get(one))
    return any(len(now) > 1 and (None in now or len(set(now)) > 1) for now in cells.values())


def _another_cut(cube: Cube) -> StateError:
    return StateError(
        f"Rapporten för {cube.issue} är redan publicerad med en annan indelning.",
        why="Skillnaden mellan två indelningar kan röja vad en enskild person har läst.",
        do="Använd den publicerade rapporten.",
    )


def _finer() -> StateError:
    return StateError(
        "Små medlemmar som har räknats ihop kan inte delas upp igen.",
        why="Skillnaden mellan två rapporter kan då röja vad en enskild person har läst.",
        do="Behåll sammanslagningen under mandatperioden.",
    )
