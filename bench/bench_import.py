"""What `sixping import --no-triage` costs, against plain csv + executemany of the bare rows.

    python bench/bench_import.py [--rows 100000] [--rounds 5] [--shuffled]

Both read one invented file and write one durable transaction under the same pragmas;
processes of their own, in turns, and so does the peer, ``sqlite-utils insert --csv`` (left out,
visibly, where it is not installed). The figure is CPU time (user + system) from the
operating system: milliseconds drift with the machine, the ratios of one run do not.
Peak memory is held against a tenth of the rows. Triage is reported apart.

The bound holds for rows as they really come: seven columns as the 2,816 messages of
``messages.xlsx`` have them, subject, text and reply as long as theirs (means 19, 349 and
361 characters, log-normal, wrapped in the blanks of a web page), times as 2024/1/2 8:30:00.
What an import does besides writing (numbers, clocks, seals, chain, indexes) costs the same
for a short row as for a long one, so a ratio says something only for rows of a known
shape. Thin rows (12 columns, 120 characters) are printed beside it, without a bound.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

MOST = 3.5
"""Must hold: CPU of the import at most so many times that of the bare rows."""
FLAT = 1.25
"""Must hold: peak memory of all rows at most so many times that of a tenth of them."""
MOST_MEMORY = 64
"""Must hold: MB at most, for 100,000 rows."""

BARE = """\
import csv, sqlite3, sys
con = sqlite3.connect(sys.argv[2], isolation_level=None)
con.execute("PRAGMA journal_mode=DELETE")
con.execute("PRAGMA synchronous=EXTRA")
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    names = next(rows)
    con.execute("BEGIN IMMEDIATE")
    con.execute(f"CREATE TABLE rows ({', '.join(f'{name} TEXT' for name in names)})")
    con.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(names))})", rows)
    con.execute("COMMIT")
"""
PROFILES = {
    "real": """\
name = "bench"
title = "虚构的留言答复"
mode = "history"
[columns]
source_no = "留言编号"
text = { join = ["留言主题", "留言详情"] }
reporter = "留言用户"
received = "留言时间"
resolved = "答复时间"
outcome = "答复意见"
feedback = "答复意见"
[times]
received = ["%Y/%m/%d %H:%M:%S"]
resolved = ["%Y/%m/%d %H:%M:%S", "%Y/%m/%d"]
[defaults]
channel = "政务咨询投诉举报平台"
""",
    "thin": """\
name = "bench"
title = "虚构的旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到时间"
resolved = "办结时间"
place = "地点"
community = "社区"
unit = "单位"
reporter = "反映人"
phone = "电话"
outcome = "结果"
feedback = "反馈"
status = "状态"
[values.status]
"办结" = "已办结"
[defaults]
channel = "投诉举报电话"
""",
}
NAMES = {
    "real": (
        "留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间",
    ),
    "thin": (
        "编号", "内容", "收到时间", "办结时间", "地点", "社区", "单位", "反映人", "电话",
        "结果", "反馈", "状态",
    ),
}  # fmt: skip
#: mean and spread of the logarithm of the length: subject, text, reply
LENGTHS = ((2.89, 0.26), (5.48, 0.81), (5.46, 1.0))
WORDS = (
    "江南大道", "占道经营", "夜间施工", "噪音扰民", "烧烤油烟", "垃圾", "无人清理", "希望",
    "小区", "有关部门", "尽快处理", "门口", "车辆乱停", "路灯", "不亮", "下水道", "堵塞",
    "污水外溢", "电梯", "故障", "物业", "推诿", "居民", "多次反映", "一直", "没有解决", "扬尘",
    "影响生活", "井盖", "破损", "老人", "孩子", "出行", "不便", ",", "。", ";", "请", "回复",
    "2018", "12345", "3", "!",
)  # fmt: skip
COMMUNITIES = ("江一社区", "江二社区", "江三社区", "山一社区", "天官社区", "滨兴社区", "滨和社区")
UNITS = ("城管执法中队", "市场监管所", "派出所", "交警中队", "城市管理办", "公共服务办")
#: the environment of all runs: what is installed is compiled already, so it is here
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
START = datetime(2024, 1, 2, 8, 30)  # noqa: DTZ001 - as files write times


class Cost(NamedTuple):
    """What one run took: CPU seconds and peak memory in MB."""

    cpu: float
    memory: float


def write_rows(path: Path, shape: str, count: int, *, shuffled: bool) -> None:
    """Write an invented file; the same arguments give the same bytes."""
    dice = random.Random(f"sixping {count}")  # noqa: S311
    span = 700 * 86_400 // count
    places = list(range(count))
    if shuffled:
        dice.shuffle(places)
    make = _real if shape == "real" else _thin
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(NAMES[shape])
        for place in places:  # none is kept: a child's peak memory begins with its parent's
            received = START + timedelta(seconds=place * span + dice.randrange(span))
            resolved = received + timedelta(seconds=dice.randrange(3600, 12 * 86_400))
            writer.writerow(make(place, received, resolved, dice))


def _real(place: int, received: datetime, resolved: datetime, dice: random.Random) -> list[str]:
    lengths = (min(8000, round(dice.lognormvariate(*each))) for each in LENGTHS)
    subject, text, reply = (_words(length, dice) for length in lengths)
    slots = "\n" + "\t" * 11
    return [
        f"{100_000 + place}", f"演示{place:06d}", subject, _loose(received),
        f"{slots}\n{slots}{text}\n{slots}", reply, _loose(resolved),
    ]  # fmt: skip


def _loose(when: datetime) -> str:
    return f"{when.year}/{when.month}/{when.day} {when.hour}:{when:%M:%S}"


def _thin(place: int, received: datetime, resolved: datetime, dice: random.Random) -> list[str]:
    return [
        f"Y{place:07d}", _words(120, dice), str(received), str(resolved),
        f"演示路{dice.randrange(999)}号", dice.choice(COMMUNITIES), dice.choice(UNITS),
        f"演示{dice.choice('甲乙丙丁')}", f"138{dice.randrange(10**8):08d}", "已到现场处理",
        "已电话告知反映人", "办结",
    ]  # fmt: skip


def _words(length: int, dice: random.Random) -> str:
    return "".join(dice.choices(WORDS, k=length // 2 + 1))[: max(length, 1)]


def cost(argv: list[str]) -> Cost:
    """Run once in a process of its own."""
    process = subprocess.Popen(
        argv, env=COMPILED, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = process.stderr.read().decode() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(argv[:4])}: exit {process.returncode}\n{said}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / unit)


def bare(file: Path, folder: Path) -> Cost:
    """Write the bare rows."""
    target = folder / "bare.db"
    spent = cost([sys.executable, "-c", BARE, str(file), str(target)])
    target.unlink()
    return spent


def peer(file: Path, folder: Path) -> Cost | None:
    """Let the peer insert the rows; None where it is not installed."""
    if find_spec("sqlite_utils") is None:
        return None
    target = folder / "peer.db"
    argv = ["-m", "sqlite_utils", "insert", str(target), "rows", str(file), "--csv", "--silent"]
    spent = cost([sys.executable, *argv])
    target.unlink()
    return spent


def imported(file: Path, shape: str, folder: Path, *options: str) -> Cost:
    """Import into a new ledger."""
    profile, ledger = folder / "bench.toml", folder / "bench.sqlite3"
    profile.write_text(PROFILES[shape], encoding="utf-8")
    sixping = [sys.executable, "-m", "sixping"]
    cost([*sixping, "init", "--ledger", str(ledger)])
    argv = ["import", str(file), "--profile", str(profile), "--ledger", str(ledger), *options]
    spent = cost([*sixping, *argv])
    ledger.unlink()
    return spent


def measure(shape: str, given: argparse.Namespace, folder: Path) -> list[str]:
    """Print what the rows of a shape cost; return which bounds do not hold."""
    file, tenth = folder / "rows.csv", folder / "tenth.csv"
    write_rows(file, shape, given.rows, shuffled=given.shuffled)
    write_rows(tenth, shape, given.rows // 10, shuffled=given.shuffled)
    imported(tenth, shape, folder, "--no-triage")  # compiles, and fills the page cache
    runs, peers = [], []
    for _ in range(given.rounds):
        runs.append((bare(file, folder), imported(file, shape, folder, "--no-triage")))
        peers.append(peer(file, folder))
    small = imported(tenth, shape, folder, "--no-triage")
    ratio = statistics.median(whole.cpu / rows.cpu for rows, whole in runs)
    floor, spent = (statistics.median(run[side].cpu for run in runs) for side in (0, 1))
    memory = max(whole.memory for _, whole in runs)
    bound = f"at most {MOST}" if shape == "real" else "no bound"
    print(f"{shape} rows: {given.rows}, median of {given.rounds} runs in turns, CPU seconds")
    print(f"  csv + executemany    {floor:6.2f}")
    print(f"  sixping --no-triage  {spent:6.2f}   x {ratio:.2f} ({bound})")
    behind = _compare(peers, [whole for _, whole in runs])
    growth = memory / small.memory
    print(f"  peak memory          {memory:6.0f} MB, of a tenth {small.memory:.0f} MB:", end=" ")
    print(f"x {growth:.2f} (at most {FLAT}; {MOST_MEMORY} MB)")
    extra = (imported(tenth, shape, folder).cpu - small.cpu) / (given.rows // 10) * 1e6
    print(f"  triage, apart        {extra:6.0f} microseconds a row more")
    bounds = {
        f"memory within {FLAT} times that of a tenth": growth <= FLAT,
        f"memory within {MOST_MEMORY} MB": memory <= MOST_MEMORY,
    }
    if shape == "real":
        bounds |= {f"CPU within {MOST} times that of bare rows": ratio <= MOST}
        bounds |= {"less than the peer": not behind}
    return [f"{shape} rows: not {what}" for what, holds in bounds.items() if not holds]


def _compare(peers: list[Cost | None], own: list[Cost]) -> bool:
    """Print what the peer took; return whether it took less."""
    taken = [spent for spent in peers if spent]
    if not taken:
        print("  sqlite-utils         is not installed: not compared")
        return False
    ratio = statistics.median(o.cpu / p.cpu for o, p in zip(own, taken, strict=True))
    cpu = statistics.median(spent.cpu for spent in taken)
    print(f"  sqlite-utils insert  {cpu:6.2f}   sixping takes x {ratio:.2f} of it (less than 1)")
    return ratio >= 1


def main() -> None:
    """Measure and print; exit 1 when a bound does not hold, and say which."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shuffled", action="store_true", help="rows in no order at all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        broken = [what for shape in PROFILES for what in measure(shape, given, Path(name))]
    print(*broken, sep="\n", end="\n" if broken else "")
    raise SystemExit(bool(broken))


if __name__ == "__main__":
    main()
