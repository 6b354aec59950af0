"""The sandbox: untrusted bytes are read in child processes that can take little and reach nothing.

Each child reads many texts, one at a time. One that dies, hangs or takes too much is replaced.
Wall time is always limited; CPU and memory where the system knows such limits; network, other processes
and files other than the program's own code are refused by the interpreter.
"""

from newsletter.edges.sandbox.processes import Processes

__all__ = ["Processes"]
