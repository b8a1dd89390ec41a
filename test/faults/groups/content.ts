import { gzipSync } from 'node:zlib';
import type { FaultCase, FaultGroup } from '../fault-case.ts';
import { CANARY, type Lab } from '../lab.ts';
import { Stage } from '../stage.ts';
import { type ApiFault, always, apiCase, at } from './api.ts';

const BODIES: readonly [name: string, body: string | Buffer][] = [
  ['HTML', '<html><body>Please sign in</body></html>'],
  ['nothing', ''],
  ['null', 'null'],
  ['an array', '[]'],
  ['an empty object', '{}'],
  ['data null', '{"object":"list","data":null,"list_metadata":{"after":null}}'],
  ['data of strings', '{"object":"list","data":["one"],"list_metadata":{"after":null}}'],
  [
    'an event without id',
    '{"object":"list","data":[{"event":"user.created"}],"list_metadata":{"after":null}}',
  ],
  ['no list_metadata', '{"object":"list","data":[]}'],
  ['no after', '{"object":"list","data":[],"list_metadata":{}}'],
  ['after a number', '{"object":"list","data":[],"list_metadata":{"after":7}}'],
  ['half a page', '{"object":"list","data":[{"id":"event_1","ev'],
  ['two pages', '{"object":"list","data":[],"list_metadata":{"after":null}}{}'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
];
const bomb = {
  body: gzipSync(Buffer.alloc(200 * 1024 * 1024, ' ')),
  headers: { 'content-encoding': 'gzip' },
};

const MARK = { prefix: '\ufeff' };

const FAULTS: readonly ApiFault[] = [
  ...BODIES.flatMap(([name, body]): ApiFault[] => [
    { name: `${name}, once`, script: at(3, { body }), exit: [0] },
    { name: `${name}, always`, script: always({ body }), exit: [3], requests: 3 },
  ]),
  { name: 'a gzip bomb, once', script: at(3, bomb), exit: [0, 3] },
  { name: 'a byte-order mark before a page, once', script: at(3, MARK), exit: [0] },
  { name: 'a byte-order mark before each page', script: always(MARK), exit: [0] },
];

/** What comes with 200 and is no page, and answers that lead elsewhere. */
export const content: FaultGroup = {
  name: 'content',
  open: async (lab) => [
    ...FAULTS.map((fault) => apiCase(lab, fault)),
    ...[301, 302, 303, 307, 308].flatMap((status) => [
      redirected(lab, status, 'another'),
      redirected(lab, status, 'same'),
    ]),
  ],
};

/** The key must not follow a redirect, and what is there is not the API. */
function redirected(lab: Lab, status: number, host: 'another' | 'same'): FaultCase {
  return {
    name: `${status} to ${host === 'same' ? 'the same host' : 'another host'}`,
    run: async () => {
      const elsewhere = await lab.sandbox({ apiKeys: [CANARY] });
      const sandbox = await lab.sandbox();
      const stage = new Stage(lab, { name: 'redirect', sandbox, args: ['--parallel', '1'] });
      const base = host === 'same' ? sandbox.url : elsewhere.url;
      sandbox.script = () => ({ status, headers: { location: `${base}/events?limit=100` }, body: '' });
      const { code, flaws, stdout } = await stage.run();
      sandbox.script = undefined;
      return [
        ...(code === 3 ? [] : [`it ended with ${code}: ${stdout}`]),
        ...(elsewhere.log.requests.length === 0 ? [] : ['it followed the redirect']),
        ...flaws,
        ...stage.afterBreak(),
        ...(await stage.toRest()),
      ];
    },
  };
}
