"""Minimum-cost flows: by OR-tools where it is installed, otherwise by the linear program that is the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.columns import Whole


class Network(NamedTuple):
    """Arcs of a directed network; all of one length."""

    tails: Whole
    heads: Whole
    capacities: Whole
    costs: Whole
    supplies: Whole
    """By node: what leaves it, below 0 what ends there; they sum to 0."""


def max_flow(network: Network, source: int, sink: int) -> int:
    """The greatest flow from one node to another, whatever it costs.

    References
    ----------
    Dinic (1970), Algorithm for solution of a problem of maximum flow in networks with power estimation.

    Examples
    --------
    >>> ones = np.ones(3, dtype=np.int64)
    >>> line = Network(np.array([0, 1, 1]), np.array([1, 2, 2]), ones, ones, np.zeros(3, dtype=np.int64))
    >>> max_flow(line, 0, 2)
    1
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import maximum_flow

    nodes = len(network.supplies)
    shape = (network.capacities.astype(np.int32), (network.tails, network.heads))
    return int(maximum_flow(coo_matrix(shape, shape=(nodes, nodes)).tocsr(), source, sink).flow_value)


def min_cost_flow(network: Network, *, with_ortools: bool | None = None) -> Whole:
    """The cheapest flow that meets all supplies, in whole numbers.

    Parameters
    ----------
    network : Network
    with_ortools : bool, optional
        By default where it is installed.

    Returns
    -------
    ndarray of int, shape (arcs,)

    Raises
    ------
    ValueError
        If no flow meets the supplies.

    References
    ----------
    Goldberg (1997), An efficient implementation of a scaling minimum-cost flow algorithm (in OR-tools);
    Huangfu and Hall (2018), Parallelizing the dual revised simplex method (HiGHS, in SciPy).

    Examples
    --------
    >>> one = np.array([1, 1])
    >>> choice = Network(np.array([0, 0]), one, one, np.array([5, 3]), np.array([1, -1]))
    >>> min_cost_flow(choice, with_ortools=False).tolist()
    [0, 1]
    """
    if with_ortools is None:
        with_ortools = has_ortools()
    if not len(network.tails):
        return np.zeros(0, dtype=np.int64)
    return _by_ortools(network) if with_ortools else _by_linear_program(network)


def has_ortools() -> bool:
    """Is OR-tools installed?

    Examples
    --------
    >>> has_ortools() in (True, False)
    True
    """
    from importlib.util import find_spec

    return find_spec("ortools") is not None


def _by_ortools(network: Network) -> Whole:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tails.astype(np.int32), network.heads.astype(np.int32), network.capacities, network.costs
    )
    solver.set_nodes_supplies(np.arange(len(network.supplies), dtype=np.int32), network.supplies)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise ValueError(f"a flow that meets all supplies is wanted, but the solver says {status}")
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def _by_linear_program(network: Network) -> Whole:
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    arcs, nodes = len(network.tails), len(network.supplies)
    ones, each = np.ones(arcs), np.arange(arcs)
    leaves = (
        np.concatenate([ones, -ones]),
        (np.concatenate([network.tails, network.heads]), np.tile(each, 2)),
    )
    found = linprog(
        network.costs,
        A_eq=coo_matrix(leaves, shape=(nodes, arcs)).tocsr(),
        b_eq=network.supplies,
        bounds=np.stack([np.zeros(arcs), network.capacities], axis=1),
        method="highs-ds",  # a corner of the polytope: whole numbers, as the incidence matrix is unimodular
    )
    if found.x is None or not found.success:
        raise ValueError(f"a flow that meets all supplies is wanted, but the solver says {found.message}")
    return np.asarray(np.round(found.x), dtype=np.int64)
