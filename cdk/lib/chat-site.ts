/**
 * `[web] enabled`: the chat page, served to everybody by CloudFront out of a bucket that nobody else can read.
 *
 * What is in the bucket was built, and may be read by whoever opens the page: no secret, and nothing worth keeping when the
 * stack is deleted. The page grants nothing; who uses it asks the endpoint for a token as every caller does.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import {
  AssetHashType,
  Aws,
  type CfnResource,
  DefaultStackSynthesizer,
  DockerImage,
  Duration,
  Names,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import {
  Distribution,
  HttpVersion,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import type { Settings } from '../../web/chat/src/settings.ts';
import { acknowledge } from './acknowledged.ts';
import { BUILT_CHAT, CHAT, chatBuild } from './chat-build.ts';
import { chatHeaders } from './chat-headers.ts';
import { logGroup as makeLogGroup } from './log-group.ts';
import { hasSources, repositoryRoot } from './repository.ts';

/** @see ChatSite */
export interface ChatSiteProps {
  /** What the page is told, as `chat.json`; its values may be known no sooner than when the stack is deployed. */
  readonly settings: Settings;
  /** The origins that the page may call, beside its own. */
  readonly connectTo: readonly string[];
  /** How long the logs of the functions that fill and empty the bucket are kept. */
  readonly logRetention: RetentionDays;
  /**
   * ARN of the KMS key that encrypts those logs.
   * @default - CloudWatch Logs encrypts by a key of its own
   */
  readonly logKey?: string;
}

/** The files whose names change with what is in them. */
const HASHED = 'assets/*';
const A_YEAR = [CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()];
/** Asked for anew each time; of a file that has not changed, the answer is only that. CloudFront keeps one for a second. */
const NEVER = [CacheControl.noCache()];

/** The bucket, the distribution before it, and what is in it. */
export class ChatSite extends Construct {
  /** With a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ChatSiteProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
      // CDK's own types do not fit together where an optional property may not be undefined.
    }) as IBucket;
    acknowledge(bucket, { S1: 'CloudFront alone reads it, and what is in it anybody may read there' });
    this.url = `https://${this.serve(bucket, props.connectTo).distributionDomainName}/`;
    this.fill(bucket, props);
    this.ownLogOfEmptying(props);
  }

  /**
   * CDK's own function, which empties the buckets of a stack, logs into a group that Lambda makes and nobody deletes. With a log
   * group of the stack's instead, the logs go with the stack: after the function, which refers to them.
   */
  private ownLogOfEmptying(props: ChatSiteProps): void {
    const provider = Stack.of(this).node.findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
    // One for all buckets of the stack.
    if (provider.node.tryFindChild('Logs') !== undefined) return;
    const { logGroupName } = logsOf(provider, props);
    (provider.node.findChild('Handler') as CfnResource).addPropertyOverride('LoggingConfig', {
      LogGroup: logGroupName,
    });
  }

  private serve(bucket: IBucket, connectTo: readonly string[]): Distribution {
    const originAccessControl = new S3OriginAccessControl(this, 'Access', {
      originAccessControlName: this.globalName(40),
    });
    const responseHeadersPolicy = new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: this.globalName(100),
      ...chatHeaders(connectTo),
    });
    // TLS 1.2 is the least that counts with a certificate of one's own; with that of cloudfront.net, CloudFront says which.
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Chat of the token vending machine',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy,
        compress: true,
      },
    });
    acknowledge(distribution, {
      CFR1: 'the page is for everybody, wherever they are',
      CFR2: 'there is nothing to attack: static files, cached, with no form and no query',
      CFR3: 'who opens a page that grants nothing is nobody’s business; who asks for a token, the functions log',
      CFR4: 'the certificate is that of cloudfront.net, with which CloudFront says what the least TLS is',
    });
    return distribution;
  }

  /** CloudFront has one set of names for all regions: CDK's own, made of stack and path, would be there twice. */
  private globalName(maxLength: number): string {
    return `${Names.uniqueResourceName(this, { maxLength })}-${Aws.REGION}`;
  }

  private fill(bucket: IBucket, props: ChatSiteProps): void {
    const { settings } = props;
    const page = builtPage();
    const logGroup = logsOf(this, props);
    // What an open page may still ask for is not deleted; it is little, and goes with the bucket.
    const common = { destinationBucket: bucket, logGroup, prune: false };
    const hashed = new BucketDeployment(this, 'Hashed', {
      ...common,
      sources: [page],
      exclude: ['*'],
      include: [HASHED],
      cacheControl: A_YEAR,
    });
    const named = new BucketDeployment(this, 'Named', {
      ...common,
      sources: [page, Source.jsonData('chat.json', settings)],
      exclude: [HASHED],
      cacheControl: NEVER,
    });
    // No page before what it asks for.
    named.node.addDependency(hashed);
    acknowledgeHandler(hashed.handlerRole.node.scope ?? this, bucket);
  }
}

/** Nothing worth keeping when the stack is deleted. */
function logsOf(scope: Construct, { logKey, logRetention: retention }: ChatSiteProps): LogGroup {
  const removalPolicy = RemovalPolicy.DESTROY;
  return makeLogGroup(scope, 'Logs', { retention, removalPolicy, ...(logKey === undefined ? {} : { key: logKey }) });
}

/** CDK's own function, which fills the buckets of a stack: its code, its role and its policy are CDK's. */
function acknowledgeHandler(handler: IConstruct, bucket: IBucket): void {
  const actions = ['s3:Abort*', 's3:DeleteObject*', 's3:GetBucket*', 's3:GetObject*', 's3:List*'];
  const stack = Stack.of(bucket);
  const name = stack.getLogicalId(bucket.node.defaultChild as CfnBucket);
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const assets = `arn:<AWS::Partition>:s3:::cdk-${qualifier}-assets-<AWS::AccountId>-<AWS::Region>`;
  const own =
    'CDK’s own function, which fills the bucket: it reads the assets of the account, and writes this bucket alone';
  const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  acknowledge(handler, {
    L1: 'CDK’s own function: its runtime changes with CDK',
    [`IAM4[Policy::${policy}]`]: 'CDK’s own function: the role is as CDK makes it',
    ...Object.fromEntries(actions.map((action) => [`IAM5[Action::${action}]`, own])),
    ...Object.fromEntries([`<${name}.Arn>/*`, `${assets}/*`].map((arn) => [`IAM5[Resource::${arn}]`, own])),
  });
}

/** The page could not be built. The message says what to do. */
export class ChatNotBuilt extends Error {
  override readonly name = 'ChatNotBuilt';
}

/**
 * The page: of the published package as it is there; else built on this machine when the stack is, without Docker, and not at all
 * where nothing is bundled.
 */
function builtPage(): ISource {
  if (!hasSources) {
    return Source.asset(join(repositoryRoot, BUILT_CHAT));
  }
  return Source.asset(join(repositoryRoot, CHAT), {
    // By what was built: the source is in several folders, and in packages.
    assetHashType: AssetHashType.OUTPUT,
    exclude: ['dist', 'node_modules'],
    bundling: {
      // Asked for by the type; `tryBundle` never leaves it to a container.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(outputDir) {
          const { program, args } = chatBuild(outputDir);
          // On standard output, the template may be wanted alone.
          const { status } = spawnSync(program, args, { cwd: repositoryRoot, stdio: ['ignore', 2, 'inherit'] });
          if (status !== 0) {
            throw new ChatNotBuilt(
              `the chat page could not be built (\`npm run build -w ${CHAT}\` says why above); run "make setup" for its ` +
                'packages, or leave the page out: enabled = false in [web]',
            );
          }
          return true;
        },
      },
    },
  });
}
