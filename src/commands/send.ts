import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CATALOGUE } from '../domain/catalogue.ts';
import { OWN_SECRETS } from '../domain/child-environment.ts';
import { summarizeEvent } from '../domain/event-summary.ts';
import type { KeptEvent } from '../domain/kept-event.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { OutgoingEvent, SentEvent } from '../domain/sent-event.ts';
import { parseSinkSpec, sinkName } from '../domain/sink-spec.ts';
import { AppError } from '../errors.ts';
import type { Io } from '../io.ts';
import { addOutputFlags, addSecretFlags, addStoreFlag, type OutputFlags, type SecretFlags } from './flags.ts';
import { readInput } from './read-input.ts';
import { withStore } from './store/session.ts';

export interface SendFlags extends OutputFlags, SecretFlags {
  readonly to: string;
  readonly file?: string;
  readonly type?: string;
  readonly insecureHttp?: boolean;
  readonly store?: string;
}

export function registerSend(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('send')
    .summary('sign events as WorkOS does and POST them to a webhook endpoint')
    .description(
      'Signs events as WorkOS does, POSTs them to a webhook endpoint, and says what its answer means.',
    )
    .argument('[event-id...]', 'events of the store')
    .option('--file <file>', 'events of a file: JSON, or one a line; - for stdin')
    .option('--type <type>', 'a sample of this type, such as user.created')
    .requiredOption('--to <url>', 'the address of the endpoint')
    .option('--insecure-http', 'allow http: to another machine');
  addSecretFlags(addStoreFlag(addOutputFlags(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events send --type user.created --to http://127.0.0.1:3000/webhooks/workos
  $ workos-events send event_01HXYZ --to https://app.example/webhooks/workos
  $ workos-events send --file event.json --to http://127.0.0.1:3000/webhooks/workos --json`,
    )
    .action(async (ids: string[], flags: SendFlags) => done(await runSend(ids, flags, io)));
}

/** Exit status: 1 when one of them was not answered with 2xx. */
export async function runSend(ids: readonly string[], flags: SendFlags, io: Io): Promise<number> {
  refuseOtherThanOne(ids, flags);
  const spec = parseSinkSpec(flags.to, { insecureHttp: flags.insecureHttp ?? false });
  if (spec.kind !== 'http') throw noAddress(flags.to);
  const { Context } = await import('../context.ts');
  const context = new Context(io, flags);
  try {
    const [{ value: secret }] = context.config.webhookSecrets(flags.secretFile ?? []);
    const to = sinkName(spec);
    const events = await eventsOf(ids, { ...flags, to }, context, io);
    const { sendEvents } = await import('../flows/send-events.ts');
    const { sentJson, sentText, hintsText } = await import('../output/sent-events.ts');
    const { styleFor } = await import('../output/style.ts');
    const style = styleFor({ isTTY: io.stdout.isTTY, env: io.env, flag: flags.color });
    const own = Object.values(context.config.values(OWN_SECRETS)).filter((value) => value !== undefined);
    const request = { url: spec.url, secret, events, neverQuoted: [secret, ...own], signal: io.signal };
    const sent: SentEvent[] = [];
    const ports = { http: await context.webClient(), clock: context.clock };
    for await (const one of sendEvents(request, ports)) {
      sent.push(one);
      if (!flags.json) await io.stdout.write(sentText(one, style));
    }
    await io.stdout.write(flags.json ? `${JSON.stringify(sentJson(to, sent))}\n` : hintsText(sent, style));
    return sent.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await context.close();
  }
}

async function eventsOf(
  ids: readonly string[],
  { file, type, to, ...flags }: SendFlags,
  context: Context,
  io: Io,
): Promise<readonly OutgoingEvent[]> {
  if (file !== undefined) {
    const { bytes, name } = await readInput(file, '--file', io);
    const { eventTexts } = await import('../domain/event-file.ts');
    return eventTexts(bytes, name).map(outgoing);
  }
  if (type !== undefined) {
    const text = await context.sampleEvent(type);
    if (text === undefined) throw unknownType(type);
    return [outgoing(text)];
  }
  return await withStore(context.keptEvents(), flags, io, (store) =>
    ids.map((id) => keptEvent(store.event(id), id, store.path, to)),
  );
}

function outgoing(text: string): OutgoingEvent {
  const { id = null, type = null } = summarizeEvent(Buffer.from(text)) ?? {};
  return { id, type, text };
}

function keptEvent(event: KeptEvent | undefined, id: string, path: string, to: string): OutgoingEvent {
  if (!event) {
    throw new AppError('unknown_event', `There is no event ${id} in the store ${path}.`, {
      hint: '`workos-events store export` lists what is there. Nothing was sent.',
    });
  }
  const { text, type, createdAtMs } = event;
  if (text !== null) return { id, type, text };
  const [from, until] = [createdAtMs, createdAtMs + 1].map((ms) => new Date(ms).toISOString());
  throw new AppError('unknown_event', `The content of event ${id} was pruned; only its id is kept.`, {
    hint: `WorkOS lists it for 90 days. To send it again from there, with what else happened at that moment:\nworkos-events reconcile --from ${from} --to ${until} --replay --deliver '${to}'\nNothing was sent.`,
  });
}

function refuseOtherThanOne(ids: readonly string[], { file, type, secretFile }: SendFlags): void {
  const given = [ids.length > 0, file !== undefined, type !== undefined].filter(Boolean).length;
  if (given === 1 && (secretFile?.length ?? 0) <= 1) return;
  if (given === 1) {
    throw new AppError('usage', '--secret-file is given twice, but one secret signs.', {
      hint: 'Give the one that the handler verifies with.',
    });
  }
  throw new AppError(
    'usage',
    given === 0 ? 'There is nothing to send.' : 'Event ids, --file and --type do not go together.',
    { hint: 'Give ids of events in the store, or --file FILE, or --type user.created for a sample.' },
  );
}

function noAddress(to: string): AppError {
  return new AppError('invalid_route', `--to ${to} is no web address.`, {
    hint: 'Write it like http://127.0.0.1:3000/webhooks/workos.',
  });
}

function unknownType(type: string): AppError {
  const nearest = nearestName(type, CATALOGUE);
  return new AppError('unknown_event_type', `There is no sample of the event type ${type}.`, {
    hint: nearest === undefined ? 'Types look like user.created.' : `Did you mean ${nearest}?`,
  });
}
