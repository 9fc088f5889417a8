import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../model/store.ts';

/** The value of `store`, for as long as the component is there. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw((count) => count + 1);
    // It may have changed between the drawing and the listening.
    listener();
    return store.listen(listener);
  }, [store]);
  return store.get();
}
