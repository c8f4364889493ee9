"""`derive mcp`, asked over standard input and output by a client of the protocol's own library."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import jsonschema  # type: ignore[import-untyped] # it brings no types
import pytest

pytest.importorskip("mcp")

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.server.mcpserver.exceptions import ToolError

import derive
from derive.cli.assistant import INSTRUCTIONS, Assistant
from derive.verification.budget import Budget
from tests.cli.test_progress import SLOW
from tests.conftest import require_tool

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((resources.files("derive.writing") / "schema.json").read_text(encoding="utf-8"))
TEXT = """size n
real x[n]
claim D(mean(x[j]^2, j), x[i]) = 2*x[i]/n
claim D(mean(x[j]^2, j), x[i]) = 2*x[i]
"""
T = TypeVar("T")


def session(talk: Callable[[Client], Awaitable[T]], *options: str) -> T:
    """Return what comes of talking to a server of its own."""

    async def whole() -> T:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DERIVE_CACHE": ""}
        start = StdioServerParameters(
            command=sys.executable, args=["-m", "derive", "mcp", *options], env=environment
        )
        async with Client(start) as client:
            return await talk(client)

    return asyncio.run(whole())


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the data that a tool answers with; they stand in its text too, for clients that read only that."""
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    found: dict[str, Any] = answer.structured_content or {}
    (text,) = answer.content
    assert json.loads(text.text) == found  # type: ignore[union-attr] # a text it is
    return found


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """Return the message with which a tool refuses."""
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    return " ".join(one.text for one in answer.content)  # type: ignore[union-attr] # texts they are


def test_check_show_and_read_answer_as_the_command_does() -> None:
    async def talk(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == ["check", "show", "read", "certify"]
        assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in listed)

        report = await called(client, "check", text=TEXT)
        jsonschema.validate(report, SCHEMA)
        proved, wrong = report["results"]
        assert (proved["verdict"], wrong["verdict"]) == ("proved", "refuted")
        assert wrong["correct"] == "2*x[i]/n"
        assert wrong["diagnosis"]["mistake"] == "factor lost"
        assert wrong["counterexample"]["sizes"] == {"n": 2}

        page = await called(client, "check", text="$$\\frac{d}{dx} x^2 = 3x$$\n", notation="markdown")
        jsonschema.validate(page, SCHEMA)
        assert [one["kind"] for one in page["displays"]] == ["claim"]
        assert page["results"][0]["verdict"] == "refuted"

        read = await called(client, "read", text="$$\\frac{d}{dx} x^2 = 3x$$\n")
        assert read["displays"][0]["read"] == ["D(x^2, x) = 3*x"]
        assert read["inferred"] == ["real x"]

        shown = await called(client, "show", text="real x\nshow D(x^3, x)")
        jsonschema.validate(shown, SCHEMA)
        assert shown["results"][0]["claim"] == "D(x^3, x) = 3*x^2"
        assert shown["results"][0]["steps"]
        assert "\\begin{document}" in (await called(client, "show", text="relu", form="latex"))["text"]

        assert "did you mean softmax?" in await refused(client, "show", text="softmaxx")
        assert "more than 0 seconds" in await refused(client, "check", text=TEXT, timeout=0)
        assert "notation" in await refused(client, "check", text=TEXT, notation="word")
        (unread,) = (await called(client, "check", text="claim a = b"))["results"]
        assert (unread["verdict"], unread["line"]) == ("error", 1)

    session(talk)


def test_what_is_proved_is_certified() -> None:
    async def talk(client: Client) -> dict[str, Any]:
        return await called(client, "certify", text=TEXT)

    answer = session(talk)
    files = answer.pop("files")
    jsonschema.validate(answer, SCHEMA)
    proved, wrong = answer["results"]
    assert (proved["certificate"]["status"], wrong["certificate"]) == ("written", None)
    assert "Theorem claim" in files[proved["certificate"]["file"]]


@pytest.mark.long
@pytest.mark.needs_tool("coqc")
def test_coq_is_asked() -> None:
    require_tool("coqc")

    async def talk(client: Client) -> dict[str, Any]:
        return await called(client, "certify", text="real x\nclaim D(x^2, x) = 2*x", coq=True)

    assert session(talk)["results"][0]["certificate"]["status"] == "checked"


def test_nobody_gets_more_than_the_budget_and_who_asks_for_less_gets_less(tmp_path: Path) -> None:
    tools = Assistant(Budget(seconds=5, after=4), 1, tmp_path)
    assert tools._within(1000) == tools._within(None) == tools.budget
    assert (tools._within(2).seconds, tools._within(2).after) == (2, 2)
    with pytest.raises(ToolError, match="more than 0"):
        tools._within(float("nan"))

    async def talk(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
        much = await called(client, "check", text=SLOW, timeout=1000)
        return much, await called(client, "check", text=TEXT)

    (late,), others = (answer["results"] for answer in session(talk, "--timeout", "4"))
    assert (late["verdict"], late["reason"]) == ("undecided", "out of time: no answer within 4 s")
    assert [one["verdict"] for one in others] == ["proved", "refuted"]


def test_a_call_that_is_cancelled_makes_room_for_the_next() -> None:
    async def talk(client: Client) -> dict[str, Any]:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(called(client, "check", text=SLOW), 2)
        return await asyncio.wait_for(called(client, "check", text=TEXT), 60)

    found = session(talk, "--jobs", "1", "--timeout", "600")
    assert [one["verdict"] for one in found["results"]] == ["proved", "refuted"]


def test_the_problem_in_the_instructions_is_proved() -> None:
    text = INSTRUCTIONS.split("\n\n")[2]
    assert derive.check(text).status == 0
