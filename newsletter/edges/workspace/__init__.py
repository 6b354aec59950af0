"""The association's folder on this machine: its files, its state folder, its lock and its keys."""

from newsletter.edges.workspace.files import Folder
from newsletter.edges.workspace.state import FileLock, StateFolder

__all__ = ["FileLock", "Folder", "StateFolder"]
