import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import type { Handing } from '../flows/deliver/routing.ts';
import type { ListenRequest } from '../flows/listen/listen.ts';
import type { Io } from '../io.ts';
import {
  addDeliverFlags,
  addNoDeliverFlag,
  policyFrom,
  refuseTwoAnswers,
  takesStdout,
} from './deliver-flags.ts';
import { addOutputFlags, addSecretFlags, addStoreFlag, durationOption, streamOption } from './flags.ts';
import {
  allowedAddresses,
  bodySize,
  type ListenOptions,
  listeningHost,
  portNumber,
  proxyHops,
  webhookPath,
} from './listen/options.ts';

export function registerListen(program: Command, io: Io, done: (status: number) => void): void {
  const command = program
    .command('listen')
    .summary('take webhooks, lose none, and deliver them')
    .description(
      'Takes webhooks of WorkOS until it is told to end: verifies each, answers once it is durable in the store, then delivers it if told where to.',
    )
    .addOption(streamOption('the stream to take them into'))
    .addOption(
      new Option('--port <n>', 'port to take them on; 0 for a free one').default(4000).argParser(portNumber),
    )
    .addOption(
      new Option('--host <address>', 'address to take them on').default('127.0.0.1').argParser(listeningHost),
    )
    .addOption(
      new Option('--path <path>', 'path of the endpoint').default('/webhooks/workos').argParser(webhookPath),
    )
    .addOption(
      new Option('--max-body <size>', 'largest body, such as 512kb')
        .default(1024 ** 2, '1mb')
        .argParser(bodySize),
    )
    .addOption(
      durationOption('--tolerance', 'how far a signed time may be from now, before or after', '180s'),
    )
    .addOption(
      new Option(
        '--allow-ip <address>',
        'who may send: workos, an address, or a range such as 10.0.0.0/8; repeatable',
      ).argParser(allowedAddresses),
    )
    .addOption(
      new Option('--trust-proxy <hops>', 'proxies of yours in front, which write X-Forwarded-For')
        .default(0)
        .argParser(proxyHops),
    );
  addNoDeliverFlag(addDeliverFlags(command));
  addStoreFlag(addSecretFlags(addOutputFlags(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ workos-events listen                                 keep every webhook that comes to port 4000
  $ workos-events listen --deliver 'exec:./on-event.sh'  and hand each new event over
  $ workos-events listen --host 0.0.0.0 --allow-ip workos --trust-proxy 1   behind a load balancer
  $ workos-events listen --secret-file new --secret-file old   while a secret is rotated`,
    )
    .action(async (options: ListenOptions) => done(await runListen(options, io)));
}

/** Exit status: 0; it ends by the signal that told it to. */
export async function runListen(options: ListenOptions, io: Io): Promise<number> {
  refuseTwoAnswers(options);
  const { Context } = await import('../context.ts');
  const context = new Context(io, options);
  try {
    // What the configuration lacks is said before a sink is opened.
    const secrets = context.config.webhookSecrets(options.secretFile ?? []);
    const { knownEnvironment: environment } = context.config;
    const handing = await handingFrom(options, context);
    const request = { ...requestFrom(options), secrets, environment, handing };
    const { listen } = await import('../flows/listen/listen.ts');
    const { port, host, path, maxBody: maxBodyBytes, allowIp: allowed, trustProxy: hops } = options;
    const served = { port, host, path, maxBodyBytes, allowed, proxyHops: hops };
    const result = await listen(
      {
        clock: context.clock,
        report: context.report,
        random: Math.random,
        openStore: () => context.receivingStore(),
        createServer: (handler) => context.webhookServer(served, handler),
        signal: io.signal,
      },
      request,
    );
    await context.finishReport();
    const { ListenAnswer } = await import('../output/listen-answer.ts');
    await new ListenAnswer(io, { ...options, onStderr: takesStdout(options) }).give(result);
    return 0;
  } finally {
    await context.close();
  }
}

async function handingFrom(options: ListenOptions, context: Context): Promise<Handing> {
  const { deliver } = options;
  if (deliver === false) return { kind: 'left' };
  if (deliver === undefined) return { kind: 'kept' };
  return { kind: 'routed', routing: await context.routing({ ...options, deliver }, []) };
}

function requestFrom(options: ListenOptions): Pick<ListenRequest, 'stream' | 'toleranceMs' | 'policy'> {
  return { stream: options.stream, toleranceMs: options.tolerance, policy: policyFrom(options) };
}
