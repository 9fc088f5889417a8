/** A function as a hostile page would make and call it: two requests that no browser asks permission for. */
import { randomUUID } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import type { Sent } from './open-ports.ts';

/** What a browser sends to any origin without a preflight (Fetch standard, "CORS-safelisted request-header"). */
const SIMPLE = { 'Content-Type': 'text/plain' };

/** The requests of a function that writes `file` when it runs. */
export function foreignCode(file: string): { readonly create: Sent; readonly invoke: Sent } {
  const name = `of-a-page-${randomUUID()}`;
  const code = `def handler(event, context):\n    open(${JSON.stringify(file)}, "w").write("the page was here")\n`;
  const zip = Buffer.from(zipSync({ 'index.py': strToU8(code) })).toString('base64');
  const definition = {
    FunctionName: name,
    Runtime: 'python3.12',
    Role: 'arn:aws:iam::000000000000:role/any',
    Handler: 'index.handler',
    Code: { ZipFile: zip },
  };
  const functions = '/2015-03-31/functions';
  return {
    create: { method: 'POST', path: functions, headers: SIMPLE, body: JSON.stringify(definition) },
    invoke: { method: 'POST', path: `${functions}/${name}/invocations`, headers: SIMPLE, body: '{}' },
  };
}
