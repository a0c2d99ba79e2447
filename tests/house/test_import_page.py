"""``docs/import.md`` against the profile language: every key is told, every example parses."""

from __future__ import annotations

import inspect
import json
import re
import shlex
import tomllib
from typing import Any

import pytest

from sixping.importing import profiles
from sixping.importing.profiles import (
    FIELDS,
    EmptyFeedback,
    Format,
    Mode,
    Numbering,
    list_profiles,
    parse_profile,
)
from sixping.importing.times import NAMED
from sixping.policy.editions import load_policy
from sixping.triage.taxonomy import load_taxonomy
from tests.conftest import ROOT
from tests.house.test_docs import lines_of, refused

PAGE = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LEAST: dict[str, Any] = {
    "name": "甲", "title": "甲", "mode": "live", "columns": {"text": "内容"},
    "defaults": {"channel": "其他渠道"},
}  # fmt: skip


def whole(block: str) -> str:
    """Return an example as a profile of its own: what it leaves out is of the least one."""
    own = tomllib.loads(block)
    columns = LEAST["columns"] | own.get("columns", {})
    return json.dumps(LEAST | own | {"columns": columns}, ensure_ascii=False)


def known_keys() -> set[str]:
    """Return the keys the parser asks for: of the top, and of the table of times."""
    source = inspect.getsource(profiles)
    return set(re.findall(r"\b(?:top|table)\.(?:has|text|texts|choice|table)\(\"(\w+)\"", source))


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_parses(block: str) -> None:
    profile = parse_profile(whole(block), "docs/import.md")
    channels = {c.name for edition in load_policy().editions for c in edition.channels}
    assert profile.defaults["channel"] in channels
    categories = {category.name for category in load_taxonomy()}
    assert set(filter(None, profile.values.get("category", {}).values())) <= categories


def test_there_is_an_example_of_each_kind_of_source() -> None:
    complete = [block for block in BLOCKS if block.startswith("name")]
    assert len(complete) == 8
    assert len(PAGE.partition("## 各类来源")[2].split("\n### ")) == 8


def test_every_key_the_parser_knows_is_told() -> None:
    keys = known_keys()
    assert {"name", "columns", "times", "offset", "values", "delimiter"} < keys
    shown = "\n".join(BLOCKS)
    for key in keys:
        assert re.search(rf"`\[?{key}[\].`]", PAGE), key
        assert re.search(rf"^\[?{key}\b", shown, re.MULTILINE), f"no example of {key}"


def test_every_field_is_told_and_shown() -> None:
    for field in FIELDS:
        assert f"`{field}`" in PAGE, field
        if field != "channel":
            assert re.search(rf"^{field} = ", "\n".join(BLOCKS), re.MULTILINE), field


@pytest.mark.parametrize(
    "word",
    [*NAMED, *Mode, *Format, *EmptyFeedback, *Numbering, "逗号", "制表符", "分号", "全部",
     *(f"%{letter}" for letter in "YymdHIMSp")],
)  # fmt: skip
def test_every_word_a_key_takes_is_told(word: str) -> None:
    assert re.search(rf"`\"?{re.escape(word)}\"?`", PAGE), word


def test_every_shipped_profile_that_is_named_is_there_and_the_commands_parse() -> None:
    known = {profile.name for profile in list_profiles()}
    named = [
        name
        for line in PAGE.splitlines()
        if "现成方案" in line
        for name in re.findall(r"`([a-z]+)`", line.partition("现成方案")[2].partition("。")[0])
    ]
    assert len(named) > 4
    assert set(named) <= known
    lines = [
        line for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in lines_of(text)
    ]
    assert len(lines) > 6
    assert not list(filter(None, map(refused, lines)))
    assert {shlex.split(line)[1] for line in lines} == {"import"}
