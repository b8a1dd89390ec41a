import { resolve } from 'node:path';
import type { Sink } from '../domain/delivery.ts';
import { type Route, routeOf, routesKey, sinkNames } from '../domain/routes.ts';
import type { SinkSpec } from '../domain/sink-spec.ts';
import type { SinkNeeds } from './sink-needs.ts';

/** Where the events of a run go. */
export interface OpenSinks {
  /** By name. */
  readonly sinks: ReadonlyMap<string, Sink>;
  /** The name of the sink that takes events of a type; undefined when no route does. */
  readonly sinkOf: (type: string) => string | undefined;
  /** Tells whether two runs have the same routes. */
  readonly key: string;
  close(): Promise<void>;
}

type Kind = SinkSpec['kind'];
type SpecOf<K extends Kind> = Extract<SinkSpec, { readonly kind: K }>;
type Maker<K extends Kind> = (name: string, spec: SpecOf<K>, needs: SinkNeeds) => Promise<Sink>;

/** Each is loaded when a route leads to it. */
const MAKERS: { readonly [K in Kind]: Maker<K> } = {
  stdout: async (name, _spec, needs) => new (await import('./stdout.ts')).StdoutSink(name, needs),
  file: async (name, { path }, needs) =>
    new (await import('./file.ts')).FileSink(name, resolve(needs.cwd, path), needs),
  exec: async (name, { argv }, needs) => new (await import('./exec.ts')).ExecSink(name, argv, needs),
  http: async (name, { url }, needs) => new (await import('./http.ts')).HttpSink(name, url, needs),
};

/** One sink a place, however many routes lead there. Rejects with the first that is refused. */
export async function openSinks(routes: readonly Route[], needs: SinkNeeds): Promise<OpenSinks> {
  const nameOf = sinkNames(routes, needs.cwd);
  const sinks = new Map<string, Sink>();
  const named = routes.map((route) => ({ ...route, name: nameOf(route.spec) }));
  for (const { spec, name } of named) {
    if (sinks.has(name)) continue;
    const sink = await make(spec.kind, name, spec, needs);
    await sink.open();
    sinks.set(name, sink);
  }
  return {
    sinks,
    sinkOf: (type) => routeOf(named, type)?.name,
    key: routesKey(routes, needs.cwd),
    close: async () => {
      await Promise.all([...sinks.values()].map((sink) => sink.close()));
    },
  };
}

function make<K extends Kind>(kind: K, name: string, spec: SpecOf<K>, needs: SinkNeeds): Promise<Sink> {
  return MAKERS[kind](name, spec, needs);
}
