/** Requests to an endpoint as they are on the wire, and every answer that there was. */
import { randomUUID } from 'node:crypto';
import { plant } from './planted.ts';
import { type Ask, type Came, send } from './raw-http.ts';

export type { Ask };

/** An answer, whole. */
export interface Answer extends Came {
  /** For messages: what was asked. */
  readonly to: string;
}

/** The body of a 200. */
export interface Vended {
  readonly authToken: string;
  readonly expiresAt: number;
}

/** The body of every error. */
export interface ErrorBody {
  readonly message: string;
  readonly code: string;
  readonly requestId: string;
}

/** Every answer since the beginning, in the order in which they came. */
export const answers: Answer[] = [];

/** Asks `endpoint`. Each request carries a header of its own that nobody has a use for, and nobody may log. */
export async function ask(endpoint: string, { method = 'GET', path = '', headers }: Ask = {}): Promise<Answer> {
  const marked = { ...headers, 'x-unheard-of': plant('a header that nobody asked for', randomUUID()) };
  const came = await send(endpoint, { method, path, headers: marked });
  const answer = { to: `${method} ${new URL(endpoint + path).pathname}`, ...came };
  answers.push(answer);
  return answer;
}
