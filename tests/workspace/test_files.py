"""The workspace's files: whole or not at all, and never outside."""

from pathlib import Path

import pytest

from newsletter.edges.workspace import Folder
from newsletter.errors import InputError, MissingFile, StateError


def test_written_files_are_read_back(tmp_path: Path) -> None:
    """What was written is read back, below folders that were made on the way."""
    folder = Folder(tmp_path)
    folder.write({"a/b/c.txt": b"1", "d.txt": b"2"})
    assert folder.read("a/b/c.txt") == b"1"
    assert folder.names("a") == ["a/b/c.txt"]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["c.txt", "d.txt"]


def test_replace_leaves_only_the_new(tmp_path: Path) -> None:
    """A replaced folder holds just the new files, and nothing is left beside it."""
    folder = Folder(tmp_path)
    folder.write({"build/1/old.html": b"old", "build/1/deep/er.txt": b"old"})
    folder.replace("build/1", {"new.html": b"new", "pictures/p.png": b"p"})
    assert folder.names("build") == ["build/1/new.html", "build/1/pictures/p.png"]
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["1"]


def test_missing_file_says_its_path(tmp_path: Path) -> None:
    """A missing file is told by its path within the workspace."""
    with pytest.raises(MissingFile) as caught:
        Folder(tmp_path).read("content/x.md")
    assert str(caught.value.where) == "content/x.md"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x"])
def test_no_path_leads_outside(tmp_path: Path, path: str) -> None:
    """A path out of the workspace is refused, for reading and for writing."""
    with pytest.raises(InputError):
        Folder(tmp_path).read(path)
    with pytest.raises(InputError):
        Folder(tmp_path).write({path: b"x"})


def test_symlink_does_not_lead_outside(tmp_path: Path) -> None:
    """A link that points out of the workspace is refused like a path that does."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError):
        Folder(tmp_path / "inside").read("link")


def test_write_over_a_folder_is_refused(tmp_path: Path) -> None:
    """A file cannot be written where a folder stands, and nothing half-done is left."""
    (tmp_path / "a").mkdir()
    with pytest.raises(StateError):
        Folder(tmp_path).write({"a": b"x"})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
