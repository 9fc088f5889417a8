/** Calls what the app gave. Its exception is the app's to see (`window.onerror`), and stops nothing here. */
export function safely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
