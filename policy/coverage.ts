import { fewNames } from "./finding";
import { append, type Resources, type ResourceView } from "./resources";

/** What a stack holds and the pack can't judge. */
export interface Coverage {
  /** How many resources were not judged. */
  readonly notJudged: number;
  /** Their types, the most frequent first. */
  readonly kinds: readonly { readonly type: string; readonly count: number }[];
}

/**
 * Packages that make nothing themselves that visitors or data depend on: generated values, builds, tools beside the site, and components whose parts
 * are resources of other packages. `aws` and `aws-native` are looked
 * up by module.
 */
const besidePackages = new Set(
  "pulumi pulumiservice random tls command null time archive std cloudinit docker-build synced-folder awsx eks github gitlab datadog newrelic pagerduty grafana opsgenie sentry slack one-server-web".split(
    " ",
  ),
);

/** Modules of AWS of which the pack knows all that serves visitors or keeps data: it is read, or nothing there can take a site down. */
const knownModules = new Set(
  `accessanalyzer account acm acmpca alb amp apigateway apigatewayv2 appautoscaling appconfig applicationloadbalancing apprunner appsync athena autoscaling
  autoscalingplans backup bcmdata budgets cfg chatbot cloudcontrol cloudfront cloudtrail cloudwatch codeartifact codebuild codecommit codeconnections
  codedeploy codegurureviewer codepipeline codestarconnections codestarnotifications cognito costexplorer cur dax detective devopsguru dlm docdb
  dynamodb ebs ec2 ec2clientvpn ec2transitgateway ecr ecrpublic ecs efs eks elasticache elasticbeanstalk elasticloadbalancing elasticloadbalancingv2
  elasticsearch elb fis glacier globalaccelerator glue grafana guardduty iam identitystore imagebuilder inspector inspector2 iot kinesis kms lakeformation lambda
  lb lightsail location macie macie2 memorydb mq msk neptune networkfirewall networkmanager notifications oam opensearch organizations pinpoint pipes
  quicksight ram rds redshift redshiftdata redshiftserverless resiliencehub resourceexplorer resourcegroups resourcegroupstaggingapi rolesanywhere route53
  route53domains route53recoverycontrol route53recoveryreadiness rum s3 s3control s3outposts s3tables scheduler secretsmanager securityhub servicecatalog
  servicediscovery servicequotas ses sesv2 sfn shield signer sns sqs ssm ssmcontacts ssmincidents ssmquicksetup ssoadmin swf synthetics verifiedpermissions
  vpc vpclattice waf wafregional wafv2 xray cloudformation serverlessrepository`.split(/\s+/),
);

/** What serves or keeps data in those modules all the same, and isn't read. */
const unread = new Set([
  "aws:cloudcontrol/resource:Resource",
  "aws:cloudformation/stack:Stack",
  "aws:cloudformation/stackSet:StackSet",
  "aws:cloudformation/stackSetInstance:StackSetInstance",
  "aws:ec2/fleet:Fleet",
  "aws:ec2/spotFleetRequest:SpotFleetRequest",
  "aws:ecs/taskSet:TaskSet",
  "aws:lightsail/bucket:Bucket",
  "aws:msk/serverlessCluster:ServerlessCluster",
  "aws:rds/shardGroup:ShardGroup",
  "aws:serverlessrepository/cloudFormationStack:CloudFormationStack",
]);

/** Modules of `aws-native` (Cloud Control) that hold nothing that serves or keeps data. What the pack reads there it has by a type of `aws`. */
const nativePlumbing = new Set(
  `accessanalyzer apigateway apigatewayv2 backup budgets cassandra:Keyspace certificatemanager chatbot cloudtrail cloudwatch codebuild codedeploy
  codepipeline cognito configuration ec2 ecr events guardduty iam kms lambda logs resourcegroups route53 scheduler secretsmanager securityhub
  servicediscovery ses sns sqs ssm stepfunctions synthetics wafv2 xray autoscaling elasticloadbalancingv2 cloudfront rds ecs eks efs s3 dynamodb
  elasticache applicationautoscaling apprunner memorydb opensearchservice redshift amazonmq`.split(/\s+/),
);
const nativeUnread =
  /^aws-native:(ec2:(Ec2Fleet|SpotFleet|Host)|rds:(DbShardGroup|CustomDbEngineVersion)|ecs:TaskSet|cassandra:Table)$/;

/** Kinds of Kubernetes that say where requests and rights go; what runs there isn't read. */
const kubernetesPlumbing =
  /^kubernetes:(core\/v1:(Service|Namespace|ConfigMap|Secret|ServiceAccount|LimitRange|ResourceQuota)|rbac\.|networking\.|gateway\.|policy\/|scheduling\.|storage\.k8s\.io|autoscaling\/|admissionregistration|apiextensions)/;

/** Whether the pack reads a kind of resource, or nothing of a site can hang on it. */
function isJudged(type: string): boolean {
  const [packageName = "", module = ""] = type.split(":");
  if (packageName === "aws") return knownModules.has(module.split("/")[0] ?? "") && !unread.has(type);
  if (packageName === "aws-native") return nativePlumbing.has(module) && !nativeUnread.test(type);
  if (packageName === "kubernetes") return kubernetesPlumbing.test(type);
  if (packageName === "docker") return /:(Image|RegistryImage|RemoteImage|Tag)$/.test(type);
  return besidePackages.has(packageName);
}

const clouds = /^(aws|aws-native|azure|azure-native|gcp|google-native|kubernetes|docker):/;

/** A component makes nothing itself; where it isn't said, it is known by what lies below it. */
function isComponent(resource: ResourceView, resources: Resources): boolean {
  if (resource.custom !== undefined) return !resource.custom;
  return !clouds.test(resource.type) && resources.hasChildren(resource);
}

const known = new WeakMap<Resources, Coverage>();

/** Which resources of a stack were not judged. Linear in their number. */
export function coverage(resources: Resources): Coverage {
  const found = known.get(resources) ?? coverageOf(resources);
  known.set(resources, found);
  return found;
}

function coverageOf(resources: Resources): Coverage {
  const byType = new Map<string, ResourceView[]>();
  const judged = new Map<string, boolean>();
  for (const resource of resources.all) {
    const { type } = resource;
    const isKnown = judged.get(type) ?? isJudged(type);
    judged.set(type, isKnown);
    if (!isKnown && !isComponent(resource, resources)) append(byType, type, resource);
  }
  const kinds = [...byType]
    .map(([type, { length: count }]) => ({ type, count }))
    .sort((left, right) => right.count - left.count || (left.type < right.type ? -1 : 1));
  return { notJudged: kinds.reduce((sum, { count }) => sum + count, 0), kinds };
}

/** `12 resources of 2 kinds were not judged: 8 x azure-native:web:WebApp and 4 x gcp:sql/databaseInstance:DatabaseInstance`; undefined where all were. */
export function notJudgedText({ notJudged, kinds }: Coverage): string | undefined {
  if (notJudged === 0) return undefined;
  const listed = kinds.map(({ type, count }) => `${count} x ${type}`);
  return `${counted(notJudged, "resource")} of ${counted(kinds.length, "kind")} ${notJudged === 1 ? "was" : "were"} not judged: ${listed.join(", ")}`;
}

/** The same in short, for a sentence. */
export function notJudgedBriefly({ notJudged, kinds }: Coverage): string {
  return `${counted(notJudged, "resource")} of ${counted(kinds.length, "kind")} not judged (${fewNames(kinds.map(({ type }) => type))})`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
