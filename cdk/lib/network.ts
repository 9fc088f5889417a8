/** The functions in a VPC of the app: where they run there, and what their roles may do so that Lambda can connect them. */

import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';

import { acknowledge } from './acknowledged.ts';

/** The part of a VPC that functions run in. */
export interface Network {
  /**
   * The VPC that the functions run in. From there they have to reach Secrets Manager, Momento, and the OpenID Connect issuer
   * if there is one: by a NAT gateway, or Secrets Manager by an interface endpoint and Momento by what it offers for VPCs.
   * @default - the functions run in no VPC of the account, and reach the internet
   */
  readonly vpc?: IVpc;
  /**
   * The subnets of `vpc` that the functions run in. In a public subnet they reach nothing outside the VPC.
   * @default - the private subnets of `vpc`, as CDK chooses them
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * The security groups of the functions. They need outgoing HTTPS (TCP 443), and nothing incoming.
   * @default - each function has a new one, which allows everything outgoing
   */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/**
 * Lambda's developer guide, "Giving Lambda functions access to resources in an Amazon VPC", lists them. The managed policy with
 * them also allows every log group of the account.
 */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Allows Lambda to connect functions of `role` to a VPC. */
export function mayConnect(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: INTERFACES, resources: ['*'] }));
  acknowledge(role, {
    'IAM5[Resource::*]': 'Lambda makes the network interfaces of a function in a VPC, and they have no name before',
  });
}
