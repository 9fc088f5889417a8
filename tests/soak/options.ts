/** What `make soak` can be told. */
import { parseArgs } from 'node:util';

export interface Options {
  readonly minutes: number;
  readonly subscribers: number;
  /** Messages a second. */
  readonly rate: number;
  readonly tokenSeconds: number;
}

export const USAGE = 'usage: tests/soak/main.ts [--minutes 10] [--subscribers 50] [--rate 20] [--token-seconds 20]';

/** @throws {Error} on anything else than numbers above 0; `minutes` and `rate` may be broken ones */
export function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      subscribers: { type: 'string', default: '50' },
      rate: { type: 'string', default: '20' },
      'token-seconds': { type: 'string', default: '20' },
    },
  });
  const number = (name: keyof typeof values) => {
    const value = Number(values[name]);
    if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} ${values[name]} is not a number above 0`);
    return value;
  };
  const whole = (name: keyof typeof values) => {
    const value = number(name);
    if (!Number.isInteger(value)) throw new Error(`--${name} ${values[name]} is not a whole number`);
    return value;
  };
  return {
    minutes: number('minutes'),
    subscribers: whole('subscribers'),
    rate: number('rate'),
    tokenSeconds: whole('token-seconds'),
  };
}
