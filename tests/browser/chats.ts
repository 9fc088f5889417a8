/** The chat of each stack, served as `make local` serves it. */
import { join } from 'node:path';
import { localChatSettings, serveChat, stopChat } from 'local';
import { directory, machine, type StackName } from '../support/machines.ts';

const served = new Map<StackName, string>();

/** Where the chat of `stack` is; it is built and served when it is first asked for. */
export async function chatOf(stack: StackName): Promise<string> {
  const url = served.get(stack) ?? (await serve(stack));
  served.set(stack, url);
  return url;
}

/** Ends them all. */
export async function stopChats(): Promise<void> {
  for (const stack of served.keys()) await stopChat(join(directory(), stack));
  served.clear();
}

async function serve(stack: StackName): Promise<string> {
  const { url } = await serveChat(join(directory(), stack), 0, localChatSettings(machine(stack)));
  return `${url}/`;
}
