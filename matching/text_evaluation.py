"""How well texts are ranked, where somebody has judged it: `python -m matching evaluate --texts FOLDER`."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Final

from matching.metrics import ndcg_at_k, recall_at_k
from matching.text_ranking import Text, read_texts

BAR: Final = 24
"""Characters of the progress bar."""


@dataclass(frozen=True)
class Aim:
    """How a set is judged, and how good is good.

    Examples
    --------
    >>> Aim(floor=0.67, strong=0.74).measure
    'NDCG@10'
    """

    floor: float | None = None
    strong: float | None = None
    measure: str = "NDCG@10"
    excludes_same_id: bool = False


AIMS: Final[Mapping[str, Aim]] = {
    "zh_message_reply": Aim(0.67, 0.74),
    "zh_task_occupation": Aim(0.60, 0.66),
    "en_task_occupation": Aim(0.52, 0.58, measure="R@20"),
    "en_related_occupation": Aim(0.57, 0.63, excludes_same_id=True),
    "en_title_summary": Aim(0.57, 0.63),
    "en_need_offer": Aim(0.13, 0.20),
}
"""The sets with a known aim, in the order of the table; others are judged by NDCG@10."""


@dataclass(frozen=True)
class Judged:
    """One folder: documents, queries, and what each query should find.

    Examples
    --------
    >>> judged = Judged("lunch", [Text("a", "cooking")], [Text("q", "who cooks")], {"q": {"a": 1.0}})
    >>> judged.value({"q": ["a"]})
    1.0
    """

    name: str
    corpus: Sequence[Text]
    queries: Sequence[Text]
    gains: Mapping[str, Mapping[str, float]]
    aim: Aim = field(default_factory=Aim)

    def value(self, found: Mapping[str, Sequence[str]]) -> float:
        """The mean over the queries that have something to find, in [0, 1]."""
        judged = ((found[query.id], self.gains[query.id]) for query in self.queries if query.id in self.gains)
        if self.aim.measure == "R@20":
            return fmean(recall_at_k(ranked, gains) for ranked, gains in judged)
        return fmean(ndcg_at_k(ranked, gains) for ranked, gains in judged)


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Examples
    --------
    >>> Line("lunch", Aim(0.5, 0.6), {"ours": 0.55, "BM25": None}, seconds=1.0).cells()
    ['lunch', 'NDCG@10', '.550', '-', '.50', '.60', '1.0']
    """

    name: str
    aim: Aim
    values: Mapping[str, float | None]
    seconds: float

    def cells(self) -> list[str]:
        """What stands in the columns."""
        values = [_number(value, 3) for value in self.values.values()]
        aims = [_number(self.aim.floor, 2), _number(self.aim.strong, 2)]
        return [self.name, self.aim.measure, *values, *aims, f"{self.seconds:.1f}"]


def read_judged(folder: Path) -> Judged:
    """Read ``corpus.csv.gz``, ``queries.csv`` and ``qrels.csv`` (query_id, doc_id, gain) of a folder.

    Raises
    ------
    ValueError
        If a column is missing, a gain is no number, or no query has anything to find.

    Examples
    --------
    >>> read_judged(Path("nowhere"))
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'nowhere/corpus.csv.gz'
    """
    corpus = read_texts(folder / "corpus.csv.gz", "doc_id")
    queries = read_texts(folder / "queries.csv", "query_id")
    gains: dict[str, dict[str, float]] = {}
    with (folder / "qrels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            try:
                gains.setdefault(row["query_id"], {})[row["doc_id"]] = float(row["gain"])
            except (KeyError, TypeError, ValueError):
                wanted = "query_id, doc_id and a number named gain"
                raise ValueError(f"{folder.name}/qrels.csv needs {wanted}, but has {row}") from None
    if not any(query.id in gains for query in queries):
        raise ValueError(f"{folder.name}: no query has anything to find")
    return Judged(folder.name, corpus, queries, gains, AIMS.get(folder.name, Aim()))


def evaluate_texts(folder: Path, progress: Callable[[int, int, str], None] | None = None) -> Iterator[Line]:
    """Measure the text model beside BM25 and plain TF-IDF on every judged folder inside a folder.

    Parameters
    ----------
    folder : Path
        Its subfolders are read by `read_judged`.
    progress : callable, optional
        Is told how many rankings are done, of how many, and what comes next.

    Yields
    ------
    Line
        One a subfolder; a baseline that makes no sense for the script has no value.

    Raises
    ------
    ValueError
        If the folder holds no judged texts.

    Examples
    --------
    >>> next(evaluate_texts(Path("nowhere")))
    Traceback (most recent call last):
    ...
    ValueError: nowhere holds no folder with corpus.csv.gz, queries.csv and qrels.csv
    """
    # Here and not above: scikit-learn takes seconds to import, and only this needs its baselines.
    from threadpoolctl import threadpool_limits

    from matching.text_baselines import METHODS

    found = [path.parent for path in folder.glob("*/qrels.csv")]
    if not found:
        raise ValueError(f"{folder} holds no folder with corpus.csv.gz, queries.csv and qrels.csv")
    order = {name: place for place, name in enumerate(AIMS)}
    found.sort(key=lambda path: (order.get(path.name, len(order)), path.name))
    steps = len(found) * len(METHODS)
    for number, path in enumerate(found):
        judged, start = read_judged(path), perf_counter()
        values: dict[str, float | None] = {}
        for place, (name, method) in enumerate(METHODS.items(), start=number * len(METHODS)):
            if progress:
                progress(place, steps, f"{path.name}: {name}")
            with threadpool_limits(1):  # more threads wait for one another longer than they work
                ranked = method(judged.corpus, judged.queries, judged.aim.excludes_same_id)
            values[name] = None if ranked is None else judged.value(ranked)
        yield Line(judged.name, judged.aim, values, perf_counter() - start)
    if progress:
        progress(steps, steps, "done")


def table(lines: Sequence[Line]) -> str:
    """Lay the lines out as text.

    Examples
    --------
    >>> print(table([Line("lunch", Aim(0.5), {"ours": 0.55}, 1.0)]))
    set    measure  ours  floor  strong  seconds
    lunch  NDCG@10  .550    .50       -      1.0
    """
    head = ["set", "measure", *lines[0].values, "floor", "strong", "seconds"]
    rows = [head, *(line.cells() for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_aligned(row, widths)) for row in rows)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place < 2 else cell.rjust(width)


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}".removeprefix("0")


def add_texts(command: argparse.ArgumentParser) -> None:
    """Give a command the option that measures texts.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_texts(parser)
    >>> parser.parse_args(["--texts", "judged"]).texts.name
    'judged'
    """
    command.add_argument(
        "--texts",
        type=Path,
        metavar="FOLDER",
        help="rank texts first: a folder of folders with corpus, queries and judgements",
    )


def print_texts(folder: Path) -> None:
    """Print the table, and a progress bar on standard error."""
    lines = list(evaluate_texts(folder, _show))
    sys.stdout.write(f"{table(lines)}\n{sum(line.seconds for line in lines):.0f} seconds in all\n\n")
    sys.stdout.flush()


def _show(done: int, of: int, what: str) -> None:
    bar = "#" * (done * BAR // of)
    sys.stderr.write(f"\r[{bar:<{BAR}}] {done} of {of}  {what:<45}" + "\n" * (done == of))
    sys.stderr.flush()
