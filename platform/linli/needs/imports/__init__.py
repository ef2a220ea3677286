"""Needs that others wrote: from the columns of a spreadsheet to drafts that say what they lack."""
