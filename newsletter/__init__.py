"""The river, from a Markdown file to a report that leadership can trust.

    write | gather | compose | render | check | review | send | track | report
                        people ─────┘                  └─ who gets it

Each word is a room, a *stage*: values in, values out, no outside world. Nouns that flow between the
rooms live in :mod:`newsletter.model`. :mod:`newsletter.ports` says what the pipeline needs from
outside; :mod:`newsletter.edges` holds the outside, one folder per thing; :mod:`newsletter.pipeline`
has one module per verb: it reads by a port, calls the stage and writes by a port.
:mod:`newsletter.wiring` is the only place where ports and edges meet.
"""

__version__ = "0.1.0"
