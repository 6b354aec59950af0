"""Backups: one encrypted file that holds the database, the key of the suppressed and the settings."""

from newsletter.edges.backup.folder import BackupFolder
from newsletter.edges.backup.keys import Keyring

__all__ = ["BackupFolder", "Keyring"]
