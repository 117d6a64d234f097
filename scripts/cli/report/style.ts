import { variables } from "./colours";

/** The report's style sheet: light and dark as the device is, one column on a phone, and plain on paper. */
export const styleSheet = `
:root { color-scheme: light dark; ${variables("light")} }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; font: 1rem/1.5 Arial, Helvetica, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .35rem 0; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.facts li, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.facts strong { display: block; font-size: 1.3rem; line-height: 1.25; }
.facts span { color: var(--quiet); font-size: .9rem; }
.picture { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; text-align: center; }
.picture svg { max-width: 100%; height: auto; }
.picture + h3 { margin-top: 1.25rem; }
.picture text { font: 13px Arial, Helvetica, sans-serif; }
.picture .node text:first-of-type { font-weight: bold; }
.picture .alone text:last-of-type { font-weight: bold; fill: var(--danger); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; }
figure svg { width: 100%; max-width: 26rem; height: auto; }
figcaption { font-weight: bold; margin-bottom: .35rem; }
ol.ladder { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.ladder .current { border: 2px solid var(--accent); }
.ladder ul, .card ul { margin: .25rem 0 .5rem; padding-left: 1.2rem; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; margin-right: .35rem; white-space: nowrap; }
.critical, .high { color: var(--danger); }
.medium { color: var(--warning); }
.low, .passed { color: var(--quiet); }
.here { color: var(--accent); font-weight: bold; }
.findings { display: grid; gap: .75rem; }
.findings .card { border-left-width: 5px; }
.findings .card.critical-card, .findings .card.high-card { border-left-color: var(--danger); }
.findings .card.medium-card { border-left-color: var(--warning); }
dl { display: grid; grid-template-columns: 8.5rem 1fr; gap: .15rem .75rem; margin: .4rem 0 0; }
dt { font-weight: bold; }
dd { margin: 0; }
summary { cursor: pointer; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .35rem; } }
pre { margin: .35rem 0; padding: .5rem .75rem; background: var(--page); border: 1px solid var(--line); border-radius: .35rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .9rem/1.4 "SFMono-Regular", Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.amount, th.amount { text-align: right; white-space: nowrap; }
@media print { body { max-width: none; } .card { break-inside: avoid; } }
`;
