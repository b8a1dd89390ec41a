import type { FaultGroup } from '../fault-case.ts';
import { laterSync } from '../scenarios.ts';
import { Stage } from '../stage.ts';

const MINUTE_MS = 60_000;
const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;

/** What `data` can be, and the rest of an event around it. */
const DATA: readonly [name: string, data: string][] = [
  ['numbers', '{"id":"n","values":[1.0,-0,1e400,123456789012345678901234567890,0.1e-7,1E5]}'],
  ['escapes', '{"id":"e","text":"\\u0041\\/\\ud83d\\ude00\\u0000\\ud800\\u001b[31m"}'],
  ['repeated keys', '{"id":"r","a":1,"a":2,"__proto__":{"a":3},"constructor":4}'],
  ['null', 'null'],
  ['an array', '[1,2,{"id":"x"}]'],
  ['a string', '"text"'],
  ['depth', deep],
  ['5 MB', `{"id":"big","text":"${'x'.repeat(5_000_000)}"}`],
  ['odd lanes', '{"organization_id":7,"user_id":null,"id":{"a":1}}'],
];
/** As JSON writes them. */
const IDS = [
  ...[
    'short',
    'it\'s \\"quoted\\"',
    'new\\nline',
    'nul\\u0000',
    '__proto__',
    'x'.repeat(5000),
    '日本語',
    ' ',
    '',
  ],
  ...['lone\\ud800', 'lone\\ud801', '\\\\backslash'],
];
const HOUR_MS = 60 * MINUTE_MS;
/** Of one and the same time, in the forms that occur, and in two that are none. */
const TIMES: readonly ((atMs: number) => string)[] = [
  (atMs) => iso(atMs).replace('T', ' ').slice(0, -1),
  (atMs) => `${iso(atMs).slice(0, -1)}456Z`,
  (atMs) => `${iso(atMs + HOUR_MS).slice(0, -1)}+01:00`,
  () => 'whenever',
  () => '',
];

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Events as no documentation shows them: each arrives as it was sent, whatever time zone reads it. */
export const payloads: FaultGroup = {
  name: 'payloads',
  open: async (lab) =>
    ['UTC', 'America/St_Johns', 'Pacific/Apia'].map((zone) => ({
      name: `odd events, read in ${zone}`,
      run: async () => {
        const scenario = await laterSync(lab);
        const { sandbox } = scenario;
        let atMs = Date.now();
        const add = (id: string, data: string, createdAt: string, type = 'user.updated') => {
          const text = `{"object":"event","id":"${id}","event":"${type}","data":${data},"created_at":"${createdAt}","extra":1.50}`;
          sandbox.add({ id: String(JSON.parse(`"${id}"`)), type, atMs: atMs++, text });
        };
        const now = () => iso(atMs);
        for (const [name, data] of DATA) add(`event_data_${name.replace(/\W/g, '')}`, data, now());
        for (const id of IDS) add(id, '{"id":"user_1"}', now());
        for (const [index, time] of TIMES.entries()) add(`event_time_${index}`, '{}', time(atMs));
        add('event_unknown', '{}', now(), 'never.heard.of');
        const same = now();
        for (let made = 0; made < 500; made++) add(`event_same_${made}`, '{}', same);
        const stage = new Stage(lab, { ...scenario, expected: { ...scenario.expected, order: 'any' } });
        const env = { TZ: zone };
        const broken = await stage.runWith('commit.before_commit@3:kill', { env });
        const { code, flaws, stdout } = await stage.run({ env });
        const wrong = code === 0 ? [] : [`it ended with ${code}: ${stdout}`];
        return [...broken.flaws, ...wrong, ...flaws, ...(await stage.toRest())];
      },
    })),
};
