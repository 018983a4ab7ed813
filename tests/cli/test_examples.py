"""Each command shows an example, and the example is a call that the command takes."""

from __future__ import annotations

import shlex

import pytest
from typer.main import get_command

from cjm_research.cli.app import app
from cjm_research.cli.examples import EXAMPLES

COMMANDS = get_command(app).commands


def test_every_command_has_an_example():
    assert set(EXAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_command_takes_its_example(name):
    program, command, *arguments = shlex.split(EXAMPLES[name].partition(" > ")[0])
    assert (program, command) == ("cjm", name)
    context = COMMANDS[name].make_context(name, arguments)
    assert EXAMPLES[name] in context.get_help().replace("\n  ", " ")
