import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../errors.ts';

/** An HTTP server on the loopback address that can go down, and come back, on its port. */
export class LoopbackServer {
  private readonly server;
  private readonly sockets = new Set<Socket>();
  private isOut = false;
  private port = 0;

  constructor(onRequest: RequestListener) {
    this.server = createServer((request, response) => {
      if (!this.isOut) onRequest(request, response);
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      if (this.isOut) socket.resetAndDestroy();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(portError(error, port)));
      this.server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.server.address();
    this.port = address !== null && typeof address === 'object' ? address.port : port;
  }

  /** While out, every connection is reset. */
  outage(isOut: boolean): void {
    this.isOut = isOut;
    if (isOut) for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  const hint = 'Choose another with --port, or --port 0 for any free one.';
  if (error.code === 'EADDRINUSE') {
    return new AppError('port_in_use', `Port ${port} is in use by another program.`, { hint, cause: error });
  }
  if (error.code === 'EACCES') {
    return new AppError('usage', `Port ${port} is not open to this user.`, { hint, cause: error });
  }
  return error;
}
