/** How the chat page is built: by the CDK app, and by `make local`. Nothing of AWS is imported here. */

/** The folder of the page, in the repository. */
export const CHAT = 'web/chat';

/** Where the published package has the page, which is built there. */
export const BUILT_CHAT = 'web/chat/page';

/** What builds the page into `outDir`, run in the repository. What was in the folder before is gone then. */
export function chatBuild(outDir: string): { readonly program: string; readonly args: readonly string[] } {
  return {
    program: 'npm',
    args: [
      'run',
      '--silent',
      'build',
      '--workspace',
      CHAT,
      '--',
      '--outDir',
      outDir,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ],
  };
}
