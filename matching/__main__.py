"""`python -m matching`: rank texts, serve decisions to another program, or measure the library."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from matching.city.command import add_city, print_city
from matching.text_evaluation import add_texts, print_texts
from matching.text_ranking import Match, rank_texts, read_texts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_rank_text(commands)
    command = commands.add_parser("evaluate", help="measure the library beside plain ways to do the same")
    add_texts(command)
    add_city(command)
    command.set_defaults(run=_evaluate)
    command = commands.add_parser("serve", help="answer one JSON object a line, from standard input")
    command.set_defaults(run=_serve)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except (OSError, ValueError, csv.Error) as problem:
        print(f"{chosen.run.__name__.strip('_').replace('_', '-')}: {problem}", file=sys.stderr)
        return 2
    return 0


def _add_rank_text(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("rank-text", help="print query_id,doc_id,rank,score as CSV")
    command.add_argument("--corpus", type=Path, required=True, help="CSV with doc_id,text; .gz is unpacked")
    command.add_argument("--queries", type=Path, required=True, help="CSV with query_id,text, as above")
    command.add_argument("--top", type=int, default=20, help="documents per query (default: %(default)s)")
    command.add_argument(
        "--exclude-same-id", action="store_true", help="leave out the document with the query's own id"
    )
    command.set_defaults(run=_rank_text)


def _rank_text(chosen: argparse.Namespace) -> None:
    corpus, queries = read_texts(chosen.corpus, "doc_id"), read_texts(chosen.queries, "query_id")
    _print(rank_texts(corpus, queries, top=chosen.top, exclude_same_id=chosen.exclude_same_id))


def _evaluate(chosen: argparse.Namespace) -> None:
    # Texts first: they take half a minute, the cities many.
    if chosen.texts is not None:
        print_texts(chosen.texts)
    if chosen.seeds or chosen.texts is None:
        print_city(chosen)


def _serve(_: argparse.Namespace) -> None:
    from matching.serve.lines import serve

    serve(sys.stdin, sys.stdout)


def _print(matches: Iterator[Match]) -> None:
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(Match._fields)
    lines.writerows((match.query_id, match.doc_id, match.rank, f"{match.score:.9f}") for match in matches)


if __name__ == "__main__":
    sys.exit(main())
