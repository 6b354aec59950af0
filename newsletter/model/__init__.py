"""The nouns that flow through the river: frozen, each field's meaning beside it.

One module a subject: :mod:`~newsletter.model.issue`, :mod:`~newsletter.model.prose`,
:mod:`~newsletter.model.news`, :mod:`~newsletter.model.people`, :mod:`~newsletter.model.letter`,
:mod:`~newsletter.model.finding`, :mod:`~newsletter.model.delivery`, :mod:`~newsletter.model.event`,
:mod:`~newsletter.model.figure` and :mod:`~newsletter.model.settings`.
"""
