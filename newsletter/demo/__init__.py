"""A user of the program like any other: an example, members' sites on loopback, readers who are simulated."""
