/** What the browser tells of this tab: its storage, and whether there is a network. */
import { useEffect, useState } from 'preact/hooks';

/** Kept for the tab alone. A browser that keeps nothing for the page throws. */
export const tabStorage = (): Storage => sessionStorage;

/** Whether this device has a network, as far as the browser knows. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    for (const event of ['online', 'offline']) addEventListener(event, look);
    return () => {
      for (const event of ['online', 'offline']) removeEventListener(event, look);
    };
  }, []);
  return online;
}
