/** What holds for every sink, run over all of them. */
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Attempt, Sink } from '../../src/domain/delivery.ts';
import { ExecSink } from '../../src/sinks/exec.ts';
import { FileSink } from '../../src/sinks/file.ts';
import { HttpSink } from '../../src/sinks/http.ts';
import { StdoutSink } from '../../src/sinks/stdout.ts';
import { startRecordingServer } from './recording-server.ts';
import { abort, afterwards, attempt, gone, needs, script, temporaryFolder } from './rig.ts';

interface Rig {
  readonly sink: Sink;
  /** The texts that arrived, each whole. */
  readonly arrived: () => string[];
  /** From now on nothing is acknowledged; resolves once a delivery is under way. */
  readonly stall: () => Promise<void>;
  /** Whether anything of what was under way is still there. */
  readonly isQuiet: () => Promise<boolean>;
}

const RIGS: Readonly<Record<'stdout' | 'file' | 'exec' | 'http', () => Promise<Rig>>> = {
  stdout: async () => {
    const needed = needs();
    const write = needed.stdout.write;
    const sink = new StdoutSink('stdout', needed);
    return {
      sink,
      arrived: () => lines(needed.stdout.text),
      stall: () =>
        new Promise((underWay) => {
          needed.stdout.write = () => {
            underWay();
            return new Promise(() => {});
          };
        }),
      isQuiet: async () => {
        needed.stdout.write = write;
        return true;
      },
    };
  },
  file: async () => {
    const path = join(temporaryFolder(), 'events.ndjson');
    const sink = new FileSink('file', path, needs());
    return {
      sink,
      arrived: () => (existsSync(path) ? lines(readFileSync(path, 'utf8')) : []),
      // It finishes what it has begun: this is before.
      stall: async () => {},
      isQuiet: async () => {
        await sink.close();
        return !existsSync(path);
      },
    };
  },
  exec: async () => {
    const folder = temporaryFolder();
    const inbox = temporaryFolder();
    const command = script(
      folder,
      'record.sh',
      `if [ -e ${folder}/stall ]; then echo "pid $$"; sleep 1000 & echo "pid $!"; echo stalled; wait; fi
       file=$(mktemp ${inbox}/XXXXXXXX) && cat >"$file" && mv "$file" "$file.whole"`,
    );
    const needed = needs();
    return {
      sink: new ExecSink('exec', [command], needed),
      arrived: () =>
        readdirSync(inbox)
          .filter((name) => name.endsWith('.whole'))
          .flatMap((name) => lines(readFileSync(join(inbox, name), 'utf8'))),
      stall: () => {
        script(folder, 'stall', '');
        return needed.stderr.has('stalled');
      },
      isQuiet: async () => {
        const pids = [...needed.stderr.text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
        await Promise.all(pids.map(gone));
        return pids.length === 2;
      },
    };
  },
  http: async () => {
    const server = await startRecordingServer();
    afterwards(() => server.close());
    const needed = needs();
    let hangUp: Promise<void> = Promise.resolve();
    return {
      sink: new HttpSink('http', new URL(server.url), needed),
      arrived: () => server.recorded.map(({ body }) => body.toString()),
      stall: () =>
        new Promise((underWay) => {
          server.answer = ({ socket }) => {
            hangUp = new Promise((resolve) => socket?.once('close', () => resolve()));
            server.recorded.pop();
            underWay();
          };
        }),
      isQuiet: async () => {
        await hangUp;
        return true;
      },
    };
  },
};

/** Each ends with a line break. */
function lines(text: string): string[] {
  const parts = text.split('\n');
  expect(parts.pop()).toBe('');
  return parts;
}

function digests(texts: readonly string[]): string[] {
  return texts.map((text) => (text.length < 500 ? text : createHash('sha256').update(text).digest('hex')));
}

const ODD: Readonly<Record<string, Partial<Attempt>>> = {
  'an ordinary event': {},
  'an empty id': { eventId: '' },
  'an id with a NUL and a line break': { eventId: 'a\0b\nc\r' },
  'an id with a quote and a space': { eventId: ' \'"$(id) ' },
  'an id of half a surrogate pair': { eventId: '\ud800', text: '{"id":"\\ud800"}' },
  'an id of 200 kB': { eventId: 'x'.repeat(200_000) },
  'a type with a line break': { type: 'a\nb' },
  'numbers as they came': { text: '{"a":1.0,"b":-0,"c":9007199254740993,"d":1e400,"a":2}' },
  'letters of all kinds': { text: '{"a":"é日𝄞\\u00e9\\u2028\u2028"}' },
  'terminal escapes': { text: '{"a":"\\u001b[31m\\u0007\u009b"}' },
  'quotes, dollars and backslashes': { text: `{"a":"'$HOME \`id\` \\\\ \\" %s"}` },
  '5 MB': { text: JSON.stringify({ id: 'event_01', pad: 'é'.repeat(2_500_000) }) },
};

describe.each(Object.entries(RIGS))('%s', (_, makeRig) => {
  async function opened(): Promise<Rig> {
    const rig = await makeRig();
    await rig.sink.open();
    afterwards(() => rig.sink.close());
    return rig;
  }

  test.each(Object.entries(ODD))('takes %s as it is, once', async (_, more) => {
    const { sink, arrived } = await opened();
    const one = attempt(more);
    expect(await sink.deliver(one, abort().signal)).toEqual({ kind: 'acknowledged' });
    expect(digests(arrived())).toEqual(digests([one.text]));
  });

  test('takes events one after the other, in their order', async () => {
    const { sink, arrived } = await opened();
    const texts = ['1', '2', '3'].map((id) => `{"id":"${id}"}`);
    for (const text of texts) await sink.deliver(attempt({ text }), abort().signal);
    expect(arrived().sort()).toEqual(texts);
  });

  test('takes many at a time, each whole and once', async () => {
    const { sink, arrived } = await opened();
    const { signal } = abort();
    const texts = Array.from({ length: 40 }, (_, id) =>
      JSON.stringify({ id: `event_${id}`, pad: 'x'.repeat(id * 997) }),
    );
    const outcomes = await Promise.all(texts.map((text) => sink.deliver(attempt({ text }), signal)));
    expect(outcomes).toEqual(texts.map(() => ({ kind: 'acknowledged' })));
    expect(arrived().sort()).toEqual(texts.sort());
  });

  test('takes nothing when it is over already', async () => {
    const { sink, arrived } = await opened();
    const over = abort();
    over.now();
    await expect(sink.deliver(attempt(), over.signal)).rejects.toBe(over.reason);
    expect(arrived()).toEqual([]);
  });

  test('gives up what is under way, and leaves nothing of it behind', async () => {
    const { sink, stall, isQuiet, arrived } = await opened();
    const over = abort();
    const underWay = stall();
    const delivery = sink.deliver(attempt(), over.signal);
    const refused = expect(delivery).rejects.toBe(over.reason);
    await underWay;
    over.now();
    await refused;
    expect(await isQuiet()).toBe(true);
    expect(arrived()).toEqual([]);
  });

  test('listens to the signal no longer than it delivers', async () => {
    const { sink } = await opened();
    const { signal } = abort();
    await sink.deliver(attempt(), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is closed although a delivery was given up', async () => {
    const { sink, stall } = await opened();
    const over = abort();
    const underWay = stall();
    const delivery = sink.deliver(attempt(), over.signal);
    const refused = expect(delivery).rejects.toBe(over.reason);
    await underWay;
    over.now();
    await sink.close();
    await refused;
  });
});
