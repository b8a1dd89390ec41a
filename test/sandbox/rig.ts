/** A sandbox for one test, and what is asked of it. */
import { onTestFinished } from 'vitest';
import { CATALOGUE } from '../../src/domain/catalogue.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const DAY = 24 * 3_600_000;
export const ALL = CATALOGUE.join(',');

export async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({ count: 500, days: 20, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

interface Got {
  status: number;
  headers: Headers;
  body: {
    data: { id: string; event: string; created_at: string; data: Record<string, unknown> }[];
    list_metadata: { after: string | null };
    [field: string]: unknown;
  };
}

export async function get(
  sandbox: Sandbox,
  path: string,
  query: Record<string, string> = {},
  key = sandbox.apiKey,
): Promise<Got> {
  const answer = await fetch(`${sandbox.url}${path}?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
}

export const events = (sandbox: Sandbox, query: Record<string, string> = {}) =>
  get(sandbox, '/events', { events: ALL, limit: '100', ...query });

/** The ids of all pages. */
export async function walk(sandbox: Sandbox, query: Record<string, string> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let place = {}; ; ) {
    const { data, list_metadata } = (await events(sandbox, { ...query, ...place })).body;
    ids.push(...data.map(({ id }) => id));
    if (list_metadata.after === null) return ids;
    place = { after: list_metadata.after };
  }
}

export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
