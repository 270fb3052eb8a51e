"""How the page looks, on a screen and on paper. Fonts are the reader's own, Russian and Chinese included."""

STYLE = """
:root{--ink:#1d2327;--soft:#66727a;--line:#dfe3e6;--paper:#fbfaf7;--card:#fff;--green:#1f7a4d;--red:#b3372f;
--blue:#2a5f9e;--gold:#a8741a;--violet:#7a3f8f}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#9aa4ab;--line:#343b40;--paper:#16191b;
--card:#1e2326;--green:#62c594;--red:#ef8077;--blue:#82b4ee;--gold:#ddb05c;--violet:#cf97e0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 "Segoe UI",system-ui,-apple-system,
Roboto,
"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:68rem;margin:0 auto;padding:3rem 1.25rem 4rem}
.over{margin:0;color:var(--soft);letter-spacing:.04em}
h1,h2{font-family:Georgia,"Times New Roman","Songti SC","Noto Serif",serif;font-weight:500;line-height:1.15}
h1{font-size:clamp(2rem,5vw,3.4rem);margin:.2em 0 .6em;letter-spacing:-.015em}
h2{font-size:1.6rem;margin:3rem 0 1rem}
h2 small{color:var(--soft);font-size:1rem}
h3{margin:0;font-size:1.05rem;display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
.figures{display:flex;flex-wrap:wrap;gap:1.5rem 2.5rem}
.figures b{display:block;font-size:1.5rem;font-weight:600}
.figures span{color:var(--soft);font-size:.9rem}
.verdict{margin:1.8rem 0 2.2rem;padding:.8rem 1.1rem;border-left:4px solid var(--green);
background:var(--card)}
.verdict.bad{border-color:var(--red)}
a{color:var(--blue);text-decoration:none}a:hover{text-decoration:underline}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th{text-align:left;font-weight:600;color:var(--soft)}
td,th{padding:.32rem .7rem .32rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.num{text-align:right;white-space:nowrap}
.overview td:first-child{white-space:nowrap}
article{display:grid;grid-template-columns:minmax(0,1fr) 15rem;gap:1.6rem;background:var(--card);
border:1px solid var(--line);border-radius:10px;padding:1.3rem 1.4rem;margin:0 0 1.1rem;
scroll-margin-top:1rem}
.stage,.tag{font-size:.78rem;font-weight:600;padding:.05rem .55rem;border-radius:1rem;border:1px solid;
color:var(--gold)}
.stage.delivered{color:var(--green)}.stage.cancelled{color:var(--violet)}.tag{color:var(--red);
border-style:dashed}
.story{margin:.25rem 0 .7rem;color:var(--soft)}
.strip{position:relative;height:14px;margin:.4rem 6px .9rem 0;
background:linear-gradient(var(--line),var(--line)) center/100% 2px no-repeat}
.strip i{position:absolute;top:3px;width:8px;height:8px;margin-left:-4px;border-radius:50%;
background:var(--soft);
opacity:.85}
.strip i.hub{background:var(--blue)}.strip i.way{background:var(--green)}.strip i.hot{background:var(--red)}
.items{list-style:none;margin:0 0 .8rem;padding:0}
.items small{display:block;color:var(--soft);padding-left:1.9em}
.place{font-size:.78rem;border:1px solid var(--line);border-radius:4px;padding:0 .35em;color:var(--soft)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;margin:0 0 .8rem;
font-size:.92rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.why{font-size:.92rem;margin:.4rem 0 .8rem}.why p{margin:0 0 .3rem}
.offers td{border:0;padding:.08rem .8rem .08rem 0;color:var(--soft)}
.offers .chosen td{color:var(--ink);font-weight:600}
.offers .chosen td:first-child::before{content:"✓ ";color:var(--green)}
.problem{margin:.3rem 0;padding:.4rem .8rem;border-left:3px solid var(--red);font-size:.92rem}
details summary{cursor:pointer;color:var(--blue);font-size:.92rem}
ol{list-style:none;margin:.6rem 0 0;padding:0;font-size:.88rem}
ol li{display:grid;grid-template-columns:8.2rem 1fr;gap:.8rem;padding:.12rem 0 .12rem .7rem;
border-left:2px solid var(--line)}
ol li.hub{border-color:var(--blue)}ol li.way{border-color:var(--green)}ol li.hot{border-color:var(--red)}
time{color:var(--soft);text-align:right}time b{font-weight:600;color:var(--ink)}
figure{margin:0}
figure img{width:100%;border:1px solid var(--line);border-radius:4px;background:#fff;display:block}
.nolabel{color:var(--soft);font-size:.9rem;border:1px dashed var(--line);border-radius:4px;
padding:2rem 1rem;
text-align:center;margin:0}
footer{margin-top:3rem;color:var(--soft);font-size:.9rem}
@media(max-width:44rem){article{grid-template-columns:1fr}figure{max-width:15rem}.overview td:nth-child(5),
.overview th:nth-child(5){display:none}}
@media print{body{background:#fff;color:#000;font-size:10pt}main{max-width:none;padding:0}
article{break-inside:avoid;grid-template-columns:minmax(0,1fr) 42mm}details>*{display:block}summary{
display:none}
h2{break-after:avoid}}
"""
