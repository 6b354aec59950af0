"""The state folder, the sender's lock and the key of the suppressed."""

from pathlib import Path

import pytest

from newsletter.edges.workspace import FileLock, StateFolder
from newsletter.errors import Busy, StateError


@pytest.mark.parametrize(
    "folder",
    [
        "OneDrive",
        "OneDrive - Region Dalarna",
        "onedrive-falun",
        "Dropbox",
        "Dropbox (Privat)",
        "iCloudDrive",
        "iCloud Drive",
        "Mobile Documents",
        "com~apple~CloudDocs",
        "CloudStorage",
        "Google Drive",
        "Nextcloud",
    ],
)
def test_synced_folder_is_refused(tmp_path: Path, folder: str) -> None:
    """A folder that is synced to other machines is refused, and the setting to change is named."""
    with pytest.raises(StateError) as caught:
        StateFolder(tmp_path / folder / "arbete")
    assert folder in caught.value.what
    assert "state_dir" in caught.value.do
    assert not (tmp_path / folder).exists()


def test_synced_folder_behind_a_link(tmp_path: Path) -> None:
    """A link into a synced folder is seen through."""
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "Dropbox", target_is_directory=True)
    with pytest.raises(StateError, match="Dropbox"):
        StateFolder(tmp_path / "here")


def test_other_names_are_fine(tmp_path: Path) -> None:
    """A folder that only resembles a synced one is not refused."""
    assert StateFolder(tmp_path / "Dropboxes-of-old").path.name == "Dropboxes-of-old"


def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    """The suppression key is made at first use, readable by its owner alone, and never changes."""
    state = StateFolder(tmp_path / "state")
    key = state.suppression_key()
    assert len(key) == 32
    assert StateFolder(tmp_path / "state").suppression_key() == key
    assert (tmp_path / "state" / "suppression.key").stat().st_mode & 0o077 == 0


def test_damaged_key_is_no_new_key(tmp_path: Path) -> None:
    """A key of the wrong length stops the program: a new key would forget who left."""
    (tmp_path / "suppression.key").write_bytes(b"short")
    with pytest.raises(StateError, match="skadad"):
        StateFolder(tmp_path).suppression_key()


def test_one_sender_at_a_time(tmp_path: Path) -> None:
    """A second sender is told at once that one is at work, and may send when it is done."""
    with FileLock(tmp_path / "send.lock"), pytest.raises(Busy), FileLock(tmp_path / "send.lock"):
        pass
    with FileLock(tmp_path / "send.lock"):
        pass
