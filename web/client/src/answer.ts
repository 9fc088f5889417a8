/** One HTTP request, answered within a time or not at all. */
import { throwIfAborted } from './abort.ts';
import type { Clock } from './clock.ts';
import { TokenError } from './errors.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly type: ResponseType;
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Whom to ask, and with what. */
export interface Question {
  readonly url: string;
  readonly init: RequestInit;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** API Gateway gives up after 29 s; the vending function is meant to answer within a few. */
const TIMEOUT_MS = 15_000;

/** Rejects with a {@link TokenError} of kind `unreachable`, or with the reason of the signal. */
export async function answerTo({ url, init, fetch, clock, signal }: Question): Promise<Answer> {
  const controller = new AbortController();
  const giveUp = () => controller.abort();
  const cancelTimeout = clock.after(TIMEOUT_MS, giveUp);
  signal.addEventListener('abort', giveUp);
  try {
    throwIfAborted(signal);
    // A redirect would take the credentials along to wherever it points.
    const all = { ...init, cache: 'no-store', redirect: 'manual', signal: controller.signal } as const;
    const response = await fetch(url, all);
    const { type, ok, status, headers } = response;
    return { type, ok, status, headers, body: type === 'opaqueredirect' ? undefined : parse(await response.text()) };
  } catch (cause) {
    throwIfAborted(signal);
    const why = controller.signal.aborted ? `did not answer within ${TIMEOUT_MS / 1_000} s` : 'cannot be reached';
    throw new TokenError('unreachable', `The endpoint ${why}.`, { cause });
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', giveUp);
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
