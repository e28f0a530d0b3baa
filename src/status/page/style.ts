/** The look of the pages: one column, system fonts, dark and light as the reader has it; a colour never says what no word says. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #faf9f7; --card: #ffffff; --ink: #22252a; --quiet: #6a6f78; --line: #e4e1dc; --link: #1d5a96; --focus: #1d5a96;
  --created: #2e7d5b; --replied: #3a74b0; --ignored: #a39c91; --failed: #c2402f; --under-way: #b07d1a;
  --bad: #fdf0ee; --good: #eef6f1;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --card: #1e2125; --ink: #e4e3e0; --quiet: #989da6; --line: #31353b; --link: #8bbdf0; --focus: #8bbdf0;
    --created: #5fb78f; --replied: #79aee6; --ignored: #7c7f86; --failed: #f0806f; --under-way: #d9ab52;
    --bad: #33211f; --good: #1c2b24;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
header, main { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; padding-top: 1.25rem; padding-bottom: 1.25rem; }
header p { margin: 0; }
header nav { display: flex; gap: 1.25rem; }
header a { color: var(--quiet); text-decoration: none; }
header .name a { color: var(--ink); font-weight: 650; letter-spacing: -0.01em; }
main { padding-bottom: 4rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
h1 { font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; margin: 0.5rem 0 1.25rem; }
h2 { font-size: 1.05rem; font-weight: 650; margin: 2.25rem 0 0.75rem; }
code { font: 0.85em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.quiet { color: var(--quiet); font-size: 0.9rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; padding: 0.5rem 1rem; background: var(--card); }
.skip:focus { left: 0.5rem; top: 0.5rem; z-index: 1; }

.notice { margin: 0 0 1.25rem; padding: 0.75rem 1rem; border-radius: 8px; border-left: 4px solid var(--created); background: var(--good); }
.notice.bad { border-color: var(--failed); background: var(--bad); }
.notice ul { margin: 0; padding: 0; list-style: none; }

.search { display: grid; grid-template-columns: 1fr auto; gap: 0.35rem 0.5rem; }
.search label { grid-column: 1 / -1; color: var(--quiet); font-size: 0.9rem; }
input[type=search], button { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: 8px; padding: 0.55rem 0.85rem; background: var(--card); min-width: 0; }
input[type=search]::placeholder { color: var(--quiet); opacity: 0.75; }
button { cursor: pointer; font-weight: 550; }
button:hover { border-color: var(--quiet); }
button.main { background: var(--link); border-color: var(--link); color: var(--card); }
.retry { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; margin: 1rem 0 1.5rem; }
.retry p { margin: 0; }

.day { margin: 1.5rem 0 2rem; padding: 1rem 1.25rem 0.75rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; display: grid; grid-template-columns: 1fr auto; gap: 0.75rem 1rem; align-items: baseline; }
.day h2 { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; padding: 0; list-style: none; font-size: 0.9rem; color: var(--quiet); }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
.key { width: 0.65rem; height: 0.65rem; margin-right: 0.4rem; }
.bars { grid-column: 1 / -1; display: block; width: 100%; height: 6rem; }
.day .quiet { grid-column: 1 / -1; margin: 0; }
.axis { grid-column: 1 / -1; display: flex; justify-content: space-between; margin: -0.5rem 0 0; font-size: 0.8rem; color: var(--quiet); }
rect.created { fill: var(--created); } rect.replied { fill: var(--replied); } rect.ignored { fill: var(--ignored); } rect.failed { fill: var(--failed); }
rect.ground { fill: var(--line); } rect.hour { fill: transparent; } g:hover rect.hour { fill: var(--line); opacity: 0.5; }

.filters { display: flex; flex-wrap: wrap; gap: 0.25rem 0.35rem; margin: 1.5rem 0 0.75rem; }
.filters a { padding: 0.3rem 0.7rem; border-radius: 999px; color: var(--quiet); text-decoration: none; }
.filters a:hover { color: var(--ink); text-decoration: none; background: var(--line); }
.filters a[aria-current] { background: var(--ink); color: var(--paper); }
.filters b { font-variant-numeric: tabular-nums; }

table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
th { text-align: left; font-size: 0.8rem; font-weight: 550; color: var(--quiet); }
th, td { padding: 0.7rem 1rem; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 0; }
tbody tr:hover { background: color-mix(in srgb, var(--line) 30%, transparent); }
td.outcome { width: 10rem; white-space: nowrap; }
td.mail a { display: block; color: var(--ink); font-weight: 550; text-decoration: none; }
td.mail a:hover { text-decoration: underline; }
td.mail .from { color: var(--quiet); font-size: 0.9rem; }
td.reason { width: 30%; color: var(--quiet); font-size: 0.9rem; }
th.age { font-size: 0.8rem; }
tr.failed td.reason { color: var(--ink); }
.age { text-align: right; white-space: nowrap; color: var(--quiet); font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.empty { padding: 3rem 1rem; text-align: center; color: var(--quiet); border: 1px dashed var(--line); border-radius: 12px; }
.pages { display: flex; justify-content: space-between; margin-top: 1rem; }
.pages a[rel=next] { margin-left: auto; }

.badge { --tone: var(--ignored); display: inline-block; padding: 0.05rem 0.6rem; border-radius: 999px; font-size: 0.875rem; color: var(--ink); background: color-mix(in srgb, var(--tone) 16%, transparent); border: 1px solid color-mix(in srgb, var(--tone) 45%, transparent); }
.badge.created { --tone: var(--created); } .badge.replied { --tone: var(--replied); } .badge.failed { --tone: var(--failed); } .badge.under-way { --tone: var(--under-way); }

.back { margin: 0 0 0.5rem; } .back a { text-decoration: none; }
h1.subject { margin-bottom: 0.75rem; }
.verdict { margin: 0 0 1rem; }
.verdict .badge { margin-right: 0.5rem; }
dl { margin: 1.5rem 0 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
dl div { display: grid; grid-template-columns: 13rem 1fr; gap: 0.25rem 1rem; padding: 0.6rem 1.25rem; border-top: 1px solid var(--line); }
dl div:first-child { border-top: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.trace, .failures { margin: 0; padding: 0; list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.trace li, .failures li { display: grid; grid-template-columns: 13rem 1fr; gap: 0.25rem 1rem; padding: 0.6rem 1.25rem; border-top: 1px solid var(--line); }
.trace li:first-child, .failures li:first-child { border-top: 0; }
.trace b { font-weight: 550; padding-left: 1.25rem; }
.trace .passed { color: var(--quiet); } .trace .passed b { font-weight: 400; }
.trace b::before { content: "·"; content: "·" / ""; display: inline-block; width: 1.25rem; margin-left: -1.25rem; }
.trace .matched b::before { content: "✓"; content: "✓" / ""; color: var(--created); }
.failures li { grid-template-columns: 1fr auto; }

@media (max-width: 44rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.35rem; }
  .day { grid-template-columns: 1fr; padding: 0.9rem 1rem 0.6rem; }
  .legend { gap: 0.25rem 1rem; }
  .bars { height: 5rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tbody tr { display: grid; grid-template-columns: 1fr auto; gap: 0.35rem 0.75rem; padding: 0.85rem 1rem; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  td { padding: 0; border: 0; }
  td.outcome, td.reason { width: auto; }
  td.age { grid-row: 1; grid-column: 2; align-self: center; }
  td.mail, td.reason { grid-column: 1 / -1; }
  td.reason:empty { display: none; }
  dl div, .trace li, .failures li { grid-template-columns: 1fr; gap: 0; padding: 0.6rem 1rem; }
  .trace li > span:last-child { padding-left: 1.25rem; }
  dt { font-size: 0.85rem; }
}
@media (forced-colors: active) { rect { forced-color-adjust: none; } }
`;
