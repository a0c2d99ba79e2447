"""Severity of invented reports: who can settle it (三.1-3); signals raise, look-alikes do not.

All sentences are invented; how unseen ones fared, before the words were widened with them
in view: ``SECOND`` 62 of 75 right, ``THIRD`` 30 of 35.
"""

from __future__ import annotations

import pytest

from sixping.policy.units import load_units
from sixping.triage.signals import load_signals
from sixping.triage.suggest import suggest
from sixping.triage.taxonomy import load_taxonomy

UNITS = load_units()
TAXONOMY = load_taxonomy()
SIGNALS = load_signals()

FIRST = """
[一般]
消防通道被车堵了
火锅店味道大
消防宣传活动什么时候
防火宣传做得好
咨询煤气开户
看见一群鸟在广场上
没有人受伤, 护栏撞坏了
路灯杆倒了, 幸好没砸到人
火车票退票
楼上跳绳声音大
烧烤店油烟
小区里有人散步聚在一起聊天
我们单位有60人想体检
买了把菜刀, 商家发错货
孩子上学
儿童乐园收费贵
怀疑食品过期
想学急救知识
建议加强防溺水宣传
窗户玻璃有裂纹
死水池有蚊子
网络卡死了
热死了, 空调坏了
爆米花机噪音
爆胎了停在路边
手机信号不好打不通110
火气很大的店员
游戏里杀人
老人活动室要装空调
楼道灯烧坏了
[较大]
墙皮脱落砸到人
餐馆吃坏肚子十几个人住院
有人被广告牌砸了, 头上流血
老人在人行道上滑倒骨折了
一个工人从架子上摔下来
小孩掉进没盖的井里了
电梯里困着三个人
孩子被狗咬了
两户人家打起来, 有人拿了棍子
十几个工人堵在门口要工钱
二十多个业主在售楼处讨说法
租客威胁要砸店
邻居说要跟我拼命
有人要轻生, 已劝下来
外墙快要塌了, 下面有人走
老师打伤学生
有人拿着刀在街上晃
客人吃了海鲜全都拉肚子
精神病人发病打人
奶奶走丢一天了
[重大]
有人死在出租屋里
民房起火
厨房着火了, 楼上的人出不来
煤气爆炸
一氧化碳中毒
家里煤气漏了, 味道很大
工地塌了
脚手架倒了压住人
六十多人拉横幅堵大门
上百个工人讨薪
一百二十名家长聚集在学校门口
有人站在楼顶要往下跳
他说不给钱就炸了这里
有人在街上砍人
有人扬言要烧房子
老板跑路, 80多个工人工资没着落
挖断燃气管, 气体外泄
化工厂的氨气跑出来了
河里大片死鱼, 上游别的区排下来的
货车撞死了人
小女孩被陌生男人猥亵
"""

SECOND = """
[一般]
消防栓漏水
消防车能不能开进来, 请规划
火龙果坏了不给退
火葬场怎么预约
防火门关不上
灭火器过期
怕孩子掉进水池, 请装护栏
没发生火灾, 就是烟感一直响
担心墙会倒, 请来看看
容易砸伤人, 请加固
公司有80人想办居住证
30名老人想参加体检
煤气开户要带什么
燃气表换电池
天然气价格咨询
请问反家暴宣传在哪里
毒蘑菇宣传册
刀具店没有执照
儿童医院怎么走
小孩打疫苗
孩子打算转学
跳楼价促销, 是假打折
死机的自助机没人修
僵尸车没人拖
鱼缸炸了, 卖家不赔
面包炸了, 店家态度差
一群人跳广场舞
楼上打麻将吵
防溺水警示牌倒了
鸽子死在阳台
学校组织爆炸应急演练
老人去世后骨灰寄存怎么办
枪花艺术展几点开
[较大]
路人被掉下来的树枝砸伤
骑车摔进坑里, 手臂骨折
外卖员被撞, 躺地上动不了
保姆打老人, 老人身上有淤青
小朋友的手被扶梯夹了
幼儿园十几个孩子发烧呕吐
一家四口吃外卖后腹泻进医院
醉汉手里拿着刀追人
前夫发短信威胁要杀我
十五名员工围着老板要工资
三十来个住户堵在物业办公室
儿子离家出走两天
外婆被反锁在家里出不来
屋顶快塌了
居民楼墙体严重倾斜
学生被同学殴打流血
有人吃安眠药后清醒过来, 家属求助
几个小混混持棍打砸店铺
整个小区停水两天
狗把老人咬了
[重大]
仓库冒火, 里面有人
电瓶车充电起火, 烧到二楼
楼道着火了
液化气罐爆炸
厨房煤气泄露, 两人昏迷
围墙倒了压住行人
居民楼半边塌了
出租房发现一具尸体
工人掉下来摔死了
车祸, 两人当场死亡
五十多个业主围堵售楼处
近百名工人拦路讨工资
两百余名会员聚集要求退款
他抱着煤气罐说要同归于尽
女子坐在天台边上要跳
男子持刀劫持了店员
有人说要开车撞学校
幼女被邻居性侵
槽罐车侧翻, 硫酸流到河里
自来水被污染, 好几个小区
有人家里藏了一把猎枪
七十名职工停工堵门
"""

THIRD = """
[一般]
没有人员伤亡, 车子擦了一下
请问消防演习几点
杀虫剂味道大
孩子落水后如何急救的讲座
小区装了防爆门
想咨询天然气开户
我们班有55个学生想参观
家里来了一群麻雀
防震宣传
商场跳楼大甩卖
火车站怎么走
危房鉴定找谁
[较大]
施工架子掉下来砸伤工人
大爷骑车撞树昏迷了
食堂就餐后二十多人呕吐
小女孩失踪半天
电梯卡住, 里面有两位老人
有人持刀在小区游荡
十二名家长围堵幼儿园
工人触电了
他威胁说不赔就砸车
小学生被狗咬伤
桥栏塌了一段随时会塌
[重大]
高层住宅着火
有人跳楼身亡
天然气管道泄漏
在建楼房坍塌
扬言要炸掉办公楼
六十余名农民工聚集讨薪
煤气罐爆炸, 三人受伤
化工厂泄漏毒气
男子砍伤三人
地下室发生火灾
一家三口一氧化碳中毒
上百名业主拉横幅堵路
"""


def table(block: str) -> list[tuple[str, str]]:
    """Read ``[severity]`` headings with a text a line."""
    rows, severity = [], ""
    for line in block.strip().splitlines():
        if line.startswith("["):
            severity = line.strip("[]")
        elif line:
            rows.append((severity, line))
    return rows


@pytest.mark.parametrize(("severity", "text"), table(FIRST + SECOND + THIRD))
def test_the_severity_follows_who_can_settle_it(severity: str, text: str) -> None:
    answer = suggest(text, TAXONOMY, SIGNALS, UNITS)
    said = [reason for reason in answer.reasons if reason.what == "等级"]
    assert answer.severity == severity, said
    assert said
    assert all(reason.matched for reason in said)


def graded(text: str) -> tuple[str, str]:
    answer = suggest(text, TAXONOMY, SIGNALS, UNITS)
    return answer.severity, answer.confidence


def test_an_old_story_that_happens_again_is_told_as_present() -> None:
    assert graded("去年小区着火过")[0] == "一般"
    assert graded("去年小区着火, 今天又着火了") == ("重大", "高")


def test_what_threatens_is_no_supposition() -> None:
    assert graded("如果着火怎么办, 楼道堆满杂物")[0] == "一般"
    assert graded("如果还拖欠工资, 一百多人要上访")[0] == "重大"


@pytest.mark.parametrize("aside", ["外面热得很", "简直了", "没有"])
def test_rhetoric_in_another_clause_only_makes_it_doubtful(aside: str) -> None:
    assert graded(f"{aside}, 厂房着火了") == ("重大", "低")
