/**
 * Says what is going on: on a terminal one line a step with its seconds running, elsewhere plain lines.
 *
 * Never prints a secret: steps have fixed titles.
 */

/** What is written to; `process.stdout`, or a test's own. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  /** Its width in characters. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Where an action that takes long says what it is at, line by line. */
export type Watch = (line: string) => void;

/** A line that is redrawn needs a terminal that understands it. */
const CLEAR_LINE = '\r\u001b[2K';
/** A plain log shows a sign of life this often, so that a long build does not look hung. */
const PLAIN_REMINDER_SECONDS = 30;

export class Progress {
  readonly #screen: Screen;
  readonly #lively: boolean;
  readonly #coloured: boolean;

  constructor(screen: Screen, env: NodeJS.ProcessEnv = process.env) {
    this.#screen = screen;
    this.#lively = screen.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'];
    this.#coloured = this.#lively && !env['NO_COLOR'];
  }

  /** Runs `action` under `title`. Of what it returns, `note` is said behind the title. */
  async step<T>(
    title: string,
    action: (watch: Watch) => Promise<T>,
    note: (result: T) => string = () => '',
  ): Promise<T> {
    const started = performance.now();
    const seconds = () => Math.floor((performance.now() - started) / 1000);
    let latest = '';
    const current = () => `${title}${elapsed(seconds())}${latest && ` – ${latest}`}`;
    const timer = this.#lively ? this.#spin(current) : this.#remind(current);
    try {
      const result = await action((line) => {
        latest = line.trim() || latest;
      });
      const said = note(result);
      this.#finish('✓', '32', `${title}${said && ` – ${said}`}`, seconds());
      return result;
    } catch (error) {
      this.#finish('✗', '31', title, seconds());
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** A line of its own. */
  say(text = ''): void {
    this.#screen.write(`${text}\n`);
  }

  /** `text` so that it stands out, where that can be shown. */
  strong(text: string): string {
    return this.#paint('1', text);
  }

  #spin(current: () => string): NodeJS.Timeout {
    // Room for the mark; a line that wraps could not be redrawn.
    const room = () => (this.#screen.columns ?? 80) - 3;
    const draw = () => this.#screen.write(`${CLEAR_LINE}${this.#paint('36', '…')} ${current().slice(0, room())}`);
    draw();
    return setInterval(draw, 1000);
  }

  #remind(current: () => string): NodeJS.Timeout {
    this.say(`… ${current()}`);
    return setInterval(() => this.say(`… ${current()}`), PLAIN_REMINDER_SECONDS * 1000);
  }

  #finish(mark: string, colour: string, text: string, seconds: number): void {
    this.say(`${this.#lively ? CLEAR_LINE : ''}${this.#paint(colour, mark)} ${text}${elapsed(seconds)}`);
  }

  #paint(code: string, text: string): string {
    return this.#coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

function elapsed(seconds: number): string {
  return seconds > 0 ? ` (${seconds} s)` : '';
}
