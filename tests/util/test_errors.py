"""Why the system refused, in words that a duty officer reads."""

from __future__ import annotations

import errno

import pytest

from sixping.errors import system_reason

WORDS = {
    "ENOSPC": "磁盘已满", "EDQUOT": "配额", "EFBIG": "允许的大小", "EROFS": "磁盘只读",
    "EXDEV": "同一个磁盘", "EEXIST": "同名", "ESTALE": "网络盘", "ENOTSUP": "不支持",
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_what_the_system_refuses_has_a_reason_in_chinese(name: str) -> None:
    code = getattr(errno, name, None)
    if code is None:
        pytest.skip(f"no {name} on this system")
    assert WORDS[name] in system_reason(OSError(code, "in English"))
    assert system_reason(OSError(9999, "in English")) == "系统错误 9999"
