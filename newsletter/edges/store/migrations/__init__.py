"""The steps from one schema to the next, in order; each is written once and never changed."""
