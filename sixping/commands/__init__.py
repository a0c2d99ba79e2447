"""The table of commands: the one place where a command gets its name, help and panel.

The table is read without importing the commands' modules: ``sixping overdue`` imports
only the module that holds ``overdue``, ``--help`` imports none.

To add a command, write a function in a module of one of the packages and one line here::

    "overdue": CommandSpec("reports.overdue", "overdue", "列出超期和临期的事项。", SUPERVISION),
    "units": Group(
        "查看组织机构。",
        READING,
        {"list": CommandSpec("office.units", "list_", "列出单位。")},
    ),

The help must equal the first line of the function's docstring (a test holds it).
"""

from __future__ import annotations

from collections.abc import Mapping

from sixping.console.frame import CommandSpec, Group, Table

DESK = "登记与办理"
ABOVE = "提级与督促"
SUPERVISION = "监督"
OFFICE = "值守与会议"
READING = "查询"
RULES = "日历与规则"
BOOKS = "台账"
TABLE: Table = {
    "intake": CommandSpec(
        "cases.intake", "intake", "登记一件: 建议类别、平台、等级和单位, 时限开始计算。", DESK
    ),
    "triage": CommandSpec(
        "cases.intake",
        "triage",
        "只看建议, 不登记: 类别、平台、等级、单位和理由; 不需要台账。",
        DESK,
    ),
    "emergency": CommandSpec(
        "cases.handling",
        "emergency",
        "记录突发事件已按应急规则报告 (先于其他步骤, 不计时限)。",
        DESK,
    ),
    "accept": CommandSpec("cases.handling", "accept", "受理一件, 并告知反映人 (五.1a)。", DESK),
    "decline": CommandSpec(
        "cases.declining",
        "decline",
        "不予受理、移送、引导或退回补充, 并告知反映人 (五.1a)。",
        DESK,
    ),
    "told": CommandSpec(
        "cases.declining", "told", "记录已把标准文字的内容告知反映人 (五.1a)。", DESK
    ),
    "assign": CommandSpec(
        "cases.handling", "assign", "分派给牵头单位和协办单位 (二.2, 四)。", DESK
    ),
    "sign": CommandSpec("cases.handling", "sign", "牵头单位签收。", DESK),
    "return": CommandSpec("cases.handling", "return_", "单位退回指挥室, 写明理由。", DESK),
    "handover": CommandSpec(
        "cases.handling",
        "handover",
        "换经办人: 由牵头单位的另一人接手, 单位和期限不变 (附2.1)。",
        DESK,
    ),
    "note": CommandSpec("cases.handling", "note", "记一笔进展, 不改变状态。", DESK),
    "slip": CommandSpec(
        "cases.slip",
        "slip",
        "出单据并编号: 交办单、督办单、延期审批表、上报函、答复单、会议通知单等。",
        DESK,
    ),
    "regrade": CommandSpec(
        "cases.handling", "regrade", "改变等级或类别; 起算时间不变, 已有的超期不消除 (三)。", DESK
    ),
    "dispute": CommandSpec(
        "cases.disputes",
        "dispute",
        "登记矛盾纠纷的种类和是否调处; 不改变状态, 以最后一次为准 (附1.3)。",
        DESK,
    ),
    "resolve": CommandSpec("cases.handling", "resolve", "记录办结和办理结果。", DESK),
    "feedback": CommandSpec(
        "cases.ending",
        "feedback",
        "把办理结果反馈给反映人, 可同时记录满意度 (三.1); 或记录已回复来源平台。",
        DESK,
    ),
    "verify-result": CommandSpec(
        "cases.ending", "verify_result", "核查办理结果; 不通过的不能归档, 须重新办理。", DESK
    ),
    "close": CommandSpec("cases.ending", "close", "归档; 须先在办结后反馈 (匿名的除外)。", DESK),
    "reopen": CommandSpec(
        "cases.ending", "reopen", "重新办理: 另起一轮期限, 以前的超期不消除。", DESK
    ),
    "enclose": CommandSpec(
        "cases.enclosing",
        "enclose",
        "登记附件 (处置前后照片等): 记名称、大小、校验码和存放处, 文件本身不收进台账。",
        DESK,
    ),
    "part": CommandSpec(
        "cases.parts", "part", "给牵头或协办单位分工, 可定期限; 全部完成后才能办结 (四.1)。", DESK
    ),
    "part-done": CommandSpec("cases.parts", "part_done", "记录一个单位完成了自己的分工。", DESK),
    "merge": CommandSpec(
        "cases.repeats", "merge", "把重复反映并入另一件: 合并办理, 每个反映人都要答复。", DESK
    ),
    "unmerge": CommandSpec(
        "cases.repeats", "unmerge", "把并错的反映拆出: 恢复原来的状态和期限。", DESK
    ),
    "amend": CommandSpec(
        "cases.amending",
        "amend",
        "更正登记时所写的内容; 原来的仍留在经过里 (类别、等级用 regrade)。",
        DESK,
    ),
    "undo": CommandSpec(
        "cases.amending", "undo", "撤回自己刚记的一步, 不用写序号; 只有登记一步的, 撤回登记。", DESK
    ),
    "void": CommandSpec("cases.handling", "void", "撤销记错的一步; 两条记录都保留在台账里。", DESK),
    "consult": CommandSpec(
        "cases.referral", "consult", "提交联席会议或街道领导会商 (三.2)。", ABOVE
    ),
    "decide": CommandSpec(
        "cases.referral",
        "decide",
        "记录联席会议或街道领导的决定: 牵头、协办单位和办结期限 (三.2)。",
        ABOVE,
    ),
    "refer": CommandSpec(
        "cases.referral",
        "refer",
        "上报区级部门或平台 (三.3, 五.1b); 未定为重大的同时升为重大。",
        ABOVE,
    ),
    "refer-reply": CommandSpec(
        "cases.referral", "refer_reply", "记录区级的答复; 办好即办结, 退回则另起一轮。", ABOVE
    ),
    "extend": CommandSpec(
        "cases.timing", "extend", "延长办结期限: 须在期限之前, 不超过最长时限 (五.1c)。", ABOVE
    ),
    "suspend": CommandSpec(
        "cases.timing", "suspend", "中止办结计时, 须经批准; 最长时限照常计算 (五.1c)。", ABOVE
    ),
    "resume": CommandSpec(
        "cases.timing",
        "resume",
        "恢复办结计时: 期限按中止的整工作日顺延, 最长时限不变 (五.1c)。",
        ABOVE,
    ),
    "urge": CommandSpec(
        "cases.urging", "urge", "督办: 普通、黄牌、红牌, 逐级进行, 不跳级不重复 (五.3)。", ABOVE
    ),
    "answer-urge": CommandSpec(
        "cases.urging", "answer_urge", "答复督办; 不写等级即答复最早的一次。", ABOVE
    ),
    "instruct": CommandSpec(
        "cases.owing", "instruct", "记录领导批示 (三.2); 答复以前列在 overdue。", ABOVE
    ),
    "answer-instruct": CommandSpec(
        "cases.owing", "answer_instruct", "记录批示的落实情况, 即答复批示。", ABOVE
    ),
    "demand": CommandSpec(
        "cases.owing",
        "demand",
        "向单位提出协办要求, 须它答复 (附3.3); 只告知、不要答复的用 note --to。",
        ABOVE,
    ),
    "answer-demand": CommandSpec(
        "cases.owing", "answer_demand", "记录单位对协办要求的答复。", ABOVE
    ),
    "transfer": CommandSpec(
        "cases.owing",
        "transfer",
        "行刑衔接: 涉嫌犯罪的移送公安、检察机关 (附2.3); 本件照常办理, 时限不变。",
        ABOVE,
    ),
    "transfer-reply": CommandSpec(
        "cases.owing",
        "transfer_reply",
        "记录公安、检察机关的回执或结果; 有了结果, 这一项移送就不再列出。",
        ABOVE,
    ),
    "overdue": CommandSpec(
        "reports.overdue",
        "overdue",
        "列出超期、临期和等着办的事项, 最要紧的在前 (五.1, 五.3)。",
        SUPERVISION,
    ),
    "lapses": CommandSpec(
        "reports.lapses",
        "lapses",
        "超期及不规范办理清单: 一段时间的, 每项附依据、期限和责任单位 (五.2, 五.3)。",
        SUPERVISION,
    ),
    "report": CommandSpec(
        "reports.report",
        "report",
        "出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。",
        SUPERVISION,
    ),
    "assess": Group(
        "考核机关、社区和派驻机构: 月、季、年的指标、名次、扣分和加减分 (五.2, 附3.5)。",
        SUPERVISION,
        {
            "show": CommandSpec(
                "reports.assess",
                "show",
                "出考核表: 各项指标的件数和率, 每个数都能用 --drill 打开到事项 (五.2)。",
            ),
            "item": Group(
                "手工加减分, 写明理由; 记入台账。",
                "",
                {
                    "add": CommandSpec(
                        "reports.assess_items", "add", "加分或减分一笔, 写明理由 (五.2)。"
                    ),
                    "list": CommandSpec(
                        "reports.assess_items", "list_", "列出手工加减分: 理由和记录人。"
                    ),
                },
            ),
            "opinion": CommandSpec(
                "reports.assess_items", "opinion", "记录街道对派驻机构干部的年度书面意见 (附3.5)。"
            ),
            "consent": CommandSpec(
                "reports.assess_items",
                "consent",
                "记录街道对派驻机构负责人任免的事先同意 (附3.5)。",
            ),
            "draft": CommandSpec(
                "reports.procedure",
                "draft",
                "记录一期考核的草稿: 各项的数、校验码; 采纳异议后可以重出 (五.2)。",
            ),
            "sheet": CommandSpec(
                "reports.procedure",
                "sheet",
                "发核对单: 每个考核对象一页, 印草稿的数; 发给了谁记入台账 (五.2)。",
            ),
            "object": CommandSpec(
                "reports.procedure", "object_", "记录考核对象对草稿的异议 (五.2)。"
            ),
            "answer": CommandSpec(
                "reports.procedure",
                "answer",
                "答复一条异议: 采纳 (写明改了什么) 或不采纳; 采纳的须重出草稿 (五.2)。",
            ),
            "approve": CommandSpec(
                "reports.procedure",
                "approve",
                "审定一期考核: 单位都已核对、异议都已答复; 以后印的就是审定的数 (五.2, 附3.5)。",
            ),
            "procedure": CommandSpec(
                "reports.procedure",
                "list_",
                "列出各期考核走到哪一步: 草稿、核对单、异议、审定 (五.2)。",
            ),
            "ask": CommandSpec(
                "reports.letters",
                "ask",
                "记录派出部门的来函: 征求对干部的年度意见, 或任免前征求同意 (附3.5)。",
            ),
            "reply": CommandSpec(
                "reports.letters",
                "reply",
                "记录街道党工委或办事处对来函的答复; 可以先答复其中几人 (附3.5)。",
            ),
            "moved": CommandSpec(
                "reports.letters",
                "moved",
                "记录任免的日期: 与党工委同意的日期核对, 晚于任免的同意不算事先 (附3.5)。",
            ),
            "letters": CommandSpec(
                "reports.letters",
                "letters",
                "列出一年的来函和答复: 未来函、来函未复 (已等几天)、任免前是否同意 (附3.5)。",
            ),
            "void": CommandSpec(
                "reports.assess_items",
                "void",
                "撤销一条记错的加减分、意见、同意、来函或考核程序; 两条都保留在台账里。",
            ),
        },
        "show",
    ),
    "accountability": Group(
        "问责和建议: 单位先说明, 有人决定, 可以复核; 严重问题街道只提建议 (五.3, 附1.3)。",
        SUPERVISION,
        {
            "open": CommandSpec(
                "reports.accountability",
                "open_",
                "立一项问责: 依据台账里的超期及不规范办理情形, 对单位或人 (五.3)。",
            ),
            "ask": CommandSpec(
                "reports.accountability",
                "ask",
                "请单位在哪一天前说明; 说明之前 (或到期未说明之前) 不能决定 (五.3)。",
            ),
            "statement": CommandSpec(
                "reports.accountability", "statement", "记录单位的说明 (五.3)。"
            ),
            "decide": CommandSpec(
                "reports.accountability",
                "decide",
                "记录决定: 由谁、哪天、什么方式; 整改的写明什么时候报结果 (五.3)。",
            ),
            "result": CommandSpec("reports.accountability", "result", "记录整改等的结果 (五.3)。"),
            "review": CommandSpec(
                "reports.accountability",
                "review",
                "记录申请复核; 加 --outcome 记录复核的答复 (五.3)。",
            ),
            "propose": CommandSpec(
                "reports.accountability",
                "propose",
                "记录街道的建议: 对严重危害社会治安的单位和个人, 建议责任查究或一票否决 (附1.3)。",
            ),
            "reply": CommandSpec(
                "reports.accountability", "reply", "记录对方机关对建议的答复 (附1.3)。"
            ),
            "list": CommandSpec(
                "reports.accountability",
                "list_",
                "列出问责和建议走到哪一步; 不列姓名、单位和内容 (五.3, 附1.3)。",
            ),
            "show": CommandSpec(
                "reports.accountability",
                "show",
                "查看一项问责: 对谁、依据、说明、决定、复核; 谁看过、为什么, 记入台账 (见 audit)。",
            ),
            "void": CommandSpec(
                "reports.accountability", "void", "撤销一条记错的问责记录; 两条都保留在台账里。"
            ),
        },
    ),
    "duty": Group(
        "值守: 排班、请假换班、签到签退、是否符合一.2、一.3。",
        OFFICE,
        {
            "today": CommandSpec(
                "office.duty", "today", "今日值守 (上墙): 各单位排了谁、谁在岗、现在缺什么。"
            ),
            "plan": CommandSpec(
                "office.roster", "plan", "排班: 某日由谁值守; 代替该单位当日原有的排班。"
            ),
            "roster": CommandSpec("office.roster", "roster", "值班表: 某日或某月各单位由谁值守。"),
            "draft": CommandSpec(
                "office.roster",
                "draft",
                "拟一个月的排班: 轮次均等, 尽量不连班, 避开请假, 每日有执法资格 (一.2)。",
            ),
            "leave": CommandSpec(
                "office.roster", "leave", "请假: 自某日至某日; 已排的班会提示换人。"
            ),
            "swap": CommandSpec("office.roster", "swap", "换班: 某日由接班人代替原值守人。"),
            "in": CommandSpec("office.attendance", "in_", "签到: 自这一分钟起在岗, 到签退为止。"),
            "out": CommandSpec("office.attendance", "out", "签退: 到这一分钟为止在岗。"),
            "outside": CommandSpec(
                "office.attendance",
                "outside",
                "外出在岗: 为某一件外出, 或经指挥室同意外出, 这段时间算在岗 (一.2)。",
            ),
            "attendance": CommandSpec(
                "office.attendance", "attendance", "列出考勤: 谁在某日或某月自何时至何时在岗。"
            ),
            "import": CommandSpec(
                "office.attendance",
                "import_",
                "从 CSV 或 XLSX 导入考勤; 重复导入不会重复登记, 有错则一行也不导入。",
            ),
            "check": CommandSpec(
                "office.duty",
                "check",
                "检查值守: 办公时间内的缺岗时段, 人数不足或无人具有执法资格 (一.2, 一.3)。",
            ),
            "void": CommandSpec(
                "office.duty",
                "void",
                "撤销一条记错的排班、请假、考勤、外出或检查的开始; 两条都保留在台账里。",
            ),
            "begin": CommandSpec(
                "office.duty",
                "begin",
                "声明自哪一天起检查值守; 此前的日子不作考核, 各数为 — (一.2, 一.3)。",
            ),
        },
    ),
    "meeting": Group(
        "会议: 集体会商、联席会议、领导小组会议、平台例会; 议题、纪要、决定和任务 (附1, 三.2)。",
        OFFICE,
        {
            "plan": CommandSpec(
                "office.meeting",
                "plan",
                "召集一次会议: 种类、日期、召集人; 每月会商的日期按规则拟 (附1.1, 三.2, 附3.1)。",
            ),
            "propose": CommandSpec(
                "office.meeting",
                "propose",
                "拟一个月的会议日期: 会商、平台例会各在规则所定的工作日 (附1.1, 附3.1)。",
            ),
            "move": CommandSpec(
                "office.meeting", "move", "会议改期, 写明理由; 已有到会或纪要的不能改。"
            ),
            "list": CommandSpec(
                "office.meeting",
                "list_",
                "列出会议, 旧的在前: 日期、召集人、到会、纪要、未完成的任务。",
            ),
            "show": CommandSpec(
                "office.meeting",
                "show",
                "查看一次会议: 召集、参加对象、到会、议题、纪要、决定和任务; 写文件则是会议纪要。",
            ),
            "attend": CommandSpec(
                "office.meeting",
                "attend",
                "记录到会和邀请; 同一时段在值守、巡查或另一会议的不能又到会 (附1.2)。",
            ),
            "leave": CommandSpec(
                "office.attending",
                "leave",
                "记录会议请假和理由; 应到而没有到会、也没有请假的列为缺席 (附1.2)。",
            ),
            "attendance": CommandSpec(
                "office.attending",
                "attendance",
                "一段时间的会议到会: 各单位应到、实到、请假、未请假缺席的人次 (附1.2)。",
            ),
            "missing": CommandSpec(
                "office.attending",
                "missing",
                "列出没有召开的定期会议: 每月的会商和领导小组会议、每周的平台例会 (附1.1, 附3.1)。",
            ),
            "agenda": CommandSpec(
                "office.agenda",
                "agenda",
                "拟会议议题: 由台账按附1的八项内容生成, 可补充; 没有数据的留空待填 (附1.3)。",
            ),
            "minutes": CommandSpec(
                "office.minutes",
                "minutes",
                "记纪要和决定: 事项上的决定同时记为会商决定, 其他的成为会议任务 (附1.3, 三.2)。",
            ),
            "decisions": CommandSpec(
                "office.agenda",
                "decisions",
                "列出一次会议的决定事项: 单位、期限、进展; 写文件则是决定事项表 (三.2, 附1.3)。",
            ),
            "task": Group(
                "会议任务: 单位、期限、是否完成。",
                "",
                {
                    "list": CommandSpec(
                        "office.tasks",
                        "list_",
                        "列出会议任务, 期限近的在前; 超期的也见 overdue (附1.3)。",
                    ),
                    "add": CommandSpec(
                        "office.tasks",
                        "add",
                        "登记工作计划、阶段方案或措施, 定单位和期限; 列在会商的第一项 (附1.3)。",
                    ),
                    "done": CommandSpec("office.tasks", "done", "记录会议任务已完成和结果。"),
                    "postpone": CommandSpec(
                        "office.tasks", "postpone", "推迟会议任务的期限, 写明理由。"
                    ),
                    "drop": CommandSpec("office.tasks", "drop", "取消会议任务, 写明理由。"),
                },
            ),
            "void": CommandSpec(
                "office.meeting", "void", "撤销一条记错的会议记录; 两条都保留在台账里。"
            ),
        },
    ),
    "patrol": Group(
        "巡查: 队伍组成、到过的网格、发现的件, 多久没有巡查 (附2.3)。",
        OFFICE,
        {
            "record": CommandSpec(
                "office.patrol",
                "record",
                "记录一次巡查: 队伍组成按附2.3核对, 发现的问题同时登记 (渠道为规则所定)。",
            ),
            "list": CommandSpec(
                "office.patrol", "list_", "列出巡查, 旧的在前: 网格、队员、发现的件。"
            ),
            "gaps": CommandSpec(
                "office.patrol",
                "gaps",
                "列出超过间隔没有巡查的网格; 没有设定间隔时列出每个网格距上次的工作日数 (附2.3)。",
            ),
            "void": CommandSpec(
                "office.patrol",
                "void",
                "撤销一条记错的巡查; 两条都保留在台账里, 登记的件不受影响。",
            ),
        },
    ),
    "inspection": Group(
        "检查抽检: 各月的批次、次数、人次, 不合格的是否登记为事项 (附2.2)。",
        OFFICE,
        {
            "enter": CommandSpec(
                "office.inspection",
                "enter",
                "记一个月的检查抽检数; 已记过而不同的须写更正理由, 不合格的可同时登记 (附2.2)。",
            ),
            "link": CommandSpec(
                "office.inspection",
                "link",
                "把不合格的连到事项: 已登记的写编号, 没有登记的写内容, 随即登记 (附2.2)。",
            ),
            "import": CommandSpec(
                "office.inspection",
                "import_",
                "从 CSV 或 XLSX 导入各月检查抽检数; 重复导入不会重复登记, 有错则一行也不导入。",
            ),
            "list": CommandSpec(
                "office.inspection",
                "list_",
                "列出各月的检查抽检数, 旧的在前: 不合格多少, 其中多少还没有登记为事项 (附2.2)。",
            ),
            "void": CommandSpec(
                "office.inspection",
                "void",
                "撤销一条记错的; 更正以前的数随之恢复, 登记的件不受影响, 两条都保留在台账里。",
            ),
        },
    ),
    "service": Group(
        "服务事项: 公开目录、材料、期限, 谁还欠什么 (四.1, 附2.4)。",
        OFFICE,
        {
            "list": CommandSpec(
                "office.service",
                "list_",
                "列出服务事项: 谁办、窗口或网上、承诺期限、材料 (公开服务事项, 附2.4)。",
            ),
            "show": CommandSpec(
                "office.service", "show", "查看一个服务事项: 期限、材料、登记时问什么。"
            ),
            "need": CommandSpec(
                "cases.materials", "need", "记下一件还缺什么材料, 由谁提供, 可定日期 (四.1)。"
            ),
            "got": CommandSpec("cases.materials", "got", "记下缺的材料已经收到。"),
            "owes": CommandSpec(
                "office.service",
                "owes",
                "列出谁还欠什么: 各单位未完成的分工, 没有交来的材料 (四.1)。",
            ),
        },
    ),
    "operation": Group(
        "联合执法和专项整治: 平台、单位、人员、事项, 结果记到每一件 (四.3)。",
        OFFICE,
        {
            "plan": CommandSpec(
                "office.operation",
                "plan",
                "安排联合执法或专项整治: 单位、人员 (核对执法资格)、涉及的事项 (四.3)。",
            ),
            "stage": CommandSpec(
                "office.rectification",
                "stage",
                "给专项整治加一个阶段: 名称、起止、做什么 (四.3)。",
            ),
            "people": CommandSpec(
                "office.rectification",
                "people",
                "写明专项整治某一天的人员, 代替计划的人; 按当日核对执法资格和时间 (四.3)。",
            ),
            "day": CommandSpec(
                "office.rectification",
                "day_",
                "记录专项整治一天的情况: 检查了多少, 发现的问题同时登记 (四.3)。",
            ),
            "result": CommandSpec(
                "office.operation", "result", "记录联合执法的结果, 同时记到涉及的每一件上 (四.3)。"
            ),
            "list": CommandSpec(
                "office.operation",
                "list_",
                "列出联合执法: 平台、单位、人员、事项、结果; 供会商用 (四.3)。",
            ),
            "show": CommandSpec(
                "office.operation",
                "show",
                "查看一次联合执法: 安排、人员、涉及的事项和结果; 写文件则是总结。",
            ),
            "void": CommandSpec(
                "office.operation",
                "void",
                "撤销一条记错的联合执法记录; 两条都保留在台账里, 件上的记事不受影响。",
            ),
        },
    ),
    "disputes": CommandSpec(
        "office.disputes",
        "disputes",
        "矛盾纠纷: 一段时间收到的, 各种类多少件, 调处了多少 (附1.3)。",
        OFFICE,
    ),
    "groups": Group(
        "帮教、禁毒等的月度数字: 各单位填报, 只有数 (附1.3)。",
        OFFICE,
        {
            "enter": CommandSpec(
                "office.groups",
                "enter",
                "填报一个月的帮教、禁毒等的数; 只填数, 不写任何人的姓名 (附1.3)。",
            ),
            "list": CommandSpec(
                "office.groups",
                "list_",
                "列出各单位按月填报的数; 没有填报的单位是不详, 不是 0 (附1.3)。",
            ),
            "void": CommandSpec("office.groups", "void", "撤销一个填错的数; 两条都保留在台账里。"),
        },
    ),
    "shift": Group(
        "值班日志和交接班: 记事、答应别人的事、谁接的班和当时未办的 (附3.4, 附3.5)。",
        OFFICE,
        {
            "note": CommandSpec(
                "office.shift",
                "note",
                "记一条值班日志; 答应了别人的写明哪一天前, 办了以前一直列着 (附3.5)。",
            ),
            "handover": CommandSpec(
                "office.shift",
                "handover",
                "交接班: 记下谁接班, 连同当时未办的件数和编号"
                " (待受理、到期、超期、督办、答应的事)。",
            ),
            "done": CommandSpec("office.shift", "done", "记下答应的事办了。"),
            "promised": CommandSpec(
                "office.shift",
                "promised",
                "列出值班时答应了还没有办的事, 日子近的在前; 到期的也见 overdue。",
            ),
            "show": CommandSpec(
                "office.shift",
                "show",
                "查看一天的值班日志: 谁值守、记事、交接、答应未办的事; 可出文件。",
            ),
            "list": CommandSpec(
                "office.shift",
                "list_",
                "列出一个月里每天的值班日志; 没有日志的日子是不知道, 不是没有事。",
            ),
            "void": CommandSpec(
                "office.shift", "void", "撤销一条记错的值班记事、交接或办结; 两条都保留在台账里。"
            ),
        },
    ),
    "show": CommandSpec("cases.reading", "show", "查看一件: 内容、理由、时限、经过。", READING),
    "list": CommandSpec("cases.reading", "list_", "列出在办的事项, 最近到期的在前。", READING),
    "search": CommandSpec(
        "cases.reading",
        "search",
        "按词查找全部事项: 编号、各步文字和现在的内容、地点、来源编号。",
        READING,
    ),
    "lookup": CommandSpec(
        "ledger.privacy",
        "lookup",
        "查找同一来电人以前的反映: 按完整的电话或姓名; 查找会记入台账。",
        READING,
    ),
    "log": CommandSpec("cases.reading", "log", "台账流水: 谁在何时记了什么, 旧的在前。", READING),
    "explain": CommandSpec(
        "cases.reading", "explain", "逐日说明期限怎样算出, 每个休息日和补班日都列明。", READING
    ),
    "units": Group(
        "组织机构和人员: 某日有哪些单位、谁在哪里, 自某日起的变更 (一, 附3.5)。",
        READING,
        {
            "list": CommandSpec(
                "office.units", "list_", "列出平台、派驻机构、街道各办、社区和网格。"
            ),
            "show": CommandSpec("office.units", "show", "查看一个单位: 平台、职责、网格、人员。"),
            "people": CommandSpec(
                "office.people",
                "list_",
                "列出人员: 编号、单位、职务、驻点、执法资格; 电话和证号隐去。",
            ),
            "grids": CommandSpec(
                "office.grids",
                "grids",
                "网格工作: 各社区、网格、网格员的上报、有效率、受理反馈用时和巡查 (附3.2)。",
            ),
            "add": CommandSpec("office.units", "add", "增加一个单位, 自某日起。"),
            "change": CommandSpec(
                "office.units",
                "change",
                "改变一个单位的平台、隶属、驻点、值守、别名、职能、职责或牵头, 自某日起。",
            ),
            "end": CommandSpec(
                "office.units", "end", "撤销一个单位, 自某日起; 以前的记录和报表不变。"
            ),
            "person": Group(
                "人员的登记、更改和离开, 都自某日起。",
                "",
                {
                    "add": CommandSpec(
                        "office.people", "add", "登记一个人员, 自某日起; 得到编号 (如 p12)。"
                    ),
                    "change": CommandSpec(
                        "office.people",
                        "change",
                        "更改人员的单位、职务、驻点、在线、电话或执法证, 自某日起。",
                    ),
                    "leave": CommandSpec(
                        "office.people", "leave", "记录人员离开, 自某日起不再在册; 以前的记录不变。"
                    ),
                },
            ),
            "import": CommandSpec(
                "office.units",
                "import_",
                "从 CSV 或 XLSX 导入人员或单位; 重复导入不会重复登记, 有错则一行也不导入。",
            ),
            "void": CommandSpec(
                "office.units", "void", "撤销一条记错的组织或人员记录; 两条都保留在台账里。"
            ),
        },
    ),
    "calendar": Group(
        "工作日历: 查看、检查、导入放假安排、调整期限。",
        RULES,
        {
            "show": CommandSpec(
                "calendar.read",
                "show",
                "查看一年或一月的日历: 工作日、放假、补班、本地安排、暂定。",
            ),
            "check": CommandSpec(
                "calendar.read", "check", "检查日历: 公布到哪一天、各层是否矛盾、何时开始影响期限。"
            ),
            "due": CommandSpec(
                "calendar.read", "due", "算到期日: 一个日期, 或从标准输入逐行计算。"
            ),
            "import": CommandSpec(
                "calendar.enter",
                "import_",
                "导入一年的放假安排: 先检查, 再列出差异, 确认后记入台账。",
            ),
            "add-local": CommandSpec(
                "calendar.enter",
                "add_local",
                "记入一份地方文件: 哪几天放假、哪几天上班, 适用于哪里。",
            ),
            "apply": CommandSpec(
                "calendar.apply",
                "apply",
                "按现行日历调整在办事项的期限, 每项记入台账; 不把日期改到过去, 会商决定的日期不动。",  # noqa: E501
            ),
            "ics": CommandSpec(
                "calendar.apply",
                "ics",
                "把在办事项的期限输出为日历文件 (iCalendar), 不含反映内容和个人信息。",
            ),
        },
    ),
    "policy": Group(
        "台账采用的规则: 查看、检查、比较、采用 (时限、类别、单位、会议、考核、日历)。",
        RULES,
        {
            "show": CommandSpec(
                "policy.rules",
                "show",
                "查看台账采用的规则: 每份的校验码和采用时间, 或一份的全文; 没有台账时看自带的。",
            ),
            "check": CommandSpec(
                "policy.rules",
                "check",
                "检查一个规则文件夹: 逐键列出有误、缺失和无用之处, 一次列全。",
            ),
            "diff": CommandSpec(
                "policy.rules",
                "diff",
                "比较文件夹里的规则和台账采用的规则, 逐键说明差别; 只看, 不改动。",
            ),
            "adopt": CommandSpec(
                "policy.rules",
                "adopt",
                "采用规则: 先检查, 列出差别, 再记入台账; 文件夹里没有的各份不变, 没有变化的不记。",
            ),
        },
    ),
    "register": Group(
        "登记簿: 街道在事项之外记什么, 各自某日起; 没有启用的不出现在清单和材料里。",
        RULES,
        {
            "list": CommandSpec(
                "office.register",
                "list_",
                "列出登记簿: 记什么、依据哪一条、自哪一天启用; 没有启用的不出现在清单和材料里。",
            ),
            "show": CommandSpec(
                "cases.registered",
                "show",
                "列出一种登记簿里各件的记录: 领导批示、协办要求、行刑衔接、附件、来源反馈。",
            ),
            "on": CommandSpec(
                "office.register", "on", "启用登记簿, 自某日起计; 此前的日子没有记录, 不作判断。"
            ),
            "off": CommandSpec(
                "office.register",
                "off",
                "停用登记簿: 不再记录, 清单和材料不再列它; 已有的记录保留在台账里。",
            ),
            "void": CommandSpec(
                "office.register", "void", "撤销一条记错的启用或停用; 两条都保留在台账里。"
            ),
        },
    ),
    "init": CommandSpec(
        "ledger.books", "init", "新建台账, 采用现有的规则 (以后以台账里的为准, 见 policy)。", BOOKS
    ),
    "demo": CommandSpec("ledger.demo", "demo", "用虚构的数据试用: 登记、超期清单、月报。", BOOKS),
    "import": CommandSpec(
        "cases.importing", "import_", "从文件导入, 重复导入不会重复登记。", BOOKS
    ),
    "export": CommandSpec(
        "cases.exporting",
        "export",
        "导出事项 (CSV、Excel、JSON、Open311)、给来源的答复, 或全部流水。",
        BOOKS,
    ),
    "backup": Group(
        "备份台账: 先核验再落盘, 按日期轮换; 定期演练恢复。",
        BOOKS,
        {
            "make": CommandSpec("ledger.backups", "make", "备份台账, 备份件先核验再落盘。"),
            "drill": CommandSpec(
                "ledger.backups", "drill", "演练: 把最近的备份恢复到临时的地方, 核验, 与台账对数。"
            ),
        },
        "make",
        takes_words=True,
    ),
    "restore": CommandSpec(
        "ledger.restoring", "restore", "用备份恢复台账: 先核验、说明会失去什么; 原台账另存。", BOOKS
    ),
    "salvage": CommandSpec(
        "ledger.restoring",
        "salvage",
        "抢救损坏的台账: 读出能读的, 另成一个新台账; 原文件不动。",
        BOOKS,
    ),
    "anchor": CommandSpec(
        "ledger.evidence",
        "anchor",
        "写出台账此刻的锚点 (一行 JSON), 供保存在别处; 不改动台账。",
        BOOKS,
    ),
    "verify": CommandSpec(
        "ledger.evidence", "verify", "核验台账: 文件、结构、链、汇总表四层。", BOOKS
    ),
    "doctor": CommandSpec(
        "ledger.doctor",
        "doctor",
        "检查这台机器: 备份、锚点、权限、磁盘、时钟、日历和规则, 每项写明怎么办。",
        BOOKS,
    ),
    "rebuild": CommandSpec("ledger.books", "rebuild", "从流水重建汇总表。", BOOKS),
    "erase": CommandSpec(
        "ledger.privacy",
        "erase",
        "依法删除一件的全部文字: 内容、姓名、电话、地点、来源编号等; 不能恢复。",
        BOOKS,
    ),
    "retention": Group(
        "保管期限: 期满的按规则删除, 暂缓删除的除外。",
        BOOKS,
        {
            "run": CommandSpec(
                "ledger.retention",
                "run",
                "按保管期限删除期满的文字和联系信息; 没有定期限的不删除。",
            ),
            "hold": CommandSpec(
                "ledger.retention",
                "hold",
                "暂缓删除一件: 诉讼、信访等依法须保留的, erase 和到期删除都跳过它。",
            ),
            "release": CommandSpec("ledger.retention", "release", "解除暂缓删除。"),
            "list": CommandSpec("ledger.retention", "list_", "列出暂缓删除的事项和理由。"),
        },
        "run",
    ),
    "audit": CommandSpec(
        "ledger.privacy",
        "audit",
        "谁查看、查找、导出、删除过个人信息: 何时、哪些件、什么理由。",
        BOOKS,
    ),
}

_RECORDING = (
    "cases.intake.intake", "cases.handling", "cases.declining", "cases.ending", "cases.parts",
    "cases.repeats", "cases.amending", "cases.referral", "cases.slip", "cases.timing",
    "cases.urging", "cases.owing", "cases.enclosing",
    "cases.importing.import_", "cases.exporting.export", "reports.assess_items.add",
    "reports.assess_items.opinion", "reports.assess_items.consent", "reports.assess_items.void",
    "reports.procedure.draft", "reports.procedure.sheet", "reports.procedure.object_",
    "reports.procedure.answer", "reports.procedure.approve", "reports.letters.ask",
    "reports.letters.reply", "reports.letters.moved", "reports.accountability.open_",
    "reports.accountability.ask", "reports.accountability.statement",
    "reports.accountability.decide", "reports.accountability.result",
    "reports.accountability.review", "reports.accountability.propose",
    "reports.accountability.reply", "reports.accountability.show", "reports.accountability.void",
    "office.roster.plan", "office.roster.leave", "office.roster.swap", "office.attendance.in_",
    "office.attendance.out", "office.attendance.outside", "office.attendance.import_",
    "office.duty.void", "office.duty.begin", "office.meeting.plan", "office.meeting.move",
    "office.meeting.attend", "office.attending.leave", "office.meeting.void", "office.tasks.add",
    "office.tasks.done", "office.tasks.postpone", "office.tasks.drop", "office.patrol.record",
    "office.patrol.void", "office.operation.plan",
    "cases.disputes.dispute", "office.groups.enter", "office.groups.void",
    "office.rectification.stage", "office.rectification.people", "office.rectification.day_",
    "office.operation.result", "office.operation.void", "office.inspection.enter",
    "office.inspection.link", "office.inspection.import_", "office.inspection.void",
    "office.shift.note", "office.shift.handover", "office.shift.done", "office.shift.void",
    "cases.materials", "office.units.add", "office.units.change",
    "office.units.end", "office.units.import_", "office.units.void", "office.people.add",
    "office.people.change", "office.people.leave", "calendar.enter", "calendar.apply.apply",
    "office.register.on", "office.register.off", "office.register.void", "policy.rules.adopt",
    "ledger.books.rebuild", "ledger.privacy.lookup", "ledger.privacy.erase",
    "ledger.retention.hold", "ledger.retention.release", "ledger.demo.demo",
)  # fmt: skip
WRITING: Mapping[str, tuple[str, ...]] = dict.fromkeys(_RECORDING, ()) | {
    "office.agenda.agenda": ("add",),
    "office.minutes.minutes": ("slot", "decision"),
    "office.roster.draft": ("write",),
    "reports.report.report": ("freeze",),
    "ledger.retention.run": ("apply",),
}
"""What records in the ledger, modules or functions, and so brings an older format up to date.

With the options without which it only reads, where there are such. To look at personal data
(``--reveal``) is recorded by every command.
"""
READING_OLDER = frozenset({"cases.exporting.export"})
"""What reads an older ledger also where nobody may bring it up to date.

``backup`` and ``verify`` besides take every format as it is.
"""
