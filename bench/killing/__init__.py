"""Killing the sender at random moments, over and over, and proving afterwards that nobody got two or none.

    workspace ─ copied for each run ─ sender (a process of its own) ─► server (in this process)
                                         ▲ kill -9                        │ bytes it has read
                                         └────────── trap ◄───────────────┘

    workspace   one short issue, and so many on its list
    trap        the moment: so many bytes after now, or so many seconds
    sender      `python -m newsletter`, as a user starts it, and how it ended
    provider    the servers, what they have on record, and what goes wrong with them
    course      one run: kill, look, go on, until all is done; then the books are compared
    table       many runs in numbers

The ledger that PostgreSQL keeps, and several workers, would be another sender here; the rest would stay.
"""
