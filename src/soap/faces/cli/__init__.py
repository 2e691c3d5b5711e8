"""The command line: one module a subject, put together in `app`. Importing it loads nothing heavy."""
