"""How the page looks: tokens (colours, with what they are for) and the style sheet.

``LATE`` is for what is late and open, nothing else. Neighbours in a stacked bar differ in
lightness, so that the parts stay apart on grey paper and for who sees no red.
"""

from __future__ import annotations

from sixping.render.paper.markup import css_string

#: name → colour; ``ink3`` is small print, ``data2`` calm or earlier, ``ref`` the year before
TOKENS = {
    "ink": "#1b2026",
    "ink2": "#48515c",
    "ink3": "#5d6772",
    "data": "#1f4e79",
    "mid": "#5b8bbd",
    "data2": "#a9bfd6",
    "data3": "#dbe5ef",
    "late": "#b3261e",
    "ref": "#707b87",
    "rule": "#d3d8de",
    "hair": "#e6e9ed",
    "paper": "#ffffff",
}
FONT = (
    "'Source Han Sans SC','Source Han Sans','Noto Sans CJK SC','Noto Sans SC','PingFang SC',"
    "'Microsoft YaHei',sans-serif"
)
TYPE = (
    "font-variant-numeric:tabular-nums lining-nums;text-autospace:normal;line-break:strict;"
    "text-wrap:pretty;overflow-wrap:anywhere"
)

_SCREEN = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;background:var(--paper)}
main{max-width:1120px;margin:0 auto;padding:40px 56px}
.top{display:flex;justify-content:space-between;gap:24px;padding-bottom:8px;
border-bottom:2px solid var(--ink);font-size:15px;color:var(--ink2)}
.top span{min-width:0}.blank{display:inline-block;width:3em;border-bottom:1px solid var(--ref)}
h1{text-wrap:balance;word-break:keep-all;
font-size:30px;line-height:1.35;margin:24px 0 4px;font-weight:700}
h2{font-size:22px;line-height:1.4;margin:56px 0 12px;font-weight:700}
h3{font-size:16px;line-height:1.5;margin:24px 0 8px;font-weight:700}
h2+h3{margin-top:0}
p{margin:0 0 12px;max-width:46em}
.meta{word-break:keep-all;font-size:13.5px;color:var(--ink3);margin:0 0 20px}
.draft{display:inline-block;border:1px solid var(--ink);padding:0 8px;margin:0 0 0 12px;
font-size:13.5px;color:var(--ink);font-weight:700}
.lead{font-size:20px;line-height:1.7;max-width:40em;margin-bottom:20px}
.u{white-space:nowrap}
.big{text-autospace:no-autospace}
.late{color:var(--late);font-weight:700}
.n{color:inherit;text-decoration:underline dotted var(--ref) 1px;text-underline-offset:4px}
.n:hover{text-decoration-style:solid;text-decoration-color:currentColor}
a{color:var(--data);text-underline-offset:4px}
a:focus-visible{outline:2px solid var(--data);outline-offset:2px}
.note,.notes{font-size:13.5px;line-height:1.65;color:var(--ink3);margin:8px 0 12px;max-width:56em}
.cards{display:grid;grid-template-columns:repeat(var(--cards),minmax(0,1fr));margin:0 0 16px;
border:solid var(--rule);border-width:1px 0}
.cards div{padding:14px 16px 12px}
.cards>div+div{border-left:1px solid var(--rule)}
.cards>div:first-child{padding-left:0}
.cards dt{font-size:13.5px;color:var(--ink2)}
.cards dd{margin:0}
.cards .big{font-size:40px;line-height:1.2;font-weight:700}
.cards small{font-size:15px;font-weight:400;color:var(--ink2);margin-left:6px}
.cards .side{font-size:13.5px;color:var(--ink2)}
.side>span{white-space:nowrap;margin-right:1em}
table{border-collapse:collapse;width:100%;font-size:15px;line-height:1.5;margin:0 0 8px}
caption{text-align:left;font-weight:700;padding:0 0 4px}
.legend{font-weight:400;font-size:13.5px;color:var(--ink2);margin-left:16px}
.legend>span{display:inline-block;margin-right:14px}
.legend svg{width:16px;height:12px;margin-right:6px;vertical-align:-1px}
th,td{padding:7px 8px;text-align:left;vertical-align:top;font-weight:400}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th,thead td{font-size:13.5px;line-height:1.4;color:var(--ink2);vertical-align:bottom;
border-bottom:1px solid var(--ink);word-break:keep-all;overflow-wrap:break-word;
text-wrap:balance}
tbody th,tbody td{border-bottom:1px solid var(--hair)}
tbody th{max-width:15em;min-width:5em}
td.x{min-width:4.5em}
.v{text-align:right;white-space:nowrap}
thead .v{white-space:normal}
.z{color:var(--ink3)}
tr.t>*{font-weight:700;border-bottom:0;border-top:1px solid var(--ink2)}
tr.r>*{color:var(--ink2)}
tr.g>th{font-weight:700;max-width:none;padding-top:20px;border-bottom:1px solid var(--ref)}
.b{width:32%;min-width:72px}
.b svg{display:block;width:100%;height:16px;overflow:visible;margin-top:3px}
.w{width:34%;border-left:1px solid var(--rule)}
tbody .w{height:52px}
.lying .b{width:56%}
.lying tbody th{min-width:6em}
.c2{max-width:28em}.c3{max-width:36em}.c4{max-width:44em}.c5{max-width:56em}
.block{margin:16px 0 28px}
.scroll{overflow-x:auto}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 56px}
.pair>*{min-width:0}.pair table{max-width:none}
figure{margin:16px 0 28px}
figcaption{font-weight:700;font-size:15px;margin-bottom:8px}
figure>svg{display:block;max-width:100%;height:auto;overflow:visible}
svg text{font-size:var(--fs);fill:var(--ink2)}
svg .s{fill:var(--ink);font-weight:700}
.m,.p{display:none!important}
.many{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:20px 32px;list-style:none;
margin:0;padding:0;font-size:13.5px;line-height:1.5}
.many li{display:flex;flex-direction:column;min-width:0}
.many b{font-size:15px}
.many svg{display:block;width:100%;height:60px;margin-top:auto;padding-top:4px}
.ax{display:flex;justify-content:space-between;color:var(--ink3)}
.slot{display:grid;grid-template-columns:3fr 2fr;gap:0 56px;margin:8px 0 28px}
.slot>*{min-width:0}
.slot>:only-child{grid-column:1/-1}
.prompt{color:var(--ink2);margin:0}
.lines i{display:block;height:40px;border-bottom:1px solid var(--ref)}
.facts{font-size:13.5px;line-height:1.65;color:var(--ink2);margin:0;padding:0 0 0 16px;
border-left:1px solid var(--rule);list-style:none}
.picks{list-style:none;margin:0 0 24px;padding:0}
.picks li{padding:10px 0 10px 28px;border-bottom:1px solid var(--hair);position:relative}
.picks li::before{content:"□";position:absolute;left:0;color:var(--ink2)}
.picks span{color:var(--ink2);font-size:15px;margin-left:8px}
.picks .said{display:block;white-space:pre-line;margin:0;
color:var(--ink);font-size:16px}
.fields{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 56px;margin:8px 0 28px;
border-top:1px solid var(--ink)}
.fields div{display:grid;grid-template-columns:7em minmax(0,1fr);padding:10px 0;min-height:48px;
border-bottom:1px solid var(--rule)}
.fields .wide{grid-column:1/-1}
.fields dt{color:var(--ink2)}
.fields dd{margin:0;white-space:pre-line}
.sign{text-align:right;max-width:none;margin:40px 0 24px}
.sign span{display:block}
.off{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:16px 56px;margin:32px 0 24px;
list-style:none;padding:0}
.off li{height:64px;border-bottom:1px solid var(--ref)}
.end{border-top:1px solid var(--rule);padding-top:12px;margin-top:40px;font-size:13.5px;
color:var(--ink3)}
.end p{max-width:none;margin:0}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.break{display:none}
.k{display:none}
.k:target{display:block}
.k:target~.all{display:none}
.k,.all{scroll-margin-top:16px}
.k small,.all small{font-weight:400;font-size:13.5px;color:var(--ink2);margin-left:12px}
.go{font-size:15px}.go a{margin-right:20px}
.led{border-collapse:separate;border-spacing:0}
.led thead th{position:sticky;top:0;background:var(--paper)}
.led{--row:table-row}
.again{display:none}
"""
_MIDDLE = """
@media screen and (max-width:1119px){
main{padding:32px 40px}
.d{display:none!important}.p{display:block!important}
.pair{gap:0 32px}
.c10 thead{display:none}
.c10 tbody,.c10 tr{display:block}
.c10 tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:0 24px;padding:8px 0;
border-bottom:1px solid var(--hair)}
.c10 tr>*{display:flex;justify-content:space-between;gap:8px;padding:2px 0;border:0;min-width:0}
.c10 tr>th{grid-column:1/-1;max-width:none;font-weight:700}
.c10 [data-h]::before{content:attr(data-h);max-width:60%;flex:none;
color:var(--ink2);font-size:13.5px;font-weight:400;
white-space:normal;text-align:left}
.c10 .b,.c10 .w,.c10 .none{display:none}
}
.i{white-space:nowrap}
@media screen and (min-width:641px),print{
.s{white-space:nowrap}.c10 td.s{white-space:normal}}
@media screen and (max-width:1119px),print{.pair .s{white-space:normal}}
.c10 td.x{min-width:2.5em}
"""
_PHONE = """
@media screen and (max-width:640px){
body{font-size:16px}
main{padding:16px}
h1{font-size:24px;margin-top:16px}
h2{font-size:19px;margin-top:40px}
table,.top,figcaption,.cards small,.many b{font-size:14px}
.meta,.note,.notes,.legend,thead th,thead td,.cards dt,.cards .side,.facts{font-size:13px}
.lead{font-size:17px}
.cards{grid-template-columns:repeat(2,minmax(0,1fr))}
.cards .big{font-size:32px}
.cards>div:nth-child(odd){padding-left:0;border-left:0}
.cards>div:nth-child(n+3){border-top:1px solid var(--rule)}
.side>span{display:block}
th,td{padding:7px 5px}
tbody th{min-width:4.2em}
.c6 th,.c6 td{padding:7px 2px}
.legend{display:block;margin-left:0}
.pair,.slot,.fields{grid-template-columns:minmax(0,1fr)}
.p{display:none!important}.m{display:block!important}
.many{grid-template-columns:repeat(2,minmax(0,1fr));gap:16px 20px}
.c6 .b,.w{display:none}
.lying .b{width:40%}
.c7 thead{display:none}
.c7 tbody{display:block}
.c7 tr,.c10 tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 24px;
padding:8px 0;border-bottom:1px solid var(--hair)}
.c7 tr>*{display:flex;justify-content:space-between;gap:8px;padding:2px 0;border:0;min-width:0}
.c7 tr>th{grid-column:1/-1;max-width:none;font-weight:700}
.c7 [data-h]::before{content:attr(data-h);max-width:60%;flex:none;
color:var(--ink2);font-size:13px;font-weight:400;
white-space:normal;text-align:left}
.c7 td.x:not(.s){grid-column:1/-1}
.c7 .b,.c7 .w,.c7 .none{display:none}
.facts{padding:8px 0 0;border-left:0}
.off{gap:8px 20px}
.led{--row:grid}
.led thead{display:none}
.led tbody{display:block}
.led tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 12px;padding:8px 0;
border-bottom:1px solid var(--hair)}
.led .again{display:none}
.led tr>*{border:0;padding:1px 0;min-width:0;max-width:none;text-align:left}
.led tr>:nth-child(even){text-align:right}
}
"""
_PRINT = """
@media print{
body{font-size:10pt;line-height:1.6}
main{max-width:none;padding:0}
.cases,.go{display:none}
.d,.m{display:none!important}.p{display:block!important}
.n{text-decoration:none}
h1{font-size:19pt;margin:10pt 0 2pt}
h2{font-size:13.5pt;margin:13pt 0 4pt}
h3{font-size:10pt;margin:8pt 0 4pt}
h2,h3,caption,figcaption,.prompt{break-after:avoid}
p{orphans:2;widows:2;margin-bottom:5pt}
.top,table,figcaption,.many b{font-size:9pt}
.meta,.note,.notes,.legend,.cards dt,.cards .side,.facts,.end,.many{font-size:8.5pt}
thead th,thead td{font-size:8.5pt}
.meta{margin-bottom:8pt}.note,.notes{margin:3pt 0 6pt}
.lead{font-size:11.5pt;line-height:1.6;margin-bottom:7pt}
.cards{margin-bottom:8pt}
.cards div{padding:5pt 7pt}
.cards .big{font-size:22pt}.cards small{font-size:9pt}
table{line-height:1.4}
th,td{padding:2.2pt 4pt}
tbody .w{height:30pt}
tr.g>th{padding-top:9pt}
.block,figure{margin:5pt 0 8pt}
.side>span{margin-right:.6em}
.keep,.cards,.off,.sign,.fields div,.many li{break-inside:avoid}
tr{break-inside:avoid}
tr.g,tbody tr:first-child{break-after:avoid}
tbody tr:last-child{break-before:avoid}
.b svg{margin-top:1pt;height:9pt}
.pair,.slot,.fields{gap:0 28pt}
.many{gap:6pt 18pt}
.many svg{height:34pt}
.picks .said{font-size:9.5pt}.picks li{padding:5pt 0 5pt 18pt}
.lines i{height:21pt}
.fields div{min-height:26pt;padding:5pt 0}
.off{margin:12pt 0 10pt}.off li{height:30pt}
.sign{margin:14pt 0 10pt}
.sign,.off{break-before:avoid}
.end{margin-top:14pt;padding-top:5pt;break-before:avoid;break-inside:avoid}
.scroll{overflow:visible}.scroll th,.scroll td{font-size:6.5pt;padding-left:1pt;padding-right:1pt}
.break{display:block;break-before:page}
.draft{border-color:var(--ink)}
}
"""


def page_style(*, landscape: bool, draft: str) -> str:
    """Return the style sheet of a page; ``draft`` stands at the head of every printed page."""
    size, margin = ("A4 landscape", "14mm 18mm 13mm") if landscape else ("A4", "17mm 18mm 16mm")
    box = "font-size:8.5pt;font-family:" + FONT
    said = f"@top-right{{content:{css_string(draft)};{box};font-weight:700}}" if draft else ""
    return (
        f"{root()}body{{margin:0;background:var(--paper);color:var(--ink);"
        f"font:400 16px/1.75 {FONT};{TYPE}}}"
        f"{_SCREEN}{_MIDDLE}{_PHONE}{_PRINT}"
        f"@page{{size:{size};margin:{margin};"
        f'@bottom-center{{content:counter(page) " / " counter(pages);{box}}}{said}}}'
    )


def root(tokens: dict[str, str] = TOKENS) -> str:
    """Return the tokens as variables of a style sheet."""
    return f":root{{{';'.join(f'--{name}:{colour}' for name, colour in tokens.items())}}}"
