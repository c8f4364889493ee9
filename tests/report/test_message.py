"""Messages are strings that remember their formulas, through copying, pickling and joining."""

from __future__ import annotations

import copy
import json
import pickle  # noqa: TID251 - what is read was written here

import pytest

from derive.report.message import Message, joined, pieces_of, say
from derive.terms import ZERO, Compare, Entry, Index, Relation

X = Entry("x", (Index("i", "n"),))
POSITIVE = Compare(Relation.GREATER, X, ZERO)


def test_a_message_reads_as_its_text_and_knows_its_formulas() -> None:
    told = say("{} is left out where {}", X, POSITIVE)
    assert told == "x[i] is left out where x[i] > 0"
    assert told.pieces == (X, " is left out where ", POSITIVE)
    assert json.loads(json.dumps(told)) == told


def test_a_message_within_another_counts_as_its_pieces_and_words_in_a_row_as_one() -> None:
    inner = say("of {}", X)
    assert say("the sum {}, or {}", inner, "none").pieces == ("the sum of ", X, ", or none")
    assert joined((inner, "or", X), " ").pieces == ("of ", X, " or ", X)
    assert joined(()).pieces == ()


@pytest.mark.parametrize("words", ["nothing", "{} and {}"])
def test_what_is_said_has_a_place_for_each_piece(words: str) -> None:
    with pytest.raises(ValueError, match="places for 1 pieces"):
        say(words, X)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_a_copy_is_the_same_message(copied) -> None:  # type: ignore[no-untyped-def]
    told = say("the derivative by {} is left out", X)
    again = copied(told)
    assert (again, again.pieces) == (told, told.pieces)
    assert type(again) is Message


def test_braces_in_a_piece_are_no_places() -> None:
    assert say("{} and {}", "{}", X).pieces == ("{} and ", X)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (say("the sign of {} is flipped", X), "The sign of x[i] is flipped."),
        (say("{} is lost", X), "x[i] is lost."),
        (say("left out is {}", X), "Left out is x[i]."),
        (say("it is lost. "), "It is lost."),
        (say("a factor {} is missing", X), "A factor x[i] is missing."),
        (say("E is defined twice"), "E is defined twice."),
        (Message(), "."),
    ],
)
def test_a_sentence_has_a_capital_and_one_full_stop(message: Message, sentence: str) -> None:
    assert message.sentence() == sentence


def test_plain_text_is_one_piece_of_words() -> None:
    assert pieces_of("x[i] is lost") == ("x[i] is lost",)
    assert pieces_of(say("{} is lost", X)) == (X, " is lost")
