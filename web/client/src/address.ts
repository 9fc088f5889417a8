/**
 * The address that a request goes to. It is put together as text: `searchParams.set` of React Native's `URL` throws "not
 * implemented" (react-native 0.72, Libraries/Blob/URL.js), and `fetch` knows better than `location` what a relative address is
 * relative to (in an `<iframe srcdoc>`, `location` is `about:srcdoc`).
 */
import { TokenError } from './errors.ts';

/** `endpoint` with `query`, whose values replace those of the same names in `endpoint`. */
export function addressOf(endpoint: string, query: Readonly<Record<string, string>>): string {
  if (globalThis.location === undefined && !/^https?:/i.test(endpoint)) {
    throw new TokenError(
      'malformed',
      `The endpoint "${endpoint}" is relative, and there is no page here that it could be relative to: give all of its address.`,
    );
  }
  const [beforeHash = ''] = endpoint.split('#', 1);
  const [path = '', ...given] = beforeHash.split('?');
  const kept = given
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !(nameOf(pair) in query));
  const added = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const all = [...kept, ...added].join('&');
  return all === '' ? path : `${path}?${all}`;
}

/** As forms do it. Half a character, which has no encoding, is replaced. */
function encoded(text: string): string {
  const whole = Array.from(text, (character) => (/^[\uD800-\uDFFF]$/.test(character) ? '\uFFFD' : character)).join('');
  return encodeURIComponent(whole).replaceAll('%20', '+');
}

function nameOf(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
