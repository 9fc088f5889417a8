/** The local machine as a library: what `make local` does, for the tests to do with stacks and ports of their own. */
export { approve } from './aws/approval.ts';
export { answering, type BroughtUp, bringUp } from './aws/deploy.ts';
export type { Approval, CloudOptions } from './aws/options.ts';
export { Cloud } from './aws/stack.ts';
export { buildTools, buildWholeTvm, type Tools } from './build.ts';
export { buildChat, localChatSettings, serveChat, stopChat } from './chat.ts';
export { type EffectiveConfig, effectiveConfig } from './config.ts';
export type { Running } from './daemon.ts';
export { makePackage, packNpm } from './dist/npm-package.ts';
export { serverEnvironment } from './embedded.ts';
export { type AwsConfig, clientConfig, clientEnvironment, ensureEmulator, REGION } from './emulator.ts';
export { Failure } from './failure.ts';
export { apiKeyIn, ensureMomento } from './local-momento.ts';
export { cacheClient, createCaches, credentialsFor, topicClient } from './momento.ts';
export {
  AUTH_MODES,
  type AuthMode,
  type BackEndOptions,
  type LocalOptions,
  optionsFrom,
  ROOT,
  type StackOptions,
} from './options.ts';
export { type DemoUser, localEndpoint, type Outputs, readOutputs, required, type StackOutputs } from './outputs.ts';
export { Progress, type Screen } from './progress.ts';
export { putSecret } from './secrets.ts';
export { type BackEnds, type DeployedStack, deployStack, provideUsers, startBackEnds, stopBackEnds } from './stack.ts';
export { credentialHeaders, signIn, type TokenRequest, tokenRequest, type VendedToken, vend } from './vend.ts';
