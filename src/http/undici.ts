/**
 * The border to undici. Its entry point costs 65–90 ms to load here (fetch, caches, mocks, WebSocket);
 * these modules cost 20. They have no `exports` map and no types of their own, so the version is pinned to
 * one minor line in package.json and the shapes are undici's published ones.
 */
import { createRequire } from 'node:module';
import type { LookupFunction, Socket } from 'node:net';
import type { Agent, buildConnector, Dispatcher, Pool, ProxyAgent } from 'undici';

export type { Dispatcher };

export interface ConnectOptions {
  readonly timeout: number;
  readonly lookup: LookupFunction;
  readonly ca: string | undefined;
}

/** undici's published type leaves out that its connector returns the socket it is connecting. */
export type Connect = (target: buildConnector.Options, callback: buildConnector.Callback) => Socket;

interface AgentModules {
  readonly Agent: typeof Agent;
  readonly Pool: typeof Pool;
  readonly buildConnector: (options: ConnectOptions) => Connect;
}

const require = createRequire(import.meta.url);

export function loadAgent(): AgentModules {
  return {
    Agent: require('undici/lib/dispatcher/agent.js'),
    Pool: require('undici/lib/dispatcher/pool.js'),
    buildConnector: require('undici/lib/core/connect.js'),
  };
}

/** The proxy agent tunnels by `connect`, which undici's entry point mixes into its dispatchers. */
export function loadProxyAgent(): typeof ProxyAgent {
  const { prototype }: { prototype: object } = require('undici/lib/dispatcher/dispatcher.js');
  Object.assign(prototype, { connect: require('undici/lib/api/api-connect.js') });
  return require('undici/lib/dispatcher/proxy-agent.js');
}
