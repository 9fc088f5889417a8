/** The token vending machine for other CDK apps. */

export { type ChatDeployment, chatSettings } from './chat-settings.ts';
export { ChatSite, type ChatSiteProps } from './chat-site.ts';
export {
  type ArchitectureName,
  type AuthMode,
  ConfigError,
  type LoadedConfig,
  loadConfig,
  type TvmConfig,
} from './config.ts';
export { KeyRotation, type KeyRotationProps } from './key-rotation.ts';
export { Monitoring, type MonitoringProps } from './monitoring.ts';
export { TokenVendingMachine, type TokenVendingMachineProps } from './token-vending-machine.ts';
export { TokenVendingMachineStack, type TokenVendingMachineStackProps } from './token-vending-machine-stack.ts';
