"""The library as one process that answers a JSON object a line; see `matching/README.md`."""
