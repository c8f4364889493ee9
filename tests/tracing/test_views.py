"""What NumPy gives as a view shares its memory: after a write through one, what else has it is not used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive import prove_gradient

Array = Any
MATRIX = "size N\nreal A[N,N]"


def _loss(A: Array) -> Array:
    return np.sum(A**2) / 2


VIEWS: dict[str, Callable[[Array], Array]] = {
    "array_without_copy": lambda B: np.array(B, copy=None),
    "array_never_copied": lambda B: np.array(B, copy=False),
    "astype_without_copy": lambda B: B.astype(float, copy=False),
    "asarray_of_a_type": lambda B: np.asarray(B, dtype=float),
    "contiguous": lambda B: np.ascontiguousarray(B.T).T,
    "einsum": lambda B: np.einsum("ij", B),
    "einsum_same": lambda B: np.einsum("ij->ij", B),
    "einsum_transposed": lambda B: np.einsum("ij->ji", B),
    "einsum_diagonal": lambda B: np.einsum("ii->i", B),
    "broadcast": lambda B: np.broadcast_to(B, B.shape),
    "diag": lambda B: np.diag(B),
    "diagonal": lambda B: np.diagonal(B),
    "expanded": lambda B: np.expand_dims(B, 0),
    "squeezed": lambda B: np.squeeze(B[None]),
    "moved": lambda B: np.moveaxis(B, 0, 1),
}


@pytest.mark.parametrize("name", VIEWS)
def test_writes_are_not_lost(name: str) -> None:
    def through_view(A: Array) -> Array:
        B = A.copy()
        view = VIEWS[name](B)
        view[...] = 0
        return B

    def through_base(A: Array) -> Array:
        B = A.copy()
        view = VIEWS[name](B)
        B[...] = 0
        return A + view

    for gradient in (through_view, through_base):
        assert prove_gradient(_loss, gradient, MATRIX).results[0].verdict == "error"


def test_what_cannot_be_written_to() -> None:
    for make in (lambda B: np.broadcast_to(B, B.shape), lambda B: np.broadcast_to(B, B.shape).T):

        def gradient(A: Array, make: Callable[[Array], Array] = make) -> Array:
            view = make(A.copy())
            view[...] = 0
            return A + view

        assert prove_gradient(_loss, gradient, MATRIX).results[0].verdict == "error"


def test_a_number_under_two_names() -> None:
    def old(A: Array) -> Array:
        first: Array = np.sum(A)
        second = first
        first += 1
        return A + 0 * first + second

    def new(A: Array) -> Array:
        total: Array = np.sum(A)
        total += 1
        return A + (total - np.sum(A)) - 1

    assert prove_gradient(_loss, old, MATRIX).results[0].verdict == "error"
    assert prove_gradient(_loss, new, MATRIX)


def test_truth_values_change_in_place() -> None:
    def gradient(A: Array) -> Array:
        first = A > 0
        second = first
        first &= A > 1
        return A + second - ((A > 0) & (A > 1))

    assert prove_gradient(_loss, gradient, MATRIX)
