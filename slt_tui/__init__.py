"""The workbench: the command line, and the launching and following of runs."""
