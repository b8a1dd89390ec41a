import type { ReconcileResult } from '../../../domain/reconcile-result.ts';
import { byOrganization, byType } from './breakdown.ts';
import { missedEvents, unfinishedEvents } from './event-tables.ts';
import type { ReportFacts } from './facts.ts';
import { patterns } from './fates.ts';
import { gapsAndStrays } from './gaps-and-strays.ts';
import { GENERATOR } from './generator.ts';
import { heading, titleOf } from './heading.ts';
import { howItWasMade } from './how-it-was-made.ts';
import { html } from './markup.ts';
import { recovery } from './recovery.ts';
import { contentPolicy, STYLESHEET } from './stylesheet.ts';
import { timelineFigure } from './timeline-figure.ts';
import { totals } from './totals.ts';
import { words } from './words.ts';

/**
 * The page for an incident's write-up: one HTML document that needs nothing else. It may load nothing, run
 * nothing and send nothing, whatever stands in it.
 */
export function reportPage(result: ReconcileResult, facts: ReportFacts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${GENERATOR}">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${titleOf(result)}</title>
<style>${STYLESHEET}</style>
</head>
<body>
${patterns()}
<main>
${heading(result, facts)}
${totals(result)}
${timelineFigure(result)}
${recovery(result, facts)}
${byType(result)}
${byOrganization(result)}
${gapsAndStrays(result)}
${howItWasMade(result, facts)}
${words(result)}
${missedEvents(result, facts)}
${unfinishedEvents(result)}
</main>
</body>
</html>
`.text;
}
