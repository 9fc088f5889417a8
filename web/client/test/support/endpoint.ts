/** A token vending machine that answers what a test says, as API Gateway would send it. */
import type { FakeClock } from './clock.ts';

export interface Asked {
  readonly url: URL;
  readonly headers: Headers;
  readonly at: number;
}

export type Reply = (asked: Asked) => Response | Promise<Response>;

export class FakeEndpoint {
  readonly address = 'https://tokens.example/prod/';
  readonly asked: Asked[] = [];
  /** How long its tokens live, in seconds. */
  life = 3600;
  /** Whether a page may read `Date`: at its own origin, or where CORS exposes it. */
  showsDate = true;
  /** The header `Token-Grant` of its tokens. */
  grant: string | undefined;
  /** When each token ends, by the world's clock. */
  readonly ends = new Map<string, number>();
  #next: Reply[] = [];
  #vended = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** What comes next, one for each request; then tokens again. */
  reply(...replies: Reply[]): void {
    this.#next.push(...replies);
  }

  /** Tokens again, whatever was to come. */
  recover(): void {
    this.#next = [];
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const asked = { url: new URL(String(input)), headers: new Headers(init?.headers), at: this.#clock.now() };
    this.asked.push(asked);
    const reply = this.#next.shift() ?? (() => this.token());
    const aborted = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
    return Promise.race([reply(asked), aborted]);
  };

  /** The next token: `token-1`, `token-2`, … */
  token(life = this.life): Response {
    this.#vended += 1;
    const expiresAt = Math.floor(this.#clock.world() / 1000) + life;
    this.ends.set(`token-${this.#vended}`, expiresAt * 1000);
    const headers = this.grant === undefined ? {} : { 'Token-Grant': this.grant };
    return this.answer(200, { authToken: `token-${this.#vended}`, expiresAt }, headers);
  }

  refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
    return this.answer(status, { message: 'What to do.', code, requestId: 'request-1' }, headers);
  }

  answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
    const date = this.showsDate ? { Date: new Date(this.#clock.world()).toUTCString() } : {};
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: { ...date, ...headers },
    });
  }
}
