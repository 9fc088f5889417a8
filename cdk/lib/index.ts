/** The token vending machine for other CDK apps. */

export type {
  BearerMachine,
  CognitoMachine,
  CredentialsMachine,
  DemoUser,
  Endpoint as ChatEndpoint,
  Machine as ChatMachine,
  OpenMachine,
  SessionMachine,
  Settings as ChatPageSettings,
} from '../../web/chat/src/settings.ts';
export type { Access } from './access.ts';
export type { Watched } from './alarms.ts';
export type {
  ApiTable,
  ArchitectureName,
  AuthMode,
  AuthorizerTable,
  BuildTable,
  CognitoTable,
  ConfigSource,
  CredentialsPlace,
  DeploymentTable,
  DomainTable,
  FunctionsTable,
  Group,
  LimitsTable,
  MomentoTable,
  MonitoringTable,
  PasswordTable,
  Permission,
  ReuseTable,
  SecretsTable,
  Selector,
  TokenTable,
  TvmConfig,
  UsagePlanTable,
  WafTable,
  WebTable,
} from './canonical-config.ts';
export { type ChatDeployment, chatSettings } from './chat-settings.ts';
export { ChatSite, type ChatSiteProps } from './chat-site.ts';
export { type LoadedConfig, loadConfig, loadRenderedConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { Endpoint, type EndpointProps } from './endpoint.ts';
export { EndpointDomain, type EndpointDomainProps } from './endpoint-domain.ts';
export type { GivenResources } from './given.ts';
export { InvalidProps } from './invalid-props.ts';
export { KeyRotation, type KeyRotationProps } from './key-rotation.ts';
export {
  type CredentialsProof,
  LambdaAuthorizer,
  type LambdaAuthorizerProps,
  type TokenProof,
} from './lambda-authorizer.ts';
export type { LogSettings } from './log-group.ts';
export type { MachineFunctionSettings } from './machine-function.ts';
export { MachineMetrics, type TokenOrigin } from './metrics.ts';
export { Monitoring, type MonitoringProps } from './monitoring.ts';
export type { Network } from './network.ts';
export type { SecretReference } from './secret-reference.ts';
export { TokenVendingMachine, type TokenVendingMachineProps } from './token-vending-machine.ts';
export { TokenVendingMachineStack, type TokenVendingMachineStackProps } from './token-vending-machine-stack.ts';
export { KeyedUsage, type KeyedUsageProps } from './usage-plan.ts';
export { UserDirectory, type UserDirectoryProps } from './user-directory.ts';
