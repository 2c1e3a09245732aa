"""Boosted trees as plain arrays: read from LightGBM's text, believed only when they are trees, laid out for the kernel.

A forest is five arrays of nodes and one of leaves. A child is a node, or ``~leaf``; every node and every leaf has one
parent, and children stand after their parents, so no walk goes in a circle or out of the arrays.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vonk.core.errors import Invalid
from vonk.delivery.prediction.kernels import Halves
from vonk.delivery.prediction.plan import Floats

TREES_MAX: Final = 1_000
LEAVES_MAX: Final = 32  # Of one tree: a bit of its mask each.
LEAF_MAX: Final = 30.0  # Logits; sums beyond are no probabilities that anybody tells apart.
_ALL_LEAVES: Final = 0xFFFFFFFF
_CATEGORICAL, _DEFAULT_LEFT, _ZERO_IS_MISSING, _NAN_IS_MISSING = 1, 2, 4, 8  # LightGBM's ``decision_type``, as bits.

Places = npt.NDArray[np.int32]
Numbered = npt.NDArray[Any]


class ForestInvalid(Invalid):
    """These arrays are no trees."""

    code = "prediction_forest_invalid"
    message = "The trees of a second stage cannot be read: %(reason)s."
    cause = "They were cut off or changed, or grown with options that the kernel does not know."
    remedy = "Serve an earlier model, and train anew."


class Forest(NamedTuple):
    """Trees whose leaves' values are added up. A value goes left at a node when it is not above the threshold."""

    roots: Places  # [trees]: a node, or ``~leaf`` for a tree that splits nothing.
    features: Places  # [nodes]: the column that is looked at.
    thresholds: Floats  # [nodes]; infinite where only what is missing is told apart.
    missing_left: Places  # [nodes]: 1 where what is no number goes left.
    left: Places  # [nodes]
    right: Places
    leaves: Floats


_NO_PLACES: Final = np.zeros(0, np.int32)
_NO_VALUES: Final = np.zeros(0)
NONE: Final = Forest(_NO_PLACES, _NO_PLACES, _NO_VALUES, _NO_PLACES, _NO_PLACES, _NO_PLACES, _NO_VALUES)


class Laid(NamedTuple):
    """Forests, one a head, as the kernel goes through them.

    At each node the rows that go right strike out the leaves of its left part; the first leaf that is left is theirs.
    So no row waits for another's way through the tree, and eight or sixteen of them go at once.
    """

    heads: npt.NDArray[np.int64]  # [heads + 1]: the first tree of each head; the last is the number of trees.
    trees: npt.NDArray[np.int64]  # [trees, 4]: first node, first node at which missing goes right, end, first leaf.
    features: Places
    thresholds: Halves  # The largest that is not above the true one: a value in 32 bits is above both or neither.
    masks: npt.NDArray[np.uint32]  # The leaves that remain for who goes right.
    leaves: Floats  # From left to right.


def of_text(text: str) -> Forest:
    """Return the forest that LightGBM wrote as text. Raises ForestInvalid."""
    trees = [_fields(block) for block in text.split("\nTree=")[1:]]
    try:
        return _joined(trees)
    except (KeyError, ValueError) as error:
        raise ForestInvalid(reason=f"LightGBM's text is not as expected ({error})") from error


def check(forest: Forest, columns: int) -> None:
    """Raise ForestInvalid unless these are trees over so many columns, no more and no larger than they may be."""
    nodes, leaves, trees = len(forest.features), len(forest.leaves), len(forest.roots)
    for name in ("thresholds", "missing_left", "left", "right"):
        if getattr(forest, name).shape != (nodes,):
            raise ForestInvalid(reason=f"{name} has another length than its nodes")
    if forest.roots.ndim != 1 or forest.features.ndim != 1 or forest.leaves.ndim != 1:
        raise ForestInvalid(reason="an array is no row")
    if not 0 < trees <= TREES_MAX or leaves != nodes + trees or leaves > trees * LEAVES_MAX:
        raise ForestInvalid(reason=f"{trees} trees, {nodes} nodes and {leaves} leaves do not go together")
    if nodes and not 0 <= int(forest.features.min()) <= int(forest.features.max()) < columns:
        raise ForestInvalid(reason="a node looks at a column that is not there")
    if np.isnan(forest.thresholds).any() or not np.isfinite(forest.leaves).all():
        raise ForestInvalid(reason="it holds what is no number")
    if np.abs(forest.leaves).max() > LEAF_MAX:
        raise ForestInvalid(reason="a leaf is larger than any logit")
    if nodes and not 0 <= int(forest.missing_left.min()) <= int(forest.missing_left.max()) <= 1:
        raise ForestInvalid(reason="where missing values go is neither left nor right")
    _check_parents(forest, nodes, leaves)
    if max(_leaves_of(forest)) > LEAVES_MAX:
        raise ForestInvalid(reason=f"a tree has more than {LEAVES_MAX} leaves")


def lay(forests: list[Forest | None]) -> Laid:
    """Return the forests, one a head and None for a head without, as the kernel goes through them."""
    heads: list[int] = [0]
    trees: list[tuple[int, int, int, int]] = []
    features: list[int] = []
    thresholds: list[float] = []
    masks: list[int] = []
    leaves: list[float] = []
    for head in forests:
        forest = head if head is not None else NONE
        for root in forest.roots.tolist():
            start, first_leaf = len(features), len(leaves)
            nodes = _walked(forest, root, leaves)
            nodes.sort(key=lambda one: -int(forest.missing_left[one[0]]))  # Who goes right without a value, last.
            features += [int(forest.features[node]) for node, _ in nodes]
            thresholds += [float(forest.thresholds[node]) for node, _ in nodes]
            masks += [_ALL_LEAVES & ~struck for _, struck in nodes]
            left = sum(int(forest.missing_left[node]) for node, _ in nodes)
            trees.append((start, start + left, len(features), first_leaf))
        heads.append(len(trees))
    return Laid(
        heads=np.array(heads, np.int64),
        trees=np.array(trees, np.int64).reshape(len(trees), 4),
        features=np.array(features, np.int32),
        thresholds=_halved(np.array(thresholds, np.float64)),
        masks=np.array(masks, np.uint32),
        leaves=np.array(leaves, np.float64),
    )


def _fields(block: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in block.splitlines():
        if line.startswith("end of trees"):
            break
        name, equals, value = line.partition("=")
        if equals:
            found[name] = value
    return found


def _joined(trees: list[dict[str, str]]) -> Forest:
    roots: list[int] = []
    parts: dict[str, list[Numbered]] = {name: [] for name in Forest._fields[1:]}
    nodes = leaves = 0
    for tree in trees:
        grown = int(tree["num_leaves"])
        if grown == 1:
            roots.append(~leaves)
        else:
            roots.append(nodes)
            kinds, thresholds = _ints(tree, "decision_type"), _reals(tree, "threshold")
            if ((kinds & (_CATEGORICAL | _ZERO_IS_MISSING)) != 0).any():
                raise ValueError("a split by category, or one that takes zero for missing")
            left_if_missing = np.where(kinds & _NAN_IS_MISSING, kinds & _DEFAULT_LEFT != 0, thresholds >= 0)
            parts["features"].append(_ints(tree, "split_feature"))
            parts["thresholds"].append(thresholds)
            parts["missing_left"].append(left_if_missing.astype(np.int64))
            for name, child in (("left", "left_child"), ("right", "right_child")):
                children = _ints(tree, child)
                parts[name].append(np.where(children >= 0, children + nodes, children - leaves))
        parts["leaves"].append(_reals(tree, "leaf_value"))
        nodes, leaves = nodes + grown - 1, leaves + grown
    whole = {name: np.concatenate(found) if found else np.zeros(0) for name, found in parts.items()}
    return Forest(
        np.array(roots, np.int32),
        whole["features"].astype(np.int32),
        whole["thresholds"].astype(np.float64),
        whole["missing_left"].astype(np.int32),
        whole["left"].astype(np.int32),
        whole["right"].astype(np.int32),
        whole["leaves"].astype(np.float64),
    )


def _ints(tree: dict[str, str], name: str) -> npt.NDArray[np.int64]:
    return np.array(tree[name].split(), np.int64)


def _reals(tree: dict[str, str], name: str) -> Floats:
    return np.array(tree[name].split(), np.float64)


def _check_parents(forest: Forest, nodes: int, leaves: int) -> None:
    """See to it that every node and leaf has one parent that stands before it, or is a root."""
    own = np.arange(nodes)
    for children in (forest.left, forest.right):
        if not ((children < 0) | (children > own)).all():
            raise ForestInvalid(reason="a child stands before its parent")
    children = np.concatenate([forest.roots, forest.left, forest.right]).astype(np.int64)
    for found, count in ((children[children >= 0], nodes), (~children[children < 0], leaves)):
        if len(found) != count or not np.array_equal(np.sort(found), np.arange(count)):
            raise ForestInvalid(reason="a node or leaf has no parent, or two")


def _leaves_of(forest: Forest) -> list[int]:
    """Return how many leaves each tree has."""
    tree_of = np.zeros(len(forest.features), np.int64)
    found = [int(root < 0) for root in forest.roots.tolist()]
    for tree, root in enumerate(forest.roots.tolist()):
        if root >= 0:
            tree_of[root] = tree
    for node in range(len(forest.features)):  # A parent stands before its children.
        for child in (int(forest.left[node]), int(forest.right[node])):
            if child >= 0:
                tree_of[child] = tree_of[node]
            else:
                found[int(tree_of[node])] += 1
    return found


def _walked(forest: Forest, root: int, leaves: list[float]) -> list[tuple[int, int]]:
    """Return a tree's nodes, each with the leaves of its left part as bits; put its leaves' values down from left to right."""
    first = len(leaves)
    nodes: list[tuple[int, int]] = []
    waiting: list[tuple[int, int]] = [(root, -1)]  # A child to go to; or a node whose left part began at that leaf.
    while waiting:
        child, began = waiting.pop()
        if began >= 0:
            nodes.append((child, (1 << (len(leaves) - first)) - (1 << began)))
        elif child < 0:
            leaves.append(float(forest.leaves[~child]))
        else:
            waiting += [(int(forest.right[child]), -1), (child, len(leaves) - first), (int(forest.left[child]), -1)]
    return nodes


def _halved(thresholds: Floats) -> Halves:
    """Return thresholds in 32 bits, each rounded down."""
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    above = near.astype(np.float64) > thresholds
    return np.where(above, np.nextafter(near, np.float32(-np.inf)), near)
