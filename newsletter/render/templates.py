"""Jinja2 over a mapping of templates: autoescaped, strict about names, exact about where it went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, TracebackType

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.bccache import Bucket
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import InputError, NewsletterError
from newsletter.model.where import Where
from newsletter.render.guards import marked

_SUFFIX = ".mjml.j2"
_KEPT = 256  # compiled templates: a workspace has about fifteen

_marked = lru_cache(maxsize=_KEPT)(marked)


class _Compiled(BytecodeCache):
    """Templates compiled once a process, known by name and content: it costs more than all the rest."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            if len(self._codes) >= _KEPT:  # a preview that runs all day sees many versions of a file
                self._codes.clear()
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class _Templates(BaseLoader):
    """A DictLoader that also names each template as its file, so that a traceback can be read back."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = {name: _marked(source, name) for name, source in sources.items()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template], template, lambda: True


class Templates:
    """Templates that can be filled in; user-made, so each mistake is an InputError with file:line."""

    def __init__(self, sources: Mapping[str, str], **shared: object) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=_Templates(sources),
            bytecode_cache=_COMPILED,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(shared)

    def filled(self, name: str, **values: object) -> str:
        """The template's text with the values in it."""
        file = name + _SUFFIX
        try:
            return self._environment.get_template(file).render(**values)
        except NewsletterError:
            raise
        except Exception as error:  # a template is a user's program: anything may come out of it
            raise _placed(error, file) from error


def _placed(error: Exception, file: str) -> InputError:
    match error:
        case TemplateSyntaxError():
            return _wrong(
                "Mallen har ett skrivfel.",
                Where(f"templates/{error.name or file}", error.lineno),
                error.message or "",
                "Rätta raden; {{ … }} och {% … %} ska stå i par.",
            )
        case TemplateNotFound():
            name, line = _frame(error.__traceback__, file)
            return _wrong(
                f"Mallen {error.name} finns inte.",
                Where(f"templates/{name}", line),
                "Den behövs för att bygga brevet.",
                "Rätta namnet, eller lägg filen i templates/.",
            )
    name, line = _frame(error.__traceback__, file)
    return _wrong(_what(error), Where(f"templates/{name}", line), str(error), "Rätta raden i mallen.")


def _what(error: Exception) -> str:
    match error:
        case UndefinedError():
            return "Mallen använder ett namn som inte finns."
        case SecurityError():
            return "Mallen gör något som mallar inte får."
    return "Mallen går inte att fylla i."


def _wrong(what: str, where: Where, why: str, do: str) -> InputError:
    return InputError(what, where=where, why=why, do=do)


def _frame(trace: TracebackType | None, file: str) -> tuple[str, int]:
    """The innermost template line of a traceback, as Jinja2 rewrote it."""
    found = (file, 0)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(_SUFFIX):
            found = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found
