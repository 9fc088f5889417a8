/** What cfn-lint finds in the templates and is meant to be so. `cfn-lint.test.ts` fails when one of these is no longer found. */

/** Findings of one rule that are accepted, and why. */
export interface LintException {
  /** As cfn-lint names it: `E3006`. */
  readonly rule: string;
  /** Where: the type of the resource, and the attribute or property. @default - wherever the rule finds something */
  readonly at?: readonly string[];
  /** Where the finding is accepted. @default - in every region */
  readonly regions?: readonly string[];
  readonly reason: string;
}

/** Each of them is found in each of its regions. */
export const EXCEPTIONS: readonly LintException[] = [
  {
    rule: 'E3006',
    at: ['AWS::Cognito::UserPool', 'AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolGroup'],
    regions: ['cn-north-1'],
    reason: 'Cognito has no user pools in China: AmazonCognito mode cannot be deployed there, the other two modes can.',
  },
  {
    rule: 'E3006',
    at: [
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::OriginAccessControl',
      'AWS::CloudFront::ResponseHeadersPolicy',
    ],
    regions: ['us-gov-west-1'],
    reason: 'CloudFront is not in GovCloud: [web] cannot be deployed there, everything else can.',
  },
  {
    rule: 'E3006',
    at: ['AWS::CloudFront::OriginAccessControl'],
    regions: ['cn-north-1'],
    reason: 'CloudFront has no origin access control in China: [web] cannot be deployed there, everything else can.',
  },
  {
    rule: 'W3005',
    at: ['AWS::Lambda::Function/DependsOn'],
    reason:
      'CDK makes a function wait for its role, and for the policies of the role: only the latter say nothing twice. A dependency ' +
      'that is said twice changes nothing.',
  },
  {
    rule: 'I1022',
    reason:
      'CDK writes every text that holds a reference as Fn::Join. Fn::Sub would be for a person who reads the template.',
  },
  {
    rule: 'I4010',
    reason: 'It asks for a description of the architecture in the metadata of the template: ARCHITECTURE.md is that.',
  },
];
