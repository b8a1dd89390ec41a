import { CATALOGUE } from '../../../src/domain/catalogue.ts';
import type { FaultGroup } from '../fault-case.ts';
import { type ApiFault, always, apiCase, at, from } from './api.ts';

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const tooMany = (retryAfter?: string) => ({
  status: 429,
  body: '{"message":"Too many requests"}',
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});
const html = { headers: { 'content-type': 'text/html' }, body: '<html><h1>502 Bad Gateway</h1></html>' };
const unauthorized = { status: 401, body: '{"message":"Unauthorized"}' };
const badParameter = { status: 422, body: '{"message":"Validation failed","errors":[{"field":"limit"}]}' };

const FAULTS: readonly ApiFault[] = [
  { name: '429 without Retry-After', script: at(3, tooMany()), exit: [0] },
  { name: '429 with seconds', script: at(3, tooMany('1')), exit: [0] },
  { name: '429 with a date', script: at(3, tooMany(inSeconds(2))), exit: [0] },
  { name: '429 with a date that has passed', script: at(3, tooMany(inSeconds(-60))), exit: [0] },
  { name: '429 with nonsense', script: at(3, tooMany('soon')), exit: [0] },
  { name: '429 with a day', script: at(3, tooMany('86400')), exit: [3] },
  { name: '429 with a day, at first contact', script: always(tooMany('86400')), exit: [3], requests: 1 },
  { name: '429 always', script: always(tooMany()), exit: [3], requests: 3 },
  ...[500, 502, 503, 504].flatMap((status): ApiFault[] => [
    { name: `${status} once`, script: at(3, { status, ...(status === 502 ? html : {}) }), exit: [0] },
    { name: `${status} at first contact`, script: at(0, { status }), exit: [0] },
    { name: `${status} always`, script: always({ status, ...html }), exit: [3], requests: 3 },
  ]),
  {
    name: '500 thrice, again and again',
    script: ({ ordinal }) => (ordinal < 12 && ordinal % 4 > 0 ? { status: 500 } : undefined),
    exit: [0],
  },
  { name: '401', script: always(unauthorized), exit: [3], requests: 1 },
  { name: '401 in mid-walk', script: from(3, unauthorized), exit: [3] },
  { name: '403', script: always({ status: 403, body: '{"message":"Forbidden"}' }), exit: [3], requests: 1 },
  { name: '422', script: always(badParameter), exit: [3], requests: 1 },
  { name: '404', script: always({ status: 404, body: '{"message":"Not Found"}' }), exit: [3] },
  { name: '400 for names', exit: [0], ...namesRefused('400') },
  { name: '422 for names', exit: [0], ...namesRefused('422') },
];

/** An API that is older than the catalogue: it refuses a call for the names it does not know. */
function namesRefused(unknownName: '400' | '422'): Pick<ApiFault, 'options' | 'types'> {
  const types = CATALOGUE.filter((name) => !/^(?:agent|vault|flag)\./.test(name));
  return { types, options: { quirks: { unknownName, knownNames: types } } };
}

/** Statuses that pass, and that do not. */
export const apiAnswers: FaultGroup = {
  name: 'API answers',
  open: async (lab) => FAULTS.map((fault) => apiCase(lab, fault)),
};
