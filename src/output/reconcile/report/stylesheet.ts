/**
 * How the page looks: in light and dark, on a phone, and on paper. Longer than most files, since a sheet is
 * one thing; the policy knows it by its hash, so that no other style is applied.
 */
import { createHash } from 'node:crypto';
import { Markup } from './markup.ts';

const CSS = `
:root {
  --paper: #fcfcfb; --raised: #f4f4f1; --ink: #1d2125; --soft: #59626c; --line: #dcdfe2;
  --good: #1a6b46; --bad: #a93412;
  --missing: #c2410c; --missing-line: #fde2d3;
  --pending: #b7860b; --pending-dot: #fff3cf;
  --dead: #4a3f6b; --dead-line: #d9d2ee;
  --processed: #7c9cbb;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --raised: #1d2125; --ink: #e4e7ea; --soft: #9aa5b0; --line: #30363d;
    --good: #6cc79b; --bad: #f59372;
    --missing: #f0713a; --missing-line: #5c2308;
    --pending: #d8a72f; --pending-dot: #4d3a08;
    --dead: #b3a3e0; --dead-line: #3c3164;
    --processed: #56789b;
  }
}
@page { margin: 16mm 14mm; }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 1rem/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { max-width: 62rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
section { margin-top: 2.75rem; }
h1 { font-size: 2rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.015em; margin: 0.25rem 0 0.75rem; text-wrap: balance; }
h2 { font-size: 1.125rem; font-weight: 650; line-height: 1.3; margin: 0 0 0.5rem; break-after: avoid; }
p { margin: 0 0 0.75rem; max-width: 46rem; }
time { white-space: nowrap; }
code { font-family: var(--mono); font-size: 0.875em; unicode-bidi: isolate; }
ul { padding-left: 1.1rem; margin: 0 0 0.75rem; }
dl, dd, figure { margin: 0; }
svg { display: block; }
.defs { position: absolute; }
.note, .kind, .more { color: var(--soft); }
.kind { font-size: 0.875rem; margin: 0; }
.mark { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 0.4em; font-size: 0.8125rem; color: var(--soft); }
.verdict { max-width: none; border-left: 4px solid var(--bad); padding: 0.25rem 0 0.25rem 0.9rem; margin: 0 0 1.5rem; font-size: 1.0625rem; }
.verdict strong { color: var(--bad); margin-right: 0.35em; }
.verdict.good { border-left-color: var(--good); }
.verdict.good strong { color: var(--good); }

.facts > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.3rem 0; border-top: 1px solid var(--line); }
.facts > div:last-child { border-bottom: 1px solid var(--line); }
.facts dt, .words dt { color: var(--soft); }
.words > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; padding: 0.1rem 0; }
.words { font-size: 0.9375rem; }
.typed span { display: inline-block; max-width: 100%; }

.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.1rem, 1fr)); gap: 1rem; }
.totals > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; border-top: 2px solid var(--line); padding-top: 0.4rem; }
.totals dt { color: var(--soft); font-size: 0.875rem; line-height: 1.3; }
.totals dd { font-size: 1.625rem; font-weight: 600; line-height: 1.2; letter-spacing: -0.01em; }
.totals .missing { border-color: var(--missing); } .totals .missing dd { color: var(--missing); }
.totals .pending { border-color: var(--pending); }
.totals .dead { border-color: var(--dead); } .totals .dead dd { color: var(--dead); }
.totals .good { border-color: var(--good); } .totals .good dd { color: var(--good); }
.totals .none dd { color: var(--soft); font-weight: 400; }

.timeline { overflow: visible; font: 0.75rem var(--sans); font-variant-numeric: tabular-nums; }
.timeline text { fill: var(--soft); }
.grid { stroke: var(--line); stroke-dasharray: 2 4; }
.base, .tick line { stroke: var(--soft); }
.fate-missing { fill: url(#missing); stroke: var(--missing); stroke-width: 0.75; }
.fate-pending { fill: url(#pending); }
.fate-dead { fill: url(#dead); }
.fate-unjudged { fill: none; stroke: var(--soft); stroke-dasharray: 2 2; }
.fate-processed { fill: var(--processed); }
.ground-missing { fill: var(--missing); } .stroke-missing { stroke: var(--missing-line); stroke-width: 1.4; fill: none; }
.ground-pending { fill: var(--pending); } .dot-pending { fill: var(--pending-dot); }
.ground-dead { fill: var(--dead); } .stroke-dead { stroke: var(--dead-line); stroke-width: 1; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 0.5rem 0 0; font-size: 0.875rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 0.45rem; }
.swatch { flex: none; }
details { margin-top: 0.75rem; font-size: 0.9375rem; }
summary { cursor: pointer; color: var(--soft); }
summary:focus-visible { outline: 2px solid var(--processed); outline-offset: 2px; }
details table { margin-top: 0.5rem; }

table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
table + p { margin-top: 0.75rem; }
th { font-weight: 500; text-align: left; }
thead th, thead td { color: var(--soft); font-size: 0.8125rem; border-bottom: 1px solid var(--line); padding: 0.25rem 1rem 0.25rem 0; vertical-align: bottom; }
thead th::first-letter { text-transform: uppercase; }
tbody th, tbody td { border-bottom: 1px solid var(--line); padding: 0.35rem 1rem 0.35rem 0; vertical-align: baseline; }
tr { break-inside: avoid; }
.figures, .sinks { width: auto; min-width: min(100%, 26rem); }
.figures, .sinks, .shares { line-height: 1.4; }
:is(.figures, .sinks, .shares) :is(td:not(.share), thead th:not(:first-child)) { text-align: right; white-space: nowrap; }
:is(.figures, .sinks, .shares) th:first-child { padding-right: 2rem; }
.share { width: 42%; padding-right: 0; }
td.none, .org.none { color: var(--soft); }
.shares tbody .share { vertical-align: middle; }
.events { font-size: 0.875rem; line-height: 1.4; }
.events .when { white-space: nowrap; }
.events td:last-child, .events th:last-child { padding-right: 0; }
.state { white-space: nowrap; }
.state::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border: 1.5px solid currentColor; border-radius: 50%; }
.state.recovered { color: var(--good); } .state.recovered::before { background: currentColor; }
.state.missing { color: var(--missing); } .state.dead { color: var(--dead); } .state.dead::before { border-radius: 0; background: currentColor; }
.state.pending::before { border-radius: 0; }
.next { color: var(--soft); margin-top: 0.75rem; list-style: none; padding: 0; }
.next li { margin-bottom: 0.35rem; } .next code { color: var(--ink); }
.made .note { margin-top: 0.75rem; font-size: 0.875rem; }

@media (max-width: 44rem) {
  main { padding: 1.5rem 1rem 3rem; }
  section { margin-top: 2.25rem; }
  h1 { font-size: 1.5rem; }
  .facts > div { grid-template-columns: 1fr; padding: 0.4rem 0; }
  .facts dt { font-size: 0.8125rem; }
  .words > div { grid-template-columns: 1fr; padding: 0.3rem 0; }
  .totals { grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr)); gap: 0.9rem 1rem; }
  .totals dd { font-size: 1.375rem; }
  .minor > text:not(.date) { display: none; }
  .shares, .shares tbody, .sinks, .sinks tbody, .events, .events tbody { display: block; }
  .shares thead, .sinks thead, .events thead { display: none; }
  .shares tr, .sinks tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
  .shares tr > *, .sinks tr > * { border: 0; padding: 0; }
  .shares tr > :is(th, .share), .sinks tr > th { flex: 1 0 100%; padding-right: 0; }
  .shares tr > .share { order: 1; padding: 0.15rem 0 0.1rem; }
  .shares td:not(.share), .sinks td { color: var(--soft); }
  td[data-label]::before { content: attr(data-label) " "; }
  .figures :is(th, td), .figures th:first-child { padding-right: 0.75rem; }
  .events tr { display: grid; grid-template-columns: 1fr auto; gap: 0 0.75rem; padding: 0.55rem 0; border-bottom: 1px solid var(--line); }
  .events td { display: block; border: 0; padding: 0; }
  .events .type { grid-area: 1 / 1; font-weight: 600; } .events .now { grid-area: 1 / 2; }
  .events .when { grid-area: 2 / 1 / 2 / 3; color: var(--soft); }
  .events .id, .events .org { grid-column: 1 / 3; color: var(--soft); }
  .events .org.none { display: none; }
}

@media print {
  :root {
    --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #bbb;
    --good: #14532d; --bad: #8c2a0d;
    --missing: #b23a08; --missing-line: #fff;
    --pending: #8a6508; --pending-dot: #fff;
    --dead: #3b3157; --dead-line: #fff;
    --processed: #a9bdd0;
  }
  html { color-scheme: light; }
  html { font-size: 10pt; }
  body { line-height: 1.4; }
  main { max-width: none; padding: 0; }
  section { margin-top: 1.5rem; }
  details { display: none; }
  figure, .totals > div, .facts > div, .words > div, li { break-inside: avoid; }
  svg, .state::before { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .events { font-size: 0.75rem; }
  .events code { font-size: 0.85em; }
  .events :is(th, td) { padding-right: 0.5rem; }
  .events .id { width: 25%; } .events .org { width: 24%; }
}
`;

export const STYLESHEET = new Markup(CSS);

/** Nothing but this sheet: no script, no picture, no font, no form, no other address. */
export function contentPolicy(): string {
  const hash = createHash('sha256').update(CSS).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
