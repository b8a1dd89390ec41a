import { gzipSync } from 'node:zlib';
import type { FaultGroup } from '../fault-case.ts';
import { Stage } from '../stage.ts';
import { type ApiFault, always, apiCase, at } from './api.ts';

const emptyPage = '{"object":"list","data":[],"list_metadata":{"before":null,"after":null}}';
const zipped = gzipSync(emptyPage);
const gzip = { 'content-encoding': 'gzip' };
const cutZip = { body: zipped.subarray(0, zipped.length - 9), headers: gzip };

const FAULTS: readonly ApiFault[] = [
  { name: 'reset before the headers', script: at(3, { reset: true }), exit: [0] },
  { name: 'reset at first contact', script: at(0, { reset: true }), exit: [0] },
  { name: 'reset always', script: always({ reset: true }), exit: [3], requests: 3 },
  { name: 'reset after the headers', script: at(3, { reset: true, cutAfter: 0 }), exit: [0] },
  { name: 'reset in the body', script: at(3, { reset: true, cutAfter: 500 }), exit: [0] },
  { name: 'cut after the headers', script: at(3, { cutAfter: 0 }), exit: [0] },
  { name: 'cut in the body, with a length', script: at(3, { cutAfter: 500 }), exit: [0] },
  { name: 'cut in the body, in chunks', script: at(3, { cutAfter: 500, chunked: true }), exit: [0] },
  { name: 'cut at a whole page, in chunks', script: at(3, { cutAfter: 1e9, chunked: true }), exit: [0] },
  { name: 'cut always', script: always({ cutAfter: 500, chunked: true }), exit: [3], requests: 3 },
  { name: 'gzip cut inside whole framing', script: at(3, cutZip), exit: [0] },
  { name: 'gzip cut, in chunks', script: at(3, { ...cutZip, chunked: true }), exit: [0] },
  { name: 'gzip that is none', script: at(3, { headers: gzip }), exit: [0] },
  { name: 'an unknown coding', script: at(3, { headers: { 'content-encoding': 'br2' } }), exit: [0] },
  { name: 'slow headers', script: at(3, { pauseMs: 1500 }), exit: [0] },
  { name: 'a slow body', script: at(3, { pauseInBody: { afterBytes: 100, ms: 1500 } }), exit: [0] },
  { name: 'headers too late', script: at(3, { pauseMs: 17_000 }), exit: [0] },
  {
    name: 'a body that stands still',
    script: at(3, { pauseInBody: { afterBytes: 100, ms: 17_000 } }),
    exit: [0],
  },
];

/** Connections that break, stand still, or were never there. */
export const transport: FaultGroup = {
  name: 'transport',
  open: async (lab) => [
    ...FAULTS.map((fault) => apiCase(lab, fault)),
    {
      name: 'refused, then there again',
      run: async () => {
        const sandbox = await lab.sandbox();
        const stage = new Stage(lab, { name: 'refused', sandbox, args: [] });
        sandbox.outage(true);
        const { code, flaws, stdout } = await stage.run();
        sandbox.outage(false);
        const wrong = code === 3 ? [] : [`it ended with ${code}: ${stdout}`];
        return [...wrong, ...flaws, ...stage.afterBreak(), ...(await stage.toRest())];
      },
    },
    {
      name: 'an outage in mid-walk that passes',
      run: async () => {
        const sandbox = await lab.sandbox();
        const stage = new Stage(lab, { name: 'outage', sandbox, args: ['--parallel', '1'] });
        sandbox.script = ({ ordinal }) => {
          if (ordinal === 3) {
            sandbox.outage(true);
            setTimeout(() => sandbox.outage(false), 1500);
          }
          return undefined;
        };
        return await stage.toRest();
      },
    },
  ],
};
