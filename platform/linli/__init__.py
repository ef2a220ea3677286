"""Linli (邻里): volunteers, teams and charities matched to the needs of their community."""

__version__ = "0.1.0"
