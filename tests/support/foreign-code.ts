/**
 * Functions for the emulator, of a few lines of Python: one as a hostile page would make and call it, by requests that no browser
 * asks permission for, and one that a program runs.
 */
import { randomUUID } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import type { Sent } from './raw-http.ts';

/** What a browser sends to any origin without a preflight (Fetch standard, "CORS-safelisted request-header"). */
const SIMPLE = { 'Content-Type': 'text/plain' };
const FUNCTIONS = '/2015-03-31/functions';
/** How the functions of {@link foreignCode} begin. */
export const FOREIGN = 'of-a-page';

/** A program that speaks the Lambda Runtime API (AWS Lambda Developer Guide, "Using the Lambda runtime API"), and says where. */
const RUNTIME = `#!/usr/bin/env python3
import json, os, urllib.request as web
at = os.environ["AWS_LAMBDA_RUNTIME_API"]
api = f"http://{at}/2018-06-01/runtime/invocation/"
while True:
    event = web.urlopen(api + "next")
    id = event.headers["Lambda-Runtime-Aws-Request-Id"]
    web.urlopen(web.Request(f"{api}{id}/response", data=json.dumps({"at": at}).encode()))
`;

/** The requests of a function that writes `file` when it runs. */
export function foreignCode(file: string): { readonly create: Sent; readonly invoke: Sent } {
  const code = `def handler(event, context):\n    open(${JSON.stringify(file)}, "w").write("the page was here")\n`;
  return requests(`${FOREIGN}-${randomUUID()}`, 'python3.12', { 'index.py': code });
}

/** The requests that make and call a function that answers `{"at": "HOST:PORT"}`: where it takes its events from. */
export function runningFunction(): readonly Sent[] {
  const { create, invoke } = requests('asking', 'provided.al2023', { bootstrap: RUNTIME });
  return [create, invoke];
}

function requests(name: string, runtime: string, files: Readonly<Record<string, string>>) {
  const zipped = Object.entries(files).map(([file, text]) => [file, strToU8(text)] as const);
  const definition = {
    FunctionName: name,
    Runtime: runtime,
    Role: 'arn:aws:iam::000000000000:role/any',
    Handler: 'index.handler',
    Timeout: 10,
    Code: { ZipFile: Buffer.from(zipSync(Object.fromEntries(zipped))).toString('base64') },
  };
  return {
    create: { method: 'POST', path: FUNCTIONS, headers: SIMPLE, body: JSON.stringify(definition) },
    invoke: { method: 'POST', path: `${FUNCTIONS}/${name}/invocations`, headers: SIMPLE, body: '{}' },
  };
}
