"""A small invented city in which any way of asking people can be tried; see `matching/README.md`."""
