"""A ledger with every kind of event and something in every table, made by the program itself.

``python -m tests.ledgers.make tests/ledgers/format3.sqlite3`` makes the one to keep of a new
format; what is kept is never made again. A street office's days in commands, each at its minute,
with the machine's chance, name and account held fixed: the same program makes the same chain.
"""

from __future__ import annotations

import io
import os
import random
import sys
from collections.abc import Iterable
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sixping import cli, open_ledger

SEED = 2020_03_16
REPORT = "江南大道滨盛路口每天早晚高峰占道经营, 油烟和噪声影响居民休息, 请到现场查看并答复。"
LAST = "{last}"  # the seq of the event before
_COLUMNS = """\
optional = ["status", "source_due", "withdrawn"]
[columns]
source_no = "编号"
text = "内容"
received = "时间"
status = "状态"
source_due = "期限"
withdrawn = "撤回"
[values.status]
"办理" = "办理中"
"办完" = "已办结"
[defaults]
channel = "投诉举报电话"
"""
_HEADER = "编号,内容,时间,状态,期限,撤回\n"
FILES = {
    "own.toml": f'name = "own"\ntitle = "演示来源"\nmode = "live"\n{_COLUMNS}',
    "old.toml": f'name = "old"\ntitle = "演示旧系统"\nmode = "history"\n{_COLUMNS}',
    "own.csv": f"{_HEADER}演A1,路灯不亮,2026-11-20 08:00,,2026-11-25,\n"
        "演A2,窨井盖缺失,2026-11-20 08:05,,,\n演A3,树枝折断,2026-11-20 08:10,,,\n",
    "later.csv": f"{_HEADER}演A1,路灯不亮,2026-11-20 08:00,办完,2026-11-26,\n"
        "演A2,窨井盖缺失,2026-11-20 08:05,,,2026-11-20 16:00\n演A3,树枝折断,2026-11-20 08:10,,,\n",
    "old.csv": f"{_HEADER}演B1,路面破损,2026-03-20 08:00,办完,,\n演B2,噪声,2026-03-21 08:00,,,\n",
    "services.toml": '[[item]]\nname = "演示登记"\nclause = "附2.4"\nwindow = "综合窗口"\n'
        'workdays = 3\nmaterials = ["身份证明"]\n[[item.question]]\nkey = "住所"\n'
        'text = "演示"\nchoices = ["自有", "租住"]\nrequired = true\n'
        '[[item.question]]\nkey = "时间"\ntext = "演示"\n',
    "duty.csv": "姓名,日期,签到,签退\n演示丁,2026-11-10,08:00,12:00\n",
}  # fmt: skip
"""What the steps read, by name; ``{files}`` is their folder."""
DAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("2026-11-02T09:00", ("init",)),
    ("2026-11-02T09:05", (
        "intake", REPORT, "--community", "江一社区", "--place", "江南大道滨盛路口", "--reporter",
        "演示甲", "--phone", "13800000000", "--source-no", "演示1号", "--request-id", "演示-1",
        "--severity", "一般",
    )),
    ("2026-11-02T09:10", ("intake", "窨井盖缺失, 夜里很危险", "--severity", "较大")),
    ("2026-11-02T09:15", ("intake", "工地塌方, 有人受伤", "--severity", "重大", "--anonymous")),
    ("2026-11-02T10:00", ("accept", "1")),
    ("2026-11-02T10:01", ("accept", "2")),
    ("2026-11-02T10:02", ("accept", "3")),
    ("2026-11-02T10:30", (
        "refer", "3", "--to", "区级平台", "--content", "演示", "--receipt", "收文1号",
    )),
    ("2026-11-02T11:00", ("assign", "1", "--lead", "城管执法中队", "--assist", "江一社区")),
    ("2026-11-02T14:00", ("sign", "1")),
    ("2026-11-03T09:00", ("note", "1", "已到现场")),
    ("2026-11-03T09:30", ("intake", "江南大道滨盛路口占道经营", "--severity", "一般")),
    ("2026-11-03T09:40", ("merge", "4", "--into", "1")),
    ("2026-11-04T16:00", ("assign", "1", "--lead", "市场监管所")),
    ("2026-11-04T16:05", ("void", "1", LAST, "--reason", "派错了")),
    ("2026-11-05T15:00", ("resolve", "1", "--outcome", "已劝离, 安排早晚值守")),
    ("2026-11-05T16:00", ("feedback", "1", "已电话告知", "--satisfaction", "5")),
    ("2026-11-05T16:05", ("feedback", "4", "已电话告知")),
    ("2026-11-06T09:00", ("close", "1")),
    ("2026-11-06T17:20", (
        "units", "add", "江四社区", "--kind", "community", "--from", "2026-11-09",
    )),
    ("2026-11-06T17:21", ("units", "change", "司法所", "--stationed", "--from", "2026-11-09")),
    ("2026-11-06T17:22", ("units", "end", "江一社区第三网格", "--from", "2026-11-17")),
    ("2026-11-06T17:23", (
        "units", "person", "add", "演示丁", "--unit", "城管执法中队", "--stationed",
    )),
    ("2026-11-06T17:24", (
        "units", "person", "add", "演示戊", "--unit", "城管执法中队", "--stationed",
    )),
    ("2026-11-06T17:25", (
        "units", "person", "change", "p2", "--unit", "市场监管所", "--from", "2026-11-17",
    )),
    ("2026-11-06T17:26", ("units", "person", "leave", "p2", "--from", "2026-12-18")),
    ("2026-11-06T17:30", ("duty", "plan", "2026-11-09", "p1", "p2")),
    ("2026-11-06T17:31", ("duty", "plan", "2026-11-10", "p2")),
    ("2026-11-06T17:32", ("duty", "swap", "2026-11-10", "p2", "p1")),
    ("2026-11-06T17:33", (
        "duty", "leave", "p2", "--from", "2026-11-12", "--to", "2026-11-13", "--reason", "年休假",
    )),
    ("2026-11-06T17:34", ("duty", "begin", "2026-11-09")),
    ("2026-11-09T08:00", ("duty", "in", "p1")),
    ("2026-11-09T12:00", (
        "duty", "outside", "p1", "--from", "10:00", "--to", "11:00", "--allowed-by", "分管领导",
        "--reason", "演示",
    )),
    ("2026-11-09T17:30", ("duty", "out", "p1")),
    ("2026-11-09T18:00", (
        "meeting", "plan", "集体会商", "--date", "2026-11-17", "--convener", "领导小组办公室",
        "--reason", "演示",
    )),
    ("2026-11-09T18:01", ("meeting", "move", "m1", "--date", "2026-11-18", "--reason", "演示")),
    ("2026-11-09T18:02", ("meeting", "agenda", "m1", "--add", "8", "演示")),
    ("2026-11-10T17:40", ("duty", "import", "{files}/duty.csv")),
    ("2026-11-16T09:00", ("reopen", "1", "--reason", "又来了")),
    ("2026-11-16T09:02", (
        "units", "person", "add", "演示丙", "--unit", "党政综合办", "--role", "分管领导",
    )),
    ("2026-11-16T09:05", ("consult", "2", "--leader", "演示丙")),
    ("2026-11-16T09:10", (
        "decide", "2", "--lead", "城市管理办", "--due", "2026-11-25", "--decided-by", "演示会议",
    )),
    ("2026-11-16T10:00", ("intake", "路灯不亮", "--severity", "一般")),
    ("2026-11-16T10:05", ("accept", "5")),
    ("2026-11-16T10:10", ("assign", "5", "--lead", "城市管理办")),
    ("2026-11-17T08:00", (
        "suspend", "5", "--reason", "等待材料", "--approved-by", "演示丙",
    )),
    ("2026-11-18T14:00", ("meeting", "attend", "m1", "p3", "p1")),
    ("2026-11-18T14:01", ("meeting", "attend", "m1", "--invite", "区住建局")),
    ("2026-11-18T15:00", ("meeting", "minutes", "m1", "--slot", "存在的问题", "演示")),
    ("2026-11-18T15:01", (
        "meeting", "minutes", "m1", "--decision", "演示甲案", "--unit", "城管执法中队", "--due",
        "2026-12-06",
    )),
    ("2026-11-18T15:02", (
        "meeting", "minutes", "m1", "--decision", "演示乙案", "--unit", "城市管理办", "--due",
        "2026-12-06",
    )),
    ("2026-11-18T16:00", (
        "meeting", "task", "postpone", "m1.1", "--due", "2026-12-11", "--reason", "演示",
    )),
    ("2026-11-18T16:01", ("meeting", "task", "done", "m1.1", "演示")),
    ("2026-11-18T16:02", ("meeting", "task", "drop", "m1.2", "--reason", "演示")),
    ("2026-11-18T17:00", ("resume", "5")),
    ("2026-11-18T17:05", ("extend", "5", "--workdays", "2", "--reason", "备件", "--approved-by",
                          "演示丙")),
    ("2026-11-19T08:51", (
        "units", "person", "add", "演示己", "--unit", "城管执法中队", "--stationed",
        "--licence", "演示0001",
        "--licence-until", "2027-12-31",
    )),
    ("2026-11-19T08:52", ("units", "person", "add", "演示庚", "--unit", "江一社区")),
    ("2026-11-19T08:53", (
        "patrol", "record", "--grid", "江一社区第一网格", "--member", "p4",
        "--member", "p3", "--member",
        "p5", "--from", "8:00", "--to", "8:50",
    )),
    ("2026-11-19T09:00", ("urge", "5", "--level", "普通", "--reason", "演示")),
    ("2026-11-19T09:10", (
        "operation", "plan", "夜市油烟专项整治", "--date", "2026-11-21", "--from", "19:00", "--to",
        "22:00", "--unit", "城管执法中队", "--person", "p4",
    )),
    ("2026-11-19T10:00", ("answer-urge", "5", "已到货")),
    ("2026-11-19T11:00", ("part", "5", "--unit", "城市管理办", "--due", "2026-11-20")),
    ("2026-11-19T12:00", ("part-done", "5", "--unit", "城市管理办", "--outcome", "已装")),
    ("2026-11-19T13:00", ("resolve", "5", "--outcome", "已亮")),
    ("2026-11-19T14:00", ("verify-result", "5", "--pass")),
    ("2026-11-20T09:00", ("intake", "另一处路灯不亮", "--severity", "一般")),
    ("2026-11-20T09:05", ("merge", "6", "--into", "2")),
    ("2026-11-20T09:10", ("unmerge", "6", "--reason", "不是同一处")),
    ("2026-11-20T09:15", ("decline", "6", "--reason", "不属于本街道")),
    ("2026-11-20T09:20", (
        "regrade", "2", "--severity", "一般", "--reason", "演示", "--approved-by", "演示丙",
    )),
    ("2026-11-20T09:25", ("refer-reply", "3", "--outcome", "请街道先行处置", "--returned")),
    ("2026-11-20T09:30", ("return", "2", "--reason", "不属于本单位")),
    ("2026-11-20T10:00", (
        "amend", "5", "--place", "滨盛路2号", "--phone", "13800000001", "--reason", "演示",
    )),
    ("2026-11-20T10:01", ("amend", "5", "--community", "江一社区", "--reason", "演示")),
    ("2026-11-20T10:02", ("void", "5", LAST, "--reason", "演示")),
    ("2026-11-20T10:05", ("intake", "夜间噪声", "--severity", "一般")),
    ("2026-11-20T10:06", ("accept", "7")),
    ("2026-11-20T10:07", ("told", "7")),
    ("2026-11-20T10:10", ("intake", "要求复核信访答复")),
    ("2026-11-20T10:11", (
        "decline", "8", "--category", "信访", "--to", "区信访局", "--reason", "演示",
    )),
    ("2026-11-20T10:12", ("intake", "正在发生的斗殴")),
    ("2026-11-20T10:13", ("decline", "9", "--category", "移送", "--to", "110", "--reason", "演示")),
    ("2026-11-20T10:14", ("intake", "没有写明地点", "--channel", "网格上报")),
    ("2026-11-20T10:15", ("decline", "10", "--category", "退回补充", "--reason", "演示")),
    ("2026-11-20T10:15", ("erase", "10", "--basis", "本人书面申请", "--yes")),
    ("2026-11-20T10:16", ("intake", "登记错的一件")),
    ("2026-11-20T10:17", ("undo", "11")),
    ("2026-11-20T10:18", ("intake", "危房有人居住", "--severity", "较大")),
    ("2026-11-20T10:19", ("accept", "12")),
    ("2026-11-20T10:20", ("consult", "12", "--leader", "演示丙")),
    ("2026-11-20T10:21", (
        "emergency", "3", "--to", "区消防救援大队", "--how", "电话", "--content", "演示",
    )),
    ("2026-11-20T10:25", (
        "import", "{files}/own.csv", "--profile", "{files}/own.toml", "--partial",
    )),
    ("2026-11-20T17:00", (
        "import", "{files}/later.csv", "--profile", "{files}/own.toml", "--partial", "--update",
    )),
    ("2026-11-20T17:01", (
        "import", "{files}/old.csv", "--profile", "{files}/old.toml", "--partial",
    )),
    ("2026-11-20T17:05", (
        "export", "events", "-o", "{files}/events.jsonl", "--reveal", "--reason", "移交",
    )),
    ("2026-11-20T17:06", (
        "calendar", "add-local", "--off", "2026-11-27", "--document", "演字1号",
        "--scope", "滨江区",
        "--yes",
    )),
    ("2026-11-20T17:07", ("calendar", "apply")),
    ("2026-11-20T17:08", ("lookup", "--name", "演示甲", "--reason", "核对")),
    ("2026-11-20T17:09", ("retention", "hold", "1", "--reason", "演示")),
    ("2026-11-20T17:10", ("retention", "release", "1", "--reason", "演示")),
    ("2026-11-20T18:30", (
        "meeting", "plan", "联席会议", "--date", "2026-11-21", "--from", "16:00", "--to", "17:00",
        "--convener", "街道领导", "--extraordinary", "--reason", "演示",
    )),
    ("2026-11-20T19:00", ("intake", "江南大道占道经营", "--severity", "一般")),
    ("2026-11-20T19:01", ("accept", "18")),
    ("2026-11-20T19:02", (
        "extend", "18", "--workdays", "1", "--reason", "演示", "--approved-by", "演示丙",
    )),
    ("2026-11-21T17:01", ("meeting", "attend", "m2", "p3")),
    ("2026-11-21T17:02", (
        "meeting", "minutes", "m2", "--decision", "演示丙案", "--unit", "城管执法中队", "--due",
        "2026-12-20", "--case", "12",
    )),
    ("2026-11-22T09:00", ("operation", "result", "o1", "检查 8 家")),
    ("2026-11-22T09:00", ("intake", "江南大道占道经营很久", "--severity", "一般")),
    ("2026-11-22T09:05", ("merge", "18", "--into", "19")),
    ("2026-11-22T09:10", (
        "assess", "item", "add", "--unit", "江一社区", "--points", "2", "--reason", "演示",
    )),
    ("2026-11-22T09:10", ("accept", "19")),
    ("2026-11-22T09:11", ("assess", "opinion", "市场监管所", "--year", "2026", "--text", "演示")),
    ("2026-11-22T09:12", ("assess", "consent", "市场监管所", "--text", "演示")),
    ("2026-11-22T09:13", ("assess", "void", LAST, "--reason", "演示")),
    ("2026-11-22T09:20", ("assign", "19", "--lead", "城管执法中队")),
    ("2026-11-22T10:00", ("void", "18", "126", "--reason", "演示")),
    ("2026-11-22T10:05", ("intake", "请问路灯何时修", "--nature", "咨询", "--severity", "一般")),
    ("2026-11-22T10:06", ("amend", "19", "--nature", "投诉", "--reason", "演示")),
    ("2026-11-22T10:07", ("amend", "19", "--nature", "举报", "--reason", "演示")),
    ("2026-11-22T10:08", ("void", "19", LAST, "--reason", "演示")),
    ("2026-11-22T10:09", ("amend", "20", "--nature", "", "--reason", "演示")),
    ("2026-11-22T10:10", ("register", "on", "经办人", "领导批示", "--from", "2026-11-23")),
    ("2026-11-22T10:11", ("register", "off", "经办人")),
    ("2026-11-22T10:12", ("register", "on", "经办人")),
    ("2026-11-22T10:13", ("handover", "19", "--to", "p1", "--reason", "演示")),
    ("2026-11-22T10:14", ("handover", "19", "--to", "p4", "--reason", "演示")),
    ("2026-11-22T10:15", ("register", "on", "协办要求", "行刑衔接", "来源反馈", "附件")),
    ("2026-11-22T10:16", ("instruct", "19", "请报结果", "--leader", "p3")),
    ("2026-11-22T10:17", ("answer-instruct", "19", "已报")),
    ("2026-11-22T10:18", ("demand", "19", "请核查", "--to", "市场监管所")),
    ("2026-11-22T10:19", ("answer-demand", "19", "已核查")),
    ("2026-11-22T10:20", ("transfer", "19", "--to", "区公安分局", "--content", "线索")),
    ("2026-11-22T10:21", ("transfer-reply", "19", "--receipt", "收文1号")),
    ("2026-11-22T10:22", (
        "register", "on", "考核程序", "问责", "征求意见和任免同意", "--from", "2026-03-01",
    )),
    ("2026-11-22T10:23", ("assess", "draft", "--month", "2026-03")),
    ("2026-11-22T10:24", ("assess", "sheet", "--month", "2026-03", "--format", "md")),
    ("2026-11-22T10:25", (
        "assess", "object", "--month", "2026-03", "--unit", "市场监管所", "--text", "演示",
    )),
    ("2026-11-22T10:26", ("assess", "answer", "y1", "--refused", "--text", "演示")),
    ("2026-11-22T10:27", (
        "assess", "approve", "--month", "2026-03", "--body", "街道党工委会议", "--counts",
    )),
    ("2026-11-22T10:28", (
        "assess", "ask", "市场监管所", "--bureau", "区市场监管局", "--cadre", "演示己", "--about",
        "任职同意", "--date", "2026-11-16", "--answer-by", "2026-11-27",
    )),
    ("2026-11-22T10:29", ("assess", "reply", "l1", "--agreed", "--text", "演示")),
    ("2026-11-22T10:30", ("assess", "moved", "l1", "--date", "2026-11-30")),
    ("2026-11-22T10:31", (
        "accountability", "open", "--lapse", "2.finish", "--unit", "综合信息指挥室", "--text",
        "演示",
    )),
    ("2026-11-22T10:32", ("accountability", "ask", "q1", "--answer-by", "2026-11-23")),
    ("2026-11-22T10:33", ("accountability", "statement", "q1", "--text", "演示")),
    ("2026-11-22T10:34", (
        "accountability", "decide", "q1", "--kind", "整改", "--decided-by", "p3", "--due",
        "2026-12-04", "--text", "演示",
    )),
    ("2026-11-22T10:35", ("accountability", "result", "q1", "--text", "演示")),
    ("2026-11-22T10:36", ("accountability", "review", "q1", "--text", "演示")),
    ("2026-11-22T10:37", (
        "accountability", "review", "q1", "--outcome", "维持", "--text", "演示",
    )),
    ("2026-11-22T10:38", (
        "accountability", "propose", "--kind", "责任查究", "--about", "演示公司", "--to",
        "区委政法委", "--text", "演示",
    )),
    ("2026-11-22T10:39", ("accountability", "reply", "q2", "--text", "演示")),
    ("2026-11-22T10:40", ("accountability", "show", "q1", "--reason", "演示")),
    ("2026-11-22T10:41", ("register", "on", "检查抽检", "服务事项", "--from", "2026-10-01")),
    ("2026-11-22T10:42", (
        "inspection", "enter", "--month", "2026-10", "--kind", "抽检", "--value", "批次=120",
        "--value", "不合格=2", "--found", "演示抽检不合格", "--note", "演示",
    )),
    ("2026-11-22T10:43", (
        "inspection", "enter", "--month", "2026-10", "--kind", "抽检", "--value", "批次=121",
        "--value", "不合格=2", "--reason", "演示",
    )),
    ("2026-11-22T10:44", (
        "inspection", "link", "--month", "2026-10", "--kind", "抽检", "--case", "20",
    )),
    ("2026-11-22T10:45", ("policy", "adopt", "{files}")),
    ("2026-11-22T10:46", (
        "intake", "演示申请", "--service", "演示登记", "--answer", "住所=自有", "--answer",
        "时间=演示", "--severity", "一般",
    )),
    ("2026-11-22T10:47", (
        "service", "need", "22", "--material", "身份证明", "--due", "2026-12-01",
    )),
    ("2026-11-22T10:48", ("service", "need", "22", "--material", "演示", "--unit", "江一社区")),
    ("2026-11-22T10:49", ("service", "got", "22", "--material", "2")),
    ("2026-11-22T10:50", ("register", "on", "值班日志和交接班")),
    ("2026-11-22T10:51", ("shift", "note", "演示", "--promised", "2026-11-25", "--to", "演示")),
    ("2026-11-22T10:52", ("shift", "handover", "演示", "--to", "p1")),
    ("2026-11-22T10:53", ("shift", "done", "1", "演示")),
    ("2026-11-22T10:54", (
        "register", "on", "专项整治", "会议到会和例会", "矛盾纠纷", "帮教禁毒数字", "--from",
        "2026-11-01",
    )),
    ("2026-11-22T10:55", (
        "operation", "plan", "演示专项整治", "--date", "2026-11-21", "--until", "2026-12-04",
        "--objects", "50", "--unit", "城管执法中队", "--person", "p4",
    )),
    ("2026-11-22T10:56", (
        "operation", "stage", "o2", "演示阶段", "--date", "2026-11-21", "--until", "2026-11-27",
        "--text", "演示",
    )),
    ("2026-11-22T10:57", ("operation", "people", "o2", "--date", "2026-11-24", "--person", "p4")),
    ("2026-11-22T10:58", ("operation", "day", "o2", "--checked", "9", "--text", "演示")),
    ("2026-11-22T10:59", ("meeting", "attend", "m2", "--invite", "演示公司")),
    ("2026-11-22T11:00", ("meeting", "attend", "m2", "--came", "演示公司")),
    ("2026-11-22T11:01", ("meeting", "leave", "m2", "p5", "--reason", "演示")),
    ("2026-11-22T11:02", (
        "meeting", "task", "add", "演示计划", "--kind", "工作计划", "--unit", "平安建设办", "--due",
        "2026-12-20",
    )),
    ("2026-11-22T11:03", ("regrade", "20", "--category", "邻里纠纷", "--reason", "演示")),
    ("2026-11-22T11:04", ("dispute", "20", "--kind", "邻里", "--mediated", "部分")),
    ("2026-11-22T11:05", (
        "groups", "enter", "帮教在册", "3", "--unit", "江一社区", "--month", "2026-11",
    )),
    ("2026-11-22T11:06", ("enclose", "19", "{files}/own.csv", "--kept", "演示柜")),
    ("2026-11-22T11:07", (
        "intake", "请问证件怎么补办", "--channel", "浙江政务服务网", "--severity", "一般",
    )),
    ("2026-11-22T11:08", ("accept", "23")),
    ("2026-11-22T11:09", ("assign", "23", "--lead", "平安建设办")),
    ("2026-11-22T11:10", ("slip", "23", "交办单", "--points", "请答复")),
    ("2026-11-22T11:11", ("resolve", "23", "--outcome", "已告知")),
    ("2026-11-22T11:12", ("feedback", "23", "已填回", "--to-source")),
    ("2026-11-22T11:13", ("slip", "m2", "会议纪要")),
    ("2026-11-22T11:14", ("report", "--month", "2026-10", "--freeze", "--format", "md")),
)  # fmt: skip


def make(path: Path, days: Iterable[tuple[str, tuple[str, ...]]] = DAYS) -> None:
    """Take these steps in the ledger of a path. Raises ``RuntimeError`` when one is refused."""
    chance = random.Random(SEED)  # noqa: S311 - the same bytes each time, on purpose
    with ExitStack() as held:
        held.enter_context(patch.dict(os.environ, SIXPING_LEDGER=str(path), SIXPING_BY="演示乙"))
        held.enter_context(patch("os.urandom", chance.randbytes))
        held.enter_context(patch("socket.gethostname", lambda: "desk"))
        held.enter_context(patch("sixping.store.writer._account", lambda: "demo(1000)"))
        held.enter_context(patch("sixping.store.writer.__version__", "sample"))
        files = held.enter_context(TemporaryDirectory())
        for name, text in FILES.items():
            Path(files, name).write_text(text, encoding="utf-8")
        for minute, argv in days:
            held.enter_context(patch.dict(os.environ, SIXPING_NOW=f"{minute}:00+08:00"))
            said = io.StringIO()
            with redirect_stdout(io.StringIO()), redirect_stderr(said):
                code = cli.main([
                    _last(path) if word == LAST else word.replace("{files}", files)
                    for word in argv
                ])  # fmt: skip
            if code:
                raise RuntimeError(f"{' '.join(argv)}: exit {code}\n{said.getvalue()}")


def _last(path: Path) -> str:
    with open_ledger(path) as ledger:
        return str(ledger.seq)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
