"""Public fakes and builders, for the tests of the program and of whoever extends it.

A fake keeps a port's whole contract in memory; the suites in ``tests/store`` run over it and over the
real edge alike.
"""
