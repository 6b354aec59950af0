"""One module per verb: read by a port, call the stage, write by a port. No edge is known here."""
