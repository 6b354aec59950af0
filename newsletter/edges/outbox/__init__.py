"""Letters as files in a folder: one ``.eml`` per accepted recipient, opened by any mail program."""

from newsletter.edges.outbox.folder import Outbox
from newsletter.edges.outbox.forgetting import LetterFolders

__all__ = ["LetterFolders", "Outbox"]
