/** HTTP requests as anybody on this computer, or a browser, could send them: nothing is added but the length of the body. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { request as requestByTls } from 'node:https';

/** A request, where it is not a plain `GET`. */
export interface Ask {
  readonly method?: string;
  /** What is appended to the URL: a path, a query. */
  readonly path?: string;
  /** A list is sent as repeated headers. Names are sent as they are. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** A request that a page could send as well. */
export interface Sent extends Ask {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Came {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** More than a function may take. */
const TIMEOUT_MS = 30_000;

/** Sends just this. Not `fetch`, which has its own `Host`, lowers the names of headers and joins the repeated ones. */
export function send(url: string, { method = 'GET', path = '', headers = {}, body = '' }: Ask): Promise<Came> {
  return new Promise((resolve, reject) => {
    const begin = url.startsWith('https:') ? requestByTls : request;
    const options = { method, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const outgoing = begin(`${url}${path}`, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const { statusCode = 0, headers: received } = incoming;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.once('error', reject);
    if (body !== '') outgoing.setHeader('Content-Length', Buffer.byteLength(body));
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.end(body);
  });
}
