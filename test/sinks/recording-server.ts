import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As sent, in turn name and value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface RecordingServer {
  readonly url: string;
  readonly recorded: Recorded[];
  /** How the next requests are answered; 200 until it is said. */
  answer: (response: ServerResponse, request: Recorded) => void;
  close(): Promise<void>;
}

/** A webhook handler that writes down what it gets, whole requests only. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers, rawHeaders } = request;
      const recorded = { method, path, headers, rawHeaders, body: Buffer.concat(chunks) };
      recording.recorded.push(recorded);
      recording.answer(response, recorded);
    });
    request.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const recording: RecordingServer = {
    url: `http://127.0.0.1:${port}`,
    recorded: [],
    answer: (response) => response.end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return recording;
}
