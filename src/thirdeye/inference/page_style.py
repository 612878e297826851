"""How the page of opinions looks: light, printable, without anything from elsewhere."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; --ink: #1d262f; --soft: #5c6873; --line: #d9dee5; --pale: #f4f6f8;
  --main: #0a6097; --tint: #cfe0ec; --alarm: #9a3412; --alarm-pale: #fdf3ec; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  background: #fff; max-width: 68rem; margin: 1.6rem auto 3rem; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: .8rem; margin: 1.1rem 0 .3rem; color: var(--soft); font-weight: 600; letter-spacing: .03em; }
p { margin: .3rem 0; }
.soft, figcaption { font-size: .83rem; color: var(--soft); }
.notice { border-left: 4px solid var(--alarm); background: var(--alarm-pale); padding: .45rem .8rem;
  margin: .9rem 0 1.4rem; border-radius: 0 6px 6px 0; }
article, .reader { border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.3rem 1.3rem;
  margin: 0 0 1.4rem; }
.top { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: baseline;
  border-bottom: 1px solid var(--line); padding-bottom: .6rem; margin-bottom: 1rem; }
.grid { display: grid; gap: 1.6rem; grid-template-columns: minmax(0, 24rem) minmax(17rem, 1fr); }
.pictures { display: flex; gap: .6rem; align-items: flex-start; }
figure { margin: 0; flex: 1 1 0; min-width: 0; }
figure img { width: 100%; border-radius: 6px; display: block; background: #000; }
figcaption { margin-top: .25rem; line-height: 1.35; }
.legend { height: .45rem; border-radius: 3px; margin: .5rem 0 .1rem; }
.ends { display: flex; justify-content: space-between; }
.answer { font-size: 1.15rem; margin: 0 0 .2rem; }
.answer b { font-size: 2.1rem; line-height: 1.1; margin-right: .35rem; }
.box { border-radius: 8px; padding: .6rem .9rem; margin: 0 0 .9rem; background: var(--alarm-pale);
  border: 1px solid #efcdb6; }
.box b { color: var(--alarm); }
.often { display: flex; gap: 1rem; align-items: center; background: var(--pale); border-radius: 8px;
  padding: .7rem .9rem; margin: .7rem 0; }
.often svg { flex: 0 0 auto; }
.often p { margin: 0; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
table { border-collapse: collapse; width: 100%; font: inherit; color: inherit; }
td, th { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line);
  font-weight: normal; vertical-align: top; }
td:last-child, th:last-child { padding-right: 0; }
th { font-size: .8rem; color: var(--soft); vertical-align: bottom; }
.told th { vertical-align: top; width: 8.5rem; padding-top: .42rem; }
.reader .told th { width: 15rem; }
td:first-child { min-width: 5.5rem; }
.many { font-size: .85rem; line-height: 1.35; }
.num { font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { font-weight: 600; }
.positive { color: var(--alarm); }
.bars { display: grid; grid-template-columns: minmax(5rem, auto) 1fr auto; gap: .25rem .7rem;
  align-items: center; margin: .4rem 0 .2rem; }
.bar { height: .6rem; border-radius: 3px; background: #e8ecf0; }
.bar span { display: block; height: 100%; border-radius: 3px; background: var(--tint); }
.first, .first + .bar + span { font-weight: 600; }
.first + .bar span { background: var(--main); }
.chip { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .5rem;
  vertical-align: -.05rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .2rem 1.6rem; }
.past { display: flex; flex-wrap: wrap; gap: .55rem; }
.past figure { flex: 0 0 7.4rem; }
.past img, .none { width: 6.6rem; height: 6.6rem; object-fit: contain; background: #000; border-radius: 6px; }
.none { background: var(--pale); border: 1px dashed var(--line); display: grid; place-items: center;
  text-align: center; font-size: .75rem; color: var(--soft); padding: .5rem; }
.past figcaption { overflow-wrap: anywhere; }
.past figcaption b { color: var(--ink); display: block; }
details { margin: .8rem 0 0; }
summary { cursor: pointer; color: var(--soft); }
ul { margin: .2rem 0; padding-left: 1.1rem; }
li { margin: .15rem 0; }
.notes { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: .5rem; }
.reader { background: var(--pale); border-color: transparent; }
.hash td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .78rem;
  overflow-wrap: anywhere; }
@media (max-width: 46rem) { .grid { grid-template-columns: 1fr; } .often { flex-wrap: wrap; } }
@media print {
  html { font-size: 10.5px; }
  body { font-size: 11px; line-height: 1.35; margin: 0; max-width: none; padding: 0; }
  .notice { margin: .5rem 0 .8rem; }
  .grid svg { max-width: 30rem; display: block; }
  .notes { margin-top: .5rem; padding-top: 0; }
  .grid { grid-template-columns: minmax(0, 17rem) minmax(0, 1fr); gap: 1.4rem; }
  .often svg { width: 165px; height: auto; }
  .past figure { flex-basis: 7.4rem; }
  .past img, .none { width: 6.6rem; height: 6.6rem; }
  h3 { break-after: avoid; }
  article, .reader { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; }
}
"""

# For a notebook: nested, so that nothing outside the opinion changes its looks.
SCOPED = ".third-eye {" + STYLE.replace(":root {", "& {").replace("\nbody {", "\n& {") + "}"
