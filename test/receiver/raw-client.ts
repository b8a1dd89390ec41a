import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One connection, of which every byte is seen. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  isOver = false;
  wasReset = false;
  #onChange: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    const change = () => {
      for (const look of this.#onChange.splice(0)) look();
    };
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
      change();
    });
    socket.on('error', () => {
      this.wasReset = true;
    });
    socket.on('close', () => {
      this.isOver = true;
      change();
    });
    onTestFinished(() => {
      socket.destroy();
    });
  }

  static async to(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  /** Statuses of what has been answered so far. */
  get statuses(): number[] {
    return [...this.text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  }

  async until(holds: () => boolean): Promise<this> {
    while (!holds()) {
      if (this.isOver) throw new Error(`the connection ended with: ${this.text}`);
      await new Promise<void>((resolve) => this.#onChange.push(resolve));
    }
    return this;
  }

  /** The first so many answers. */
  async answers(count: number): Promise<number[]> {
    return (await this.until(() => this.statuses.length >= count)).statuses;
  }

  async ended(): Promise<this> {
    while (!this.isOver) await new Promise<void>((resolve) => this.#onChange.push(resolve));
    return this;
  }
}

/** A request's head, and the body that follows. */
export function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { Host: 'test', 'Content-Length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
