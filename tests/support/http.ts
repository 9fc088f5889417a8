/**
 * Requests as they are on the wire, and every answer that there was.
 *
 * Not `fetch`, which changes what a client says: it lowers the names of headers and joins the repeated ones.
 */
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { request as requestByTls } from 'node:https';
import { plant } from './planted.ts';

/** A request, where it is not a plain `GET` of the endpoint. */
export interface Ask {
  readonly method?: string;
  /** What is appended to the endpoint: a path, a query. */
  readonly path?: string;
  /** Names are sent as they are. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, whole. */
export interface Answer {
  /** For messages: what was asked. */
  readonly to: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A token, as design section 4 has it. */
export interface Vended {
  readonly authToken: string;
  readonly expiresAt: number;
}

/** An error, as design section 4 has it. */
export interface ErrorBody {
  readonly message: string;
  readonly code: string;
  readonly requestId: string;
}

/** Every answer since the beginning, in the order in which they came. */
export const answers: Answer[] = [];

/** More than a function may take. */
const PATIENCE_MS = 30_000;

/** Asks `endpoint`. Each request carries a header of its own that nobody has a use for, and nobody may log. */
export async function ask(endpoint: string, what: Ask = {}): Promise<Answer> {
  const method = what.method ?? 'GET';
  const url = `${endpoint}${what.path ?? ''}`;
  const headers = { ...what.headers, 'x-unheard-of': plant('a header that nobody asked for', randomUUID()) };
  const answer = await exchange(url, method, headers);
  answers.push(answer);
  return answer;
}

function exchange(url: string, method: string, headers: NonNullable<Ask['headers']>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestByTls : request;
    const outgoing = send(url, { method, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const { statusCode = 0, headers: received } = incoming;
        const body = Buffer.concat(chunks).toString();
        resolve({ to: `${method} ${new URL(url).pathname}`, status: statusCode, headers: received, body });
      });
    });
    outgoing.once('error', reject);
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.end();
  });
}
