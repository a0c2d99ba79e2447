"""An invented second street: other limits, hours, channels, units, places and platform names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sixping.util import datafiles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

STREET = "演示湖街道"
CHANNELS = """
[[edition.channel]]
name = "民情热线"
aliases = ["热线"]
clause = "二.1"
default = true

[[edition.channel]]
name = "楼栋长"
clause = "五.1a"
grid = true

[[edition.channel]]
name = "日常巡逻"
clause = "附2.3"
patrol = true

"""
UNITS = """
street = "演示湖街道"
room = "运行中心"
coordinator = "平安法治办"
district = ["演示区中枢", "演示区应急局"]
district_platform = "演示区中枢"

[[platform]]
name = "平安法治平台"
platform = "综合治理"
lead = "平安法治办"

[[platform]]
name = "经济生态平台"
platform = "市场监管"
lead = "经济生态办"

[[platform]]
name = "综合巡管平台"
platform = "综合执法"
lead = "执法队"

[[platform]]
name = "公共服务平台"
platform = "便民服务"
lead = "公服办"

[[agency]]
name = "执法队"
platform = "综合执法"
stationed = true
duty = "on-site"
functions = ["综合执法", "交通管理", "生态环境", "规划资源"]

[[agency]]
name = "湖滨派出所"
platform = "综合治理"
stationed = true
duty = "in-principle"
functions = ["治安管理", "司法调解"]

[[office]]
name = "运行中心"
functions = ["综合协调"]

[[office]]
name = "平安法治办"
platform = "综合治理"
functions = ["平安建设", "应急管理"]

[[office]]
name = "经济生态办"
platform = "市场监管"
functions = ["市场监管", "经济发展"]

[[office]]
name = "公服办"
platform = "便民服务"
functions = ["窗口服务", "公共服务", "社会事务", "劳动保障"]

[[office]]
name = "建管办"
platform = "综合执法"
functions = ["城市管理", "城市建设"]

[[community]]
name = "湖东社区"
grids = ["1网格", "2网格"]
"""


def policy() -> str:
    """Return the policy of the street: 2, 7 and 20 days, 8:30 to 17:30 with a break at noon."""
    text, _ = datafiles.read("policy.toml", datafiles.shipped())
    first, last = text.index("[[edition.channel]]"), text.index("# 受理与否须同时反馈")
    text = text[:first] + CHANNELS + text[last:]
    first, last = text.index("[[edition.source]]"), text.index("# 下列各项")
    text = text[:first] + text[last:]
    text = re.sub(r"workdays = (1|5|15)\n", lambda m: f"workdays = {DAYS[m[1]]}\n", text)
    hours = 'closes = "17:30"\nrest_from = "12:00"\nrest_until = "13:30"'
    text = text.replace('closes = "17:00"', hours).replace('opens = "08:00"', 'opens = "08:30"')
    return text.replace('"civil-code" ', '"next-opening" ')


DAYS = {"1": 2, "5": 7, "15": 20}


def street(folder: Path) -> Path:
    """Write the rules of the street into a folder; what it lacks is the shipped."""
    (folder / "calendar").mkdir(parents=True)
    (folder / "policy.toml").write_text(policy(), encoding="utf-8")
    (folder / "units.toml").write_text(UNITS, encoding="utf-8")
    places = f'places = ["{STREET}", "演示区"]\n'
    (folder / "calendar" / "places.toml").write_text(places, encoding="utf-8")
    return folder


def adopt(call: Runner, folder: Path) -> None:
    """Have the ledger adopt the rules of a folder."""
    done = call("policy", "adopt", str(folder))
    assert done.code == 0, done.err
