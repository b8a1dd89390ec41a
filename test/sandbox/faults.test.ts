import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { parseFaultSpec } from '../../src/sandbox/fault-spec.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { ago, DAY, events, start } from './rig.ts';

describe('what goes wrong on request', () => {
  it('is parsed, or refused with the known faults', () => {
    expect(parseFaultSpec('429:5%,reset:0.5%')).toEqual([
      { kind: '429', share: 0.05 },
      { kind: 'reset', share: 0.005 },
    ]);
    for (const odd of ['', '429', '418:5%', '429:0%', '429:80%,500:30%', 'reset:5'])
      expect(() => parseFaultSpec(odd)).toThrow(/--fail/);
  });

  it('is scripted by the request, and the log vouches only for whole answers', async () => {
    const sandbox = await start({
      script: ({ ordinal }) =>
        [{ reset: true }, { cutAfter: 50 }, { status: 500, body: '{}' }, { edit: () => ({ data: null }) }][
          ordinal
        ],
    });
    await expect(events(sandbox)).rejects.toThrow();
    await expect(events(sandbox)).rejects.toThrow();
    expect((await events(sandbox)).status).toBe(500);
    expect((await events(sandbox)).body).toEqual({ data: null });
    expect(sandbox.log.sentIds().size).toBe(0);
    await events(sandbox);
    expect(sandbox.log.sentIds().size).toBe(100);
  });

  it('sends a body in parts, in chunks and cut in two ways', async () => {
    const sandbox = await start({
      script: ({ ordinal }) =>
        [
          { pauseInBody: { afterBytes: 20, ms: 30 } },
          { chunked: true },
          { chunked: true, cutAfter: 20 },
          { cutAfter: 20, reset: true },
        ][ordinal],
    });
    const sentAt = performance.now();
    expect((await events(sandbox)).body.data).toHaveLength(100);
    expect(performance.now() - sentAt).toBeGreaterThan(25);
    expect((await events(sandbox)).headers.get('transfer-encoding')).toBe('chunked');
    await expect(events(sandbox)).rejects.toThrow();
    await expect(events(sandbox)).rejects.toThrow();
    expect(sandbox.log.requests.map(({ status, ids }) => [status, ids.length])).toEqual([
      [200, 100],
      [200, 100],
      [200, 0],
      [200, 0],
    ]);
  });

  it('puts something in front of a page, which is still one', async () => {
    const sandbox = await start({ script: () => ({ prefix: '!' }) });
    await expect(events(sandbox)).rejects.toThrow("Unexpected token '!'");
    expect(sandbox.log.sentIds().size).toBe(100);
  });

  it('departs from the platform as other servers do', async () => {
    const sandbox = await start({ count: 150 });
    const ids = sandbox.listed(CATALOGUE).map(({ id }) => id);
    const first = async (query: Record<string, string>) =>
      (await events(sandbox, { limit: '1', ...query })).body.data[0];
    sandbox.quirks = { obeysOrder: true };
    expect((await first({}))?.id).toBe(ids.at(-1));
    expect((await first({ after: ids.at(-1) ?? '' }))?.id).toBe(ids.at(-2));
    expect((await first({ order: 'asc' }))?.id).toBe(ids[0]);
    sandbox.quirks = { ignoresRanges: true };
    expect((await first({ range_start: ago(DAY) }))?.id).toBe(ids[0]);
    sandbox.quirks = { ignoresEvents: true };
    expect((await first({ events: 'no.such' }))?.id).toBe(ids[0]);
    expect((await first({ 'events[]': 'session.created' }))?.event).toBe('session.created');
    sandbox.quirks = { refusesAfterWithRangeEnd: true };
    expect((await events(sandbox, { after: ids[0] ?? '', range_end: ago(0) })).status).toBe(422);
    sandbox.quirks = { unknownCursor: 'from_start' };
    expect((await first({ after: 'event_gone' }))?.id).toBe(ids[0]);
    sandbox.quirks = { unknownCursor: 'empty' };
    expect((await events(sandbox, { after: 'event_gone' })).body).toMatchObject({
      data: [],
      list_metadata: { after: null },
    });
    sandbox.quirks = { unknownName: '422', knownNames: ['user.created'] };
    expect((await events(sandbox)).status).toBe(422);
    sandbox.quirks = { unknownName: 'ignore', knownNames: ['user.created'] };
    expect((await events(sandbox)).status).toBe(200);
  });

  it('makes a share of the requests fail', async () => {
    const sandbox = await start({ faults: parseFaultSpec('500:50%,502:50%') });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        fetch(`${sandbox.url}/events`, { headers: { authorization: `Bearer ${sandbox.apiKey}` } }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([500, 502]));
    sandbox.faults = [];
    expect((await events(sandbox)).status).toBe(200);
  });

  it('an outage resets every connection until it is over, also what is under way', async () => {
    const sandbox = await start({
      script: ({ ordinal }) => (ordinal === 0 ? { pauseMs: 60_000 } : undefined),
    });
    const refused = expect(events(sandbox)).rejects.toThrow();
    await expect.poll(() => sandbox.log.requests.length).toBe(1);
    sandbox.outage(true);
    await refused;
    await expect(events(sandbox)).rejects.toThrow();
    sandbox.outage(false);
    expect((await events(sandbox)).status).toBe(200);
  });

  it('closing ends what is under way', async () => {
    const sandbox = await createSandbox({
      count: 1,
      script: () => ({ pauseInBody: { afterBytes: 5, ms: 60_000 } }),
    });
    const answer = await fetch(`${sandbox.url}/events`);
    const cut = expect(answer.text()).rejects.toThrow();
    await sandbox.close();
    await cut;
  });

  it('a port in use is refused with the fix', async () => {
    const { url } = await start();
    await expect(createSandbox({ port: Number(new URL(url).port), count: 1 })).rejects.toMatchObject({
      code: 'port_in_use',
    });
  });
});
