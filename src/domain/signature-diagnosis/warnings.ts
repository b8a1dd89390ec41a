/** What is worth knowing beside the verdict, in one sentence each. */
import type { CaptureNote } from '../captured-request.ts';
import type { HeaderOddity } from '../signature-header.ts';

export type WarningId =
  | `header_${HeaderOddity}`
  | `body_${CaptureNote}`
  | 'secret_file_newline'
  | 'another_secret'
  | 'not_all_tried'
  | 'timestamp_also_old'
  | 'timestamp_also_ahead'
  | 'sdk_rejects_header'
  | 'sdk_rejects_encoding'
  | 'sdk_rejects_raw_before_931'
  | 'sdk_rejects_before_931'
  | 'sdk_accepts_ahead'
  | 'sdk_accepts_no_number'
  | 'sdk_accepts_position'
  | 'sdk_accepts_parsed';

export interface Warning {
  readonly id: WarningId;
  readonly detail: string;
}

export function warningOf(id: WarningId): Warning {
  return { id, detail: WARNINGS[id] };
}

const SDK = '@workos-inc/node';

export const WARNINGS: Readonly<Record<WarningId, string>> = {
  header_named: 'The header begins with its own name, which was left out.',
  header_listed: 'The header is a list, of which the text was taken: a framework may give it as an array.',
  header_quoted: 'The header has quotes in it, which were left out.',
  header_separated: 'The parts of the header are not separated by commas.',
  header_repeated: 'The header has the same part twice, which was taken once.',
  header_reordered: 'The header has v1 before t.',
  header_upper_case: 'The header is in upper case where WorkOS writes lower case.',
  header_several_v1: 'The header has several v1; one that matches is enough.',
  header_other_part: 'The header has parts that are neither t nor v1, which were passed over.',
  body_cut_off: 'The body is shorter than its Content-Length says: the capture was cut off.',
  body_end_added: 'The file ends with line ends beyond Content-Length, which were left out.',
  body_unchunked: 'The body came in chunks, which were put together.',
  secret_file_newline:
    'The secret file ends with a newline, which was not taken for a part of the secret; a program that reads the file whole may do so.',
  another_secret: 'It was signed with another than the first secret.',
  not_all_tried: 'The body is large, so that not every change of it was tried.',
  timestamp_also_old: 'It was also signed longer ago than the tolerance allows.',
  timestamp_also_ahead:
    "It is also signed with a time later than this machine's, by more than the tolerance.",
  sdk_rejects_header: `${SDK} rejects it: it reads the header by position, in lower case, and only its first two parts.`,
  sdk_rejects_encoding: `${SDK} rejects it: it decodes the body as UTF-8, which this is not.`,
  sdk_rejects_raw_before_931: `${SDK} before 9.3.1 rejects it as text or bytes, to which it applies JSON.stringify; it has to be given the parsed object.`,
  sdk_rejects_before_931: `${SDK} before 9.3.1 rejects it in any form: it signs what JSON.stringify writes, which this is not.`,
  sdk_accepts_ahead: `${SDK} accepts it: it does not look for timestamps in the future.`,
  sdk_accepts_no_number: `${SDK} accepts it: a timestamp that is no number passes its check of the age.`,
  sdk_accepts_position: `${SDK} accepts it: it takes the first two parts of the header for t and v1, and passes over the rest.`,
  sdk_accepts_parsed: `${SDK} accepts it when it is given the parsed object, which it writes anew.`,
};
