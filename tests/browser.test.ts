/**
 * What happens in a browser: real Chromium, with the deployed machine and the local Momento.
 *
 * The order of the behaviours, and the life of what they run on; each says in its own file what is real. Without a Chromium
 * they are skipped.
 */
import { after, before, test } from 'node:test';
import { chat } from './behaviours/chat.ts';
import { clientInAPage } from './behaviours/client-in-a-page.ts';
import { dropIn } from './behaviours/drop-in.ts';
import { embeddedChat } from './behaviours/embedded-chat.ts';
import { theBrowserTells } from './behaviours/the-browser-tells.ts';
import { webExamples } from './behaviours/web-examples.ts';
import { stopChats } from './browser/chats.ts';
import { findChromium } from './browser/chromium.ts';
import { closeBrowser, openBrowser } from './browser/shared-browser.ts';
import { startMachines, stopMachines } from './support/machines.ts';

const found = findChromium();
if ('why' in found) test('in a browser', { skip: found.why });
else inTheBrowser(found.path);

function inTheBrowser(path: string): void {
  before(async () => {
    await startMachines({
      dir: 'test-browser',
      stacks: ['Open', 'LambdaAuthorizer', 'AmazonCognito', 'ShortLived'],
      tokenSeconds: 6,
    });
    await openBrowser(path);
  });
  after(async () => {
    await closeBrowser();
    await stopChats();
    await stopMachines();
  });

  theBrowserTells();
  clientInAPage();
  dropIn();
  chat();
  embeddedChat();
  webExamples();
}
