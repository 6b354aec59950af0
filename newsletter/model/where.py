"""A place in a text that a person wrote: the errors' own noun, used by all the others."""

from newsletter.errors import Where

__all__ = ["Where"]
