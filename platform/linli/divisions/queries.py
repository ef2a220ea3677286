"""Looking up divisions. Unknown codes give None or nothing; no list is longer than its limit."""

from linli.divisions.rules import Division, Level, Point, level_of_code, read_code
from linli.divisions.tables import Table, table

MOST_CHILDREN = 500  # the fullest township has 170 communities


def get(level: Level | str, code: str) -> Division | None:
    """The division of this level and code; the code may be padded with zeros."""
    if level not in set(Level):
        return None
    own_code = read_code(Level(level), code)
    row = own_code and table(Level(level)).row_of(own_code)
    return table(Level(level)).division(row) if isinstance(row, int) else None


def with_code(code: str) -> Division | None:
    """The division whose unpadded code this is: its length tells the level."""
    level = level_of_code(code)
    return get(level, code) if level else None


def parent(division: Division) -> Division | None:
    """The division directly above; None above a province."""
    above = ancestors(division)
    return above[-1] if above else None


def ancestors(division: Division) -> tuple[Division, ...]:
    """All divisions above, the province first."""
    wider = tuple(Level)[: division.level.depth]
    found = (get(level, division.code[: level.digits]) for level in wider)
    return tuple(above for above in found if above)


def county_of(division: Division) -> Division | None:
    """The county that a county, township or community lies in."""
    return get(Level.COUNTY, division.code[: Level.COUNTY.digits])


def inside(outer: Division | None, level: Level, *, after: str = "", limit: int = 100) -> list[Division]:
    """Divisions of one level inside `outer` (None: the country), by code; a next page begins `after` one."""
    rows = rows_inside(table(level), outer)
    last_seen = read_code(level, after)
    start = max(rows.start, table(level).row_after(last_seen)) if last_seen else rows.start
    return [table(level).division(row) for row in range(start, rows.stop)[: max(limit, 0)]]


def children(
    division: Division | None = None, *, after: str = "", limit: int = MOST_CHILDREN
) -> list[Division]:
    """The divisions directly below, by code; below None the provinces."""
    depth = division.level.depth + 1 if division else 0
    return inside(division, tuple(Level)[depth], after=after, limit=limit) if depth < len(Level) else []


def count_inside(outer: Division | None, level: Level) -> int:
    """How many divisions of one level lie inside `outer`."""
    return len(rows_inside(table(level), outer))


def point_of(division: Division) -> Point | None:
    """The point of a division; below the county its county's, and without one the prefecture's.

    Coordinates are about GCJ-02, a few hundred metres off WGS 84.
    """
    if division.level is Level.PROVINCE:
        return _point(Level.PROVINCE, division.code)
    county = _point(Level.COUNTY, division.code[: Level.COUNTY.digits])
    return county or _point(Level.PREFECTURE, division.code[: Level.PREFECTURE.digits])


def rows_inside(of: Table, outer: Division | None) -> range:
    """The rows of a table that lie inside a division; all of them for None."""
    if outer is None:
        return range(len(of.codes))
    code = read_code(outer.level, outer.code)
    return of.rows_inside(code) if code else range(0)


def _point(level: Level, code: str) -> Point | None:
    own_code = read_code(level, code)
    row = own_code and table(level).row_of(own_code)
    return table(level).point(row) if isinstance(row, int) else None
