/**
 * The stack that `make local` and `make deploy` deploy: one machine, the parameter for its key, and its outputs.
 *
 * The names of the parameter and of the outputs are a contract: scripts and the JavaScript original's users rely on them.
 */

import { CfnOutput, CfnParameter, CfnRule, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { emulatedUrl } from './emulated.ts';
import { TokenVendingMachine, type TokenVendingMachineProps } from './token-vending-machine.ts';

/** @see TokenVendingMachineStack */
export interface TokenVendingMachineStackProps extends StackProps, Omit<TokenVendingMachineProps, 'apiKeyParameter'> {
  /**
   * Where a local emulator of AWS answers, such as `http://127.0.0.1:4566`. The output `Endpoint` is then an address there: the name that
   * AWS would give to the API may be the API of a stranger, who would get the passwords of callers.
   * @default - none: the stack is for AWS
   */
  readonly emulatorUrl?: string;
}

/** A stack with one token vending machine. */
export class TokenVendingMachineStack extends Stack {
  readonly machine: TokenVendingMachine;

  constructor(scope: Construct, id: string, props: TokenVendingMachineStackProps) {
    super(scope, id, props);
    const apiKeyParameter = new CfnParameter(this, 'MomentoApiKey', {
      type: 'String',
      noEcho: true,
      default: '',
      description: 'The Momento API key to vend tokens with; leave it empty to put the key into the secret yourself.',
    });
    if (props.config.momento.secret !== undefined || props.apiKeySecret !== undefined) {
      refuseKey(this, apiKeyParameter);
    }
    this.machine = new TokenVendingMachine(this, 'TokenVendingMachine', { ...props, apiKeyParameter });
    this.addOutputs(props);
  }

  private addOutputs({ config, emulatorUrl }: TokenVendingMachineStackProps): void {
    const { apiKeySecret, authorizer, chat, endpoint, monitoring, userDirectory } = this.machine;
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });

    const url =
      emulatorUrl === undefined
        ? endpoint.url
        : emulatedUrl(emulatorUrl, endpoint.api.restApiId, endpoint.api.deploymentStage.stageName);
    output('Endpoint', url, 'GET this URL for a token');
    output('AuthMode', config.auth, 'Who may ask for a token');
    output('ApiKeySecretArn', apiKeySecret.secretArn, 'The secret that holds the Momento API key');
    output('Region', this.region, 'The AWS region of the stack');
    if (endpoint.domain !== undefined && !config.api.disable_default_endpoint) {
      output('ExecuteApiUrl', endpoint.api.url, 'The same endpoint by the name that API Gateway gives it');
    }
    if (endpoint.domain?.target !== undefined) {
      output(
        'DomainTarget',
        endpoint.domain.target,
        'Where the DNS has to lead the name of the endpoint: a CNAME or alias',
      );
    }
    if (endpoint.usage !== undefined) {
      output('UsagePlanKeyId', endpoint.usage.keyId, 'The key that callers send as x-api-key, by its id');
    }
    if (authorizer?.credentials !== undefined) {
      output('CredentialsSecretArn', authorizer.credentials.secretArn, 'The secret with the credentials of callers');
    }
    if (userDirectory !== undefined) {
      output('UserPoolId', userDirectory.userPoolId, 'The user pool whose users may ask for a token');
      output('UserPoolClientId', userDirectory.userPoolClientId, 'The client that browsers sign in with');
    }
    if (monitoring.topic !== undefined) {
      output('AlarmTopicArn', monitoring.topic.topicArn, 'The topic that alarms are sent to');
    }
    if (monitoring.dashboardUrl !== undefined) {
      output('DashboardUrl', monitoring.dashboardUrl, 'The dashboard, in the AWS console');
    }
    if (chat !== undefined) {
      output('ChatUrl', chat.url, 'The chat page');
    }
  }
}

/** Where the configuration names a secret, a key that is given would go nowhere: the deployment says so instead. */
function refuseKey(scope: Construct, parameter: CfnParameter): void {
  new CfnRule(scope, 'KeyIsInTheNamedSecret', {
    assertions: [
      {
        assert: Fn.conditionEquals(parameter, ''),
        assertDescription:
          'momento.secret names the secret that holds the key: deploy with `--parameters MomentoApiKey=` (empty)',
      },
    ],
  });
}
