/**
 * Abort signals as every runtime has them: those of React Native (abort-controller 3.0.0) have neither `reason` nor
 * `throwIfAborted`.
 */

/** Why `signal` was aborted. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? Object.assign(new Error('It was aborted.'), { name: 'AbortError' });
}

/** Throws {@link abortReason} if `signal` was aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}
