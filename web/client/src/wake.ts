/** Moments at which what was held may have gone stale: the device slept, the network came back, the page is seen again. */
import type { Environment } from './environment.ts';

/** What happened: timers may be late (`visible`), or connections dead as well (`online`, `slept`). */
export type Wake = 'visible' | 'online' | 'slept';

const TICK_MS = 15_000;
/** Browsers let a hidden page's timers run once a minute; whatever is later than that was sleep. */
const LATE_MS = 75_000;

/** Calls `listener` at each wake, until what it returns is called. */
export function watchWakes(environment: Environment, listener: (wake: Wake) => void): () => void {
  const { clock, document, window } = environment;
  const off: (() => void)[] = [];
  const on = (target: EventTarget | undefined, event: string, react: (event: Event) => void) => {
    target?.addEventListener(event, react);
    off.push(() => target?.removeEventListener(event, react));
  };
  on(document, 'visibilitychange', () => {
    if (document?.visibilityState === 'visible') listener('visible');
  });
  on(document, 'resume', () => listener('slept'));
  on(window, 'online', () => listener('online'));
  // A page that comes out of the back/forward cache was frozen, its connections closed.
  on(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) listener('slept');
  });

  let cancelTick = () => {};
  const tick = (last: number) => {
    cancelTick = clock.inBackground(TICK_MS, () => {
      const now = clock.now();
      tick(now);
      if (now - last > TICK_MS + LATE_MS) listener('slept');
    });
  };
  tick(clock.now());
  off.push(() => cancelTick());
  return () => {
    for (const remove of off) remove();
  };
}
