import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as route53 from "@pulumi/aws/route53";
import * as sns from "@pulumi/aws/sns";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import { agentConfiguration, logFiles } from "./agent";
import { type AlarmPlan, siteAlarm, siteNamespace } from "./alarms";
import { type Naming, stem, tagsOf } from "./names";

/** Route 53 reports its health checks in this region alone. */
const healthRegion = "us-east-1";

export interface WatchingArgs {
  readonly settings: AwsSettings;
  readonly naming: Naming;
  /** The path that answers 200 when the site works. */
  readonly healthPath: string;
}

/** What watches the site as a whole: where alarms go, what servers log to, and the check from outside. */
export class Watching extends pulumi.ComponentResource {
  /** The topic's ARN: alarms are sent there. */
  readonly topic: pulumi.Output<string>;
  readonly healthCheckId: pulumi.Output<string>;
  /** The log group of nginx. */
  readonly webLogGroup: pulumi.Output<string>;
  /** The parameter that holds the CloudWatch agent's configuration. */
  readonly agentParameter: pulumi.Output<string>;
  private readonly args: WatchingArgs;

  constructor(name: string, args: WatchingArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:aws:Watching", name, { healthPath: args.healthPath }, options);
    this.args = args;
    const { settings, naming } = args;
    this.topic = this.makeTopic(`${name}-alarms`, settings.region);
    this.healthCheckId = this.checkFromOutside(name);
    this.webLogGroup = this.makeLogGroups(name);
    this.agentParameter = new ssm.Parameter(
      `${name}-agent`,
      {
        // AWS's policy for the agent lets it read parameters of this prefix only.
        name: `AmazonCloudWatch-${stem(naming)}`,
        type: "String",
        description: `CloudWatch agent on servers of ${naming.domain}`,
        value: agentConfiguration(this.logGroupPrefix),
        tags: tagsOf(naming, "agent configuration"),
      },
      { parent: this },
    ).name;
    this.registerOutputs({ topic: this.topic, healthCheckId: this.healthCheckId });
  }

  private get logGroupPrefix(): string {
    return `/one-server-web/${stem(this.args.naming)}`;
  }

  /** Not encrypted with AWS's own key: CloudWatch could not send to it then, and alarms hold no secrets. */
  private makeTopic(name: string, region: string): pulumi.Output<string> {
    const { settings, naming } = this.args;
    const topic = new sns.Topic(name, { region, tags: tagsOf(naming, "alarms") }, { parent: this });
    new sns.TopicSubscription(
      `${name}-email`,
      { region, topic: topic.arn, protocol: "email", endpoint: settings.alarmEmail },
      { parent: topic },
    );
    return topic.arn;
  }

  private checkFromOutside(name: string): pulumi.Output<string> {
    const { settings, naming, healthPath } = this.args;
    const check = new route53.HealthCheck(
      `${name}-site`,
      {
        type: "HTTPS",
        fqdn: naming.domain,
        port: 443,
        resourcePath: healthPath,
        enableSni: true,
        measureLatency: true,
        requestInterval: 30,
        failureThreshold: 3,
        tags: tagsOf(naming, "site from outside"),
      },
      { parent: this },
    );
    // An alarm can only send to a topic of its own region.
    const topic =
      settings.region === healthRegion ? this.topic : this.makeTopic(`${name}-site-alarms`, healthRegion);
    new cloudwatch.MetricAlarm(
      `${name}-${siteAlarm.name}`,
      {
        ...alarmArgs(siteAlarm, { HealthCheckId: check.id }, [topic]),
        region: healthRegion,
        tags: tagsOf(naming, "alarm site"),
      },
      { parent: check },
    );
    return check.id;
  }

  /** Made here, so that logs are kept as long as the settings say and not forever. */
  private makeLogGroups(name: string): pulumi.Output<string> {
    const { settings, naming } = this.args;
    const groups = new Map(
      logFiles.map(({ group }) => [
        group,
        new cloudwatch.LogGroup(
          `${name}-log-${group}`,
          {
            name: `${this.logGroupPrefix}/${group}`,
            retentionInDays: settings.logRetentionDays,
            tags: tagsOf(naming, `log ${group}`),
          },
          { parent: this },
        ),
      ]),
    );
    new cloudwatch.LogMetricFilter(
      `${name}-certificate-days`,
      {
        logGroupName: groups.get("certificate")?.name ?? "",
        pattern: "{ $.certificateDaysLeft = * }",
        metricTransformation: {
          namespace: siteNamespace,
          name: `CertificateDaysLeft-${stem(naming)}`,
          value: "$.certificateDaysLeft",
        },
      },
      { parent: this },
    );
    return pulumi.output(groups.get("nginx")?.name ?? "");
  }
}

/**
 * A planned alarm as CloudWatch takes it.
 * @param actions what is told when it rings and when it ends
 */
export function alarmArgs(
  plan: AlarmPlan,
  dimensions: Record<string, pulumi.Input<string>>,
  actions: readonly pulumi.Input<string>[],
  automatic: readonly pulumi.Input<string>[] = [],
): cloudwatch.MetricAlarmArgs {
  return {
    alarmDescription: plan.description,
    namespace: plan.namespace,
    metricName: plan.metricName,
    dimensions: { ...dimensions, ...plan.dimensions },
    statistic: plan.statistic,
    comparisonOperator: plan.comparison,
    threshold: plan.threshold,
    period: plan.period,
    evaluationPeriods: plan.evaluationPeriods,
    treatMissingData: plan.treatMissingData,
    alarmActions: [...automatic, ...actions],
    okActions: [...actions],
  };
}
