"""A small vocabulary, and factories of one valid volunteer or need; a test changes what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields as columns_of
from datetime import date
from typing import Any, TypeVar

import numpy as np

from matching import Answer, Needs, Taxonomy, Vocabulary, Volunteers, cell_table

TODAY = date(2026, 11, 23)
TUESDAY = np.datetime64("2026-11-24")
TUESDAY_MORNING = 3
HERE = (107.47, 27.08)

WORDS = Vocabulary(
    skills=Taxonomy(
        ["care", "bathing", "feeding", "repairs", "plumbing", "first_aid"],
        {"bathing": "care", "feeding": "care", "plumbing": "repairs"},
    ),
    fields=Taxonomy(["elders", "children", "environment"]),
    credentials=Taxonomy(["background_check", "driving_licence"]),
    languages=Taxonomy(["mandarin", "guiyang", "english"], {"guiyang": "mandarin"}),
)


Table = TypeVar("Table", Needs, Volunteers)


def together(*tables: Table) -> Table:
    """One table of the rows of several."""
    columns = {
        field.name: [getattr(table, field.name) for table in tables] for field in columns_of(tables[0])
    }
    joined: dict[str, Any] = {
        name: np.concatenate(parts)
        for name, parts in columns.items()
        if name not in ("vocabulary", "texts", "text_vectors")
    }
    return type(tables[0])(vocabulary=WORDS, **joined)


def _held_credentials(held: Mapping[str, str | None]) -> dict[str, Any]:
    """Checked papers with their last day, None for no end."""
    state = np.full((1, len(WORDS.credentials)), Answer.NO)
    expires_on = np.full((1, len(WORDS.credentials)), "NaT", dtype="datetime64[D]")
    for name, last_day in held.items():
        state[0, WORDS.credentials.position(name)] = Answer.YES
        expires_on[0, WORDS.credentials.position(name)] = np.datetime64(last_day or "NaT")
    return {"credential": state, "credential_expires_on": expires_on}


def make_volunteer(
    name: str = "li",
    *,
    skills: Mapping[str, int] | None = None,
    fields: Sequence[str] = (),
    languages: Sequence[str] = (),
    credentials: Mapping[str, str | None] | None = None,
    born_on: str = "1980-05-01",
    at: tuple[float, float] = HERE,
    free: Answer = Answer.YES,
    **columns: Any,
) -> Volunteers:
    """An opted-in adult who lives on the spot and is always free, and has said nothing else."""
    given: dict[str, Any] = {
        "opted_in": np.array([True]),
        "born_on": np.array([born_on], dtype="datetime64[D]"),
        "longitude": np.array([at[0]]),
        "latitude": np.array([at[1]]),
        "availability": np.full((1, 21), free),
        "skill_level": WORDS.skills.levels([skills or {}]),
        "fields": WORDS.fields.members([fields]),
        "languages": WORDS.languages.members([languages]),
        **_held_credentials(credentials or {}),
    }
    return Volunteers(ids=[name], vocabulary=WORDS, **{**given, **columns})


def make_need(
    name: str = "lunch",
    *,
    wanted: Mapping[str, int] | None = None,
    required: Mapping[str, int] | None = None,
    fields: Sequence[str] = (),
    languages: Sequence[str] = (),
    credentials: Sequence[str] = (),
    at: tuple[float, float] = HERE,
    cells: Sequence[int] = (TUESDAY_MORNING,),
    **columns: Any,
) -> Needs:
    """A need next door on Tuesday morning that asks for nothing but a person."""
    given: dict[str, Any] = {
        "longitude": np.array([at[0]]),
        "latitude": np.array([at[1]]),
        "skills_wanted": WORDS.skills.levels([wanted or {}]),
        "skills_required": WORDS.skills.levels([required or {}]),
        "fields": WORDS.fields.members([fields]),
        "languages": WORDS.languages.members([languages]),
        "credentials_required": WORDS.credentials.members([credentials]),
        "cells": cell_table([cells]),
        "local_day": np.array([TUESDAY if cells else "NaT"], dtype="datetime64[D]"),
        "start_minute": np.array([29_925_300]),
        "end_minute": np.array([29_925_420]),
    }
    return Needs(ids=[name], vocabulary=WORDS, **{**given, **columns})
