import type { ChalkInstance } from 'chalk';
import type { WireEvent } from '../domain/event.ts';
import { subjectOf } from '../domain/event-subject.ts';
import { type Column, GAP, rowLayout, TIME_WIDTH } from '../domain/row-layout.ts';
import { atEnd, cell, idsEnd, inMiddle, type Shorten } from './cell.ts';
import { colourOf } from './outcome-colour.ts';

const SHORTEN: Readonly<Record<Column, Shorten>> = {
  type: inMiddle,
  organization: idsEnd,
  subject: atEnd,
  id: idsEnd,
};

/** A payload may hold megabytes where a name is expected. */
const MOST_CHARACTERS = 200;

/** Events as lines for people: time, type, organization, subject, id. */
export class EventRows {
  private readonly style: ChalkInstance;
  private day = '';

  constructor(style: ChalkInstance) {
    this.style = style;
  }

  /** `columns`: of the terminal, which may have been resized; undefined for a file or a pipe. */
  text(events: readonly WireEvent[], late: boolean, columns: number | undefined): string {
    const { widths, shortens } = rowLayout(columns);
    let text = '';
    for (const event of events) {
      const time = new Date(event.createdAtMs).toISOString();
      if (columns !== undefined) text += this.dayLine(time.slice(0, 10));
      const clock = columns === undefined ? time : time.slice(11, 19);
      const put = (column: Column, value: string) =>
        cell(brief(value), widths[column], shortens ? SHORTEN[column] : undefined);
      const parts = [
        colourOf(event.type, this.style)(put('type', event.type)),
        ...(widths.organization > 0
          ? [this.style.dim(put('organization', event.organizationId ?? '-'))]
          : []),
        ...(widths.subject > 0 ? [put('subject', subjectOf(event.text) || '-')] : []),
        ...(widths.id > 0 ? [this.style.dim(put('id', event.id))] : []),
      ];
      const mark = `${clock}${late ? '*' : ' '}`.padEnd(TIME_WIDTH);
      text += `${`${this.style.dim(mark)} ${parts.join(' '.repeat(GAP))}`.trimEnd()}\n`;
    }
    return text;
  }

  private dayLine(day: string): string {
    if (day === this.day) return '';
    this.day = day;
    return `${this.style.dim(`── ${day}, UTC`)}\n`;
  }
}

function brief(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
