import { Agent, request } from 'node:http';
import { signatureHeader } from '../../src/domain/webhook-signature.ts';

export interface SentWebhook {
  readonly id: string;
  readonly body: string;
}

/** Sends webhooks as WorkOS does, and writes down which were answered 2xx: the sender's own account. */
export class WebhookLog {
  readonly sent = new Map<string, string>();
  readonly acknowledged = new Set<string>();
  /** Answers that are neither a 2xx nor a reason to send again. */
  readonly wrong: string[] = [];
  /** Answers 503: to be sent again. */
  putOff = 0;
  private readonly secret: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(secret: string) {
    this.secret = secret;
  }

  /** Each about a user of its own, so that no order is promised between two. */
  make(count: number): SentWebhook[] {
    return Array.from({ length: count }, () => {
      const number = String(this.sent.size).padStart(6, '0');
      const id = `event_01HOOK${number}`;
      const at = new Date().toISOString();
      const body = `{"id":"${id}","event":"user.created","data":{"id":"user_${number}","name":"Zo\\u00eb é 😀","rate":1.0},"created_at":"${at}"}`;
      this.sent.set(id, body);
      return { id, body };
    });
  }

  all(): SentWebhook[] {
    return [...this.sent].map(([id, body]) => ({ id, body }));
  }

  /** What WorkOS would send again. */
  unanswered(): SentWebhook[] {
    return this.all().filter(({ id }) => !this.acknowledged.has(id));
  }

  /** So many at a time; ends early, answering false, when nobody is there any more. */
  async send(url: string, webhooks: readonly SentWebhook[], atATime = 1): Promise<boolean> {
    const left = [...webhooks];
    let isUp = true;
    const one = async () => {
      for (let next = left.shift(); next && isUp; next = left.shift()) {
        const status = await this.post(url, next.body);
        if (status === undefined) isUp = false;
        else if (status >= 200 && status < 300) this.acknowledged.add(next.id);
        else if (status === 503) this.putOff += 1;
        else this.wrong.push(`${next.id} was answered ${status}`);
      }
    };
    await Promise.all(Array.from({ length: atATime }, one));
    return isUp;
  }

  /** The status; undefined when there was no whole answer. */
  post(url: string, body: string, headers?: Readonly<Record<string, string>>): Promise<number | undefined> {
    const signed = { 'WorkOS-Signature': signatureHeader(this.secret, Date.now(), body) };
    return new Promise((resolve) => {
      const { agent } = this;
      const length = { 'Content-Length': String(Buffer.byteLength(body)) };
      const call = request(url, { agent, method: 'POST', headers: { ...length, ...(headers ?? signed) } });
      call.on('error', () => resolve(undefined));
      call.on('response', (answer) => {
        answer.on('error', () => resolve(undefined));
        answer.on('close', () => resolve(answer.complete ? answer.statusCode : undefined));
        answer.resume();
      });
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
