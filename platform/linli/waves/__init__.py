"""Asking in waves: people are asked by itself until the places of one time are filled."""
