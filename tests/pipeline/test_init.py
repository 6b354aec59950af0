"""A new workspace."""

from datetime import date
from pathlib import Path

import pytest

from newsletter.edges.package import shipped
from newsletter.edges.workspace import Folder
from newsletter.errors import InputError
from newsletter.pipeline.init import init


def test_init_lays_out_named_files(tmp_path: Path) -> None:
    """A new workspace has an issue of this year, settings, lists and git's own file, all filled in."""
    written = init(Folder(tmp_path), skeleton=shipped("skeleton"), today=date(2027, 1, 4))
    assert "content/issues/2027-1/issue.md" in written
    assert ".gitignore" in written
    assert b"ISSUE" not in (tmp_path / "content/issues/2027-1/issue.md").read_bytes()


def test_init_never_overwrites(tmp_path: Path) -> None:
    """A folder that holds one of the files is left just as it was."""
    (tmp_path / "newsletter.toml").write_text("mine")
    with pytest.raises(InputError, match="redan"):
        init(Folder(tmp_path), skeleton=shipped("skeleton"), today=date(2027, 1, 4))
    assert [path.name for path in tmp_path.iterdir()] == ["newsletter.toml"]
