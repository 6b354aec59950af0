"""Jinja2 over a mapping of templates: autoescaped, strict about names, exact about where it went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.errors import InputError, NewsletterError
from newsletter.model.where import Where
from newsletter.render.guards import marked

_SUFFIX = ".mjml.j2"


class _Templates(BaseLoader):
    """A DictLoader that also names each template as its file, so that a traceback can be read back."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = {name: marked(source, name) for name, source in sources.items()}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._sources:
            raise TemplateNotFound(template)
        return self._sources[template], template, lambda: True


class Templates:
    """Templates that can be filled in; user-made, so each mistake is an InputError with file:line."""

    def __init__(self, sources: Mapping[str, str], **shared: object) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=_Templates(sources),
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
