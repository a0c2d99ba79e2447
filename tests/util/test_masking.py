"""What identifies a person is hidden, whatever script it is in; what is ordinary stays."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.util import masking
from tests.util.test_text import ANY_TEXT


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请回电13800000000。", "请回电138****0000。"),
        ("138 0000 0000", "138****0000"),
        ("138-0000-0000", "138****0000"),
        ("+86 13800000000", "138****0000"),
        ("8613800000000", "138****0000"),
        ("a013800000000b", "a138****0000b"),
        ("１３８００００００００", "１３８****００００"),
        ("一三八零零零零零零零零", "一三八****零零零零"),
        ("0731-80000001", "****0001"),
        ("(0731)8000001", "****0001"),
        ("073180000001", "****0001"),
        ("电话: 80000001", "电话: ****0001"),
        ("400-800-0001", "****0001"),
        ("证号43010219000101001X,", "证号430**************X,"),
        ("43010219000101001x", "430**************x"),
        ("430102 19000101 0019", "430**************9"),
        ("430102000101001", "430***********1"),
        ("卡6200000000000000001", "卡620***************1"),
        ("13800000000,13900000000", "138****0000,139****0000"),
        ("138 0000 000零", "138****000零"),
        ("138[0000]0000", "138****0000"),
        ("138“0000”[0000]", "138****0000]"),
        ("一三八,零零零零,零零零零", "一三八****零零零零"),
        ("13800000000一直占道", "138****0000一直占道"),
    ],
)
def test_numbers_of_persons_are_hidden_in_free_text(said: str, shown: str) -> None:
    assert masking.mask_text(said) == shown


@pytest.mark.parametrize(
    "said", ["2026-000123", "20261008", "2026-10-08 15:00", "3栋2单元", "12345热线", "5000000元"]
)
def test_numbers_that_name_nobody_stay(said: str) -> None:
    assert masking.mask_text(said) == said


def test_names_keep_their_first_character_only() -> None:
    assert masking.mask_name("演示甲") == "演*"
    assert masking.mask_name(" 演示 ") == "演*"
    assert masking.mask_name("匿名") == "匿名"
    assert masking.mask_name("") == ""


def test_phones_and_identity_numbers_are_hidden_as_fields() -> None:
    assert masking.mask_phone("13800000000") == "138****0000"
    assert masking.mask_phone("80000001") == "****0001"
    assert masking.mask_phone("1234") == "****"
    assert masking.mask_phone("转 12 分机") == "转 ** 分机"
    assert masking.mask_phone("") == ""
    assert masking.mask_id("43010219000101001X") == "430**************X"
    assert masking.mask_id("12345") == "*****"


@given(ANY_TEXT, st.integers(3 * 10**9, 10**10 - 1), ANY_TEXT)
def test_no_mobile_number_survives_masking(before: str, digits: int, after: str) -> None:
    phone = f"1{digits}"
    assert phone not in masking.mask_text(before + phone + after)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("138\u3000\u30000000  0000", "138****0000"),
        ("138 776 65544", "138****5544"),
        ("138_7766_5544", "138****5544"),
        ("请打138776\n65544", "请打138****5544"),
        ("13\u200b8776\u202e65544", "138****5544"),
        ("电话:8765-4321", "电话:****4321"),
        ("手机 876 54321", "手机 ****4321"),
        ("tel 8765.4321", "tel ****4321"),
        ("+86-571-8765-4321", "****4321"),
        ("(0571)87654321转8001", "****4321转****"),
        ("0571-87654321（分机8001）", "****4321（分机****）"),
        ("057 1-876543 21", "****4321"),
        ("0571-87654321分机号8001", "****4321分机号****"),
        ("加V：zhangsan", "加V：***"),
        ("（0571-87654321）", "（****4321）"),
        ("3301 0619 9001 0112 3X", "330**************X"),
        ("33010619900101123Ｘ", "330**************Ｘ"),
        ("330106-19900101-1237", "330**************7"),
        ("13800000000/13900000000", "138****0000/139****0000"),
        ("13800000000或87654321", "138****0000或****4321"),
        ("13800000000一直没人接", "138****0000一直没人接"),
        ("幺三八 七七六六 五五四四", "幺三八****五五四四"),
        ("壹叁捌零零零零零零零零", "壹叁捌****零零零零"),
        ("1三8七七66五五44", "1三8****五五44"),
        ("١٣٨٠٠٠٠٠٠٠٠", "١٣٨****٠٠٠٠"),
        ("①③⑧⓪⓪⓪⓪⓪⓪⓪⓪", "①③⑧****⓪⓪⓪⓪"),
        ("1 3 8 0 0 0 0 0 0 0 0", "138****0000"),
        ("6222 0000 0000 0000 123", "622***************3"),
        ("护照E12345678", "护照E****5678"),
        ("港澳证H1234567", "港澳证H****4567"),
        ("zhang.san@qq.com谢谢", "***@***谢谢"),
        ("zhang＠163．com", "***@***"),
        ("微信号:abc_1234", "微信号:***"),
        ("QQ 123456", "QQ ***"),
        ("浙A12345乱停", "浙A***45乱停"),
        ("浙A·D12345", "浙A***45"),
        ("我叫张三,住3幢", "我叫张*,住3幢"),
        ("联系人：欧阳锋 13800000000", "联系人：欧阳* 138****0000"),
        ("报警人:张三", "报警人:张*"),
        ("138*0000*0001", "138****0001"),
        ("请打138，0000，0001", "请打138****0001"),
        ("138;0000;0001", "138****0001"),
        ("【138】【0000】【0001】", "【138****0001】"),
        ("短号661234", "短号***"),
        ("wechat: abcdef", "wechat: ***"),
        ("张三@163.com", "张三@***"),
        ("zhang(at)163.com", "***@***"),
        ("车牌A58K63", "车牌A***63"),
        ("浙ａ58K63", "浙ａ***63"),
    ],
)
def test_no_spelling_of_a_number_gets_through(said: str, shown: str) -> None:
    assert masking.mask_text(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "¥12345678.00",
        "金额12345678.00元",
        "约1234567人",
        "2026.11.28 10:00",
        "20261128153000",
        "浙政办发〔2020〕15号",
        "1234567890123",
        "订单号123456789012",
        "第1234567号",
        "96333",
        "110",
        "12-2-1801",
        "1801-1802室",
        "2019-2020年",
        "101 102 103 201",
        "邮编310000一直",
        "30.2084123,120.2012345",
        "统一社会信用代码91330108MA27XXXX1K",
        "GB 3096-2008",
        "5000-6000元",
        "许可证2018-0051",
        "川A1栋",
        "微信公众号changhe",
        "联系人：王先生",
        "向投诉人解释",
        "拨打12345转2",
        "工单2026112800123",
        "二〇二六年十一月二十八日",
        "一一三号",
        "一二三四五六七八九十",
        "二三四五六七八楼都漏水",
        "(1)(2)(3)(4)(5)(6)(7)",
        "①②③④⑤⑥⑦",
        "单元1 2 3 4 5 6 7",
        "快递单号 SF1234567890123",
        "新B12345号楼",
        "130、1000、2000元",
        "江晖路1000-1200号",
        "《民法典》第一千一百六十五条",
    ],
)
def test_what_is_ordinary_is_not_eaten(said: str) -> None:
    assert masking.mask_text(said) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("欧阳锋", "欧阳*"),
        ("阿不都·热合曼", "阿*"),
        ("John Smith", "J*"),
        ("王小明先生", "王*"),
        ("市民", "市民"),
        ("热心市民", "热心市民"),
        ("群众", "群众"),
        ("张先生", "张先生"),
        ("某副主任", "某副主任"),
        ("网格长", "网格长"),
        ("江一社区书记", "江一社区书记"),
        ("城管执法中队", "城管执法中队"),
        ("13800000000", "1*"),
    ],
)
def test_a_name_is_hidden_and_a_noun_is_not(said: str, shown: str) -> None:
    assert masking.mask_name(said) == shown
    assert masking.mask_name(shown) == shown


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("市民", "很多市民反映", "很多市民反映"),
        ("江南", "江南大道占道, 江南反映", "江南大道占道, 江*反映"),
        ("江南", "江南路12号, 江南路过", "江南路12号, 江*路过"),
        ("张三", "张 三, 张\u200b三, 张先生", "张*, 张*, 张先生"),
        ("欧阳锋", "欧阳锋来电", "欧阳*来电"),
        ("阿不都·热合曼", "阿不都热合曼, 热合曼", "阿*, 热*"),
        ("John Smith", "john  smith, Johnson", "J*, Johnson"),
        ("Kim", "\u212aim, kimono, a KIM", "K*, kimono, a K*"),
        ("大大", "大大大道, 大大。", "大大*道, 大*。"),
        ("张三", "张    三, 张   三", "张    三, 张*"),
        ("阿不都·热合曼", "热 合 曼和阿不", "热*和阿不"),
        ("张·", "张家", "张家"),
    ],
)
def test_the_reporters_name_is_hidden_in_texts_and_places_stay(
    name: str, said: str, shown: str
) -> None:
    assert masking.hide_names(said, [name], ["江南路12号"]) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("区住建局、王小明", "区住建局、王*"),
        ("住建局", "住建局"),
        ("应急", "应急"),
        ("金融办、区信访局", "金融办、区信访局"),
        ("欧阳小明", "欧阳*"),
        ("区级平台", "区级平台"),
    ],
)
def test_of_addressees_the_departments_stay(said: str, shown: str) -> None:
    assert masking.mask_addressee(said) == shown


def test_every_number_of_a_telephone_field_is_hidden() -> None:
    for said in ("13800000000/87654321", "13800000000转8001", "12345 转 2", "661234", "a@qq.com"):
        shown = masking.mask_phone(said)
        assert not re.search(r"\d{5}", shown), said
        assert masking.mask_phone(shown) == shown


_ATOMS = st.sampled_from(
    [
        *[
            "1",
            "3",
            "8",
            "0",
            "138",
            "0000",
            "8765",
            "4321",
            "876",
            "0571",
            "2026",
            "11",
            "28",
            "12345678",
            "13800000000",
            "X",
            "(",
            ")",
            "/",
            "+",
            "86",
            "元",
            "¥",
        ],
        *[
            "33010619900101123",
            "电话",
            "号码",
            "订单号",
            "一",
            "三八",
            "七七",
            "五五五五",
            "①",
            "８",
            "*",
            "****",
            "张",
            "转",
            "号",
            "QQ",
            "a",
            "@",
            "浙A",
        ],
        *("-", "\n", ".", "qq.com", "年", "第", " ", "\u3000"),
    ]
)
_PHONES = st.sampled_from(["13877665544", "15812345678", "33010619900307123X", "0571-28765432"])
_GAPS = st.lists(
    st.sampled_from(["", "", " ", "\u3000", "-", "_", "\u200b", "\n", ". "]), min_size=20
)
_SCRIPTS = st.sampled_from(
    ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "零一二三四五六七八九"]
)


@given(st.lists(_ATOMS, max_size=14).map("".join))
def test_masking_twice_is_masking_once(said: str) -> None:
    shown = masking.mask_text(said)
    assert masking.mask_text(shown) == shown


@given(_PHONES, _GAPS, _SCRIPTS)
def test_no_seven_digits_of_a_number_are_left_in_any_script(
    number: str, gaps: list[str], script: str
) -> None:
    spelt = "".join(
        (script[int(sign)] if sign.isdigit() else sign) + gap
        for sign, gap in zip(number, gaps, strict=False)
    )
    shown = masking.mask_text(f"请打{spelt}谢谢")
    left = "".join(str(script.index(sign)) if sign in script else "|" for sign in shown)
    assert not re.search(r"\d{5}", left), shown


_HOSTILE = [
    "1 ",
    "1-",
    "138 ",
    "一 ",
    "123456 ",
    "1",
    "0571",
    "****1",
    "12345678 x",
    "1 2 3 4 5 6 7 x",
    "a@",
    "@a.b",
    "a.",
    "浙A",
    "浙A123",
    "微信a",
    "我叫王",
    "+((",
    "12345678(",
    "王",
    "转1",
    "电话 1",
    "A1",
    "*",
    "138*1234*",
    "(at)",
    "车牌A",
    "七七876876***,",
    "一二三1二三四，",
    "*****1",
    "a" * 62 + "!@b.cc",
    "123456 a",
    "13812345678转1",
    "91330108MA27XXXX1K企鹅33010619900101123五五五五0086",
]


@pytest.mark.parametrize("piece", _HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    spent = _spent(text)  # a cost by the square of the length would be minutes
    assert spent < 3, f"{spent * 1000:.0f} ms"


def _spent(text: str) -> float:
    start = time.process_time()
    masking.mask_text(text)
    return time.process_time() - start


def test_a_name_of_one_sign_is_no_name_to_look_for() -> None:
    assert masking.hide_names("王家井路灯不亮", ["王", " "]) == "王家井路灯不亮"
