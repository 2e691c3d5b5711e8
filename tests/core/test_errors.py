"""Errors: a message that is true wherever it is read, and beside it the command for who has a command line."""

from __future__ import annotations

import pickle

import pytest

from soap.core.errors import BadFile, NotFound, Refused, SoapError, TooMany

COMMAND = "`soap find` lists those there are."


@pytest.mark.parametrize("kind", [SoapError, NotFound, Refused, BadFile])
def test_a_command_stands_beside_the_message(kind):
    error = kind("There is none.", command=COMMAND)
    assert "soap find" not in str(error)
    assert error.__notes__ == [COMMAND]
    assert error.at_a_terminal == f"{error} {COMMAND}"


def test_an_error_without_a_command_is_its_message():
    assert NotFound("There is none.").at_a_terminal == "There is none."
    assert str(BadFile("It is cut", file="a.txt", next_step="Fetch it again.")) == "a.txt: It is cut. Fetch it again."


@pytest.mark.parametrize(
    "error",
    [
        NotFound("There is none.", command=COMMAND),
        Refused("Not you.", command=COMMAND),
        BadFile("It is cut", file="a.txt", next_step="Fetch it again.", command=COMMAND),
        TooMany("Too often.", retry_after_s=7),
    ],
)
def test_an_error_of_another_process_is_whole(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.at_a_terminal == error.at_a_terminal
    assert vars(again) == vars(error)
