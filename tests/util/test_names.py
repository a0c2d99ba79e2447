"""Names as people write them."""

from __future__ import annotations

import pytest

from sixping.errors import UnknownName
from sixping.util.names import one_of

WORDS = ("已解决", "部分解决", "解释说明", "部分受理")


@pytest.mark.parametrize("name", ["解释", " 解释说明 ", "解", "说明"])
def test_a_short_form_is_taken_where_it_is_unique(name: str) -> None:
    assert one_of(WORDS, name, "类型") == "解释说明"


def test_where_several_begin_so_they_are_named() -> None:
    with pytest.raises(UnknownName, match="“部分”不是唯一的: 部分解决, 部分受理"):
        one_of(WORDS, "部分", "类型")
    with pytest.raises(UnknownName, match="“解决”不是唯一的: 已解决, 部分解决"):
        one_of(WORDS, "解决", "类型")


@pytest.mark.parametrize("name", ["处理", "完成", "", " "])
def test_an_unknown_one_is_refused_with_all_there_are(name: str) -> None:
    with pytest.raises(UnknownName, match="没有这个类型") as caught:
        one_of(WORDS, name, "类型")
    assert "、".join(WORDS) in caught.value.hint
