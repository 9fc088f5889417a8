/** The other end of `page/actions.ts`: what a page offers, as a function of the test. */
import type { Page } from 'playwright-core';
import type { Actions } from './page/actions.ts';

/** Has the page do `name`. */
export type Act<A extends Actions> = <N extends keyof A & string>(
  name: N,
  ...args: Parameters<A[N]>
) => Promise<Awaited<ReturnType<A[N]>>>;

/** What `page` offers. */
export function acting<A extends Actions>(page: Page): Act<A> {
  return (name, ...args) => page.evaluate(([what, given]) => window.act(what, given), [name, args] as const) as never;
}
