/** How a test has a page do something: by name, with arguments and an answer that can be copied from process to process. */

/** What a page can do. */
// biome-ignore lint/suspicious/noExplicitAny: each action has its own arguments.
export type Actions = Readonly<Record<string, (...args: any[]) => unknown>>;

declare global {
  interface Window {
    act: (name: string, args: readonly unknown[]) => unknown;
  }
}

/** Offers `actions` to the test. */
export function offer(actions: Actions): void {
  window.act = (name, args) => actions[name]?.(...args);
}
