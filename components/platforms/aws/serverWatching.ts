import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import type { Server } from "../platform";
import { type AlarmPlan, certificateAlarm, dataFolder, planServerAlarms } from "./alarms";
import { dashboardBody } from "./dashboard";
import { dashboardName, type Naming, stem, tagsOf } from "./names";
import { alarmArgs, type Watching } from "./watching";

export interface ServerWatchingArgs {
  readonly server: Server;
  readonly instanceType: string;
  /** Whether it has a data volume. */
  readonly keepsData: boolean;
  /** Whether the alarms of the whole site hang here: at one server of the site. */
  readonly siteWide: boolean;
  readonly watching: Watching;
  readonly settings: AwsSettings;
  readonly naming: Naming;
}

/** What watches one server: its alarms, its dashboard, and the agent that reports memory, disks and logs. */
export class ServerWatching extends pulumi.ComponentResource {
  private readonly args: ServerWatchingArgs;
  private readonly serverName: string;

  constructor(args: ServerWatchingArgs, options?: pulumi.ComponentResourceOptions) {
    const { serverName } = args.server;
    super("one-server-web:aws:ServerWatching", `${serverName}-watching`, { server: serverName }, options);
    this.args = args;
    this.serverName = serverName;
    this.installAgent();
    const { settings, naming, watching, server, instanceType, keepsData, siteWide } = args;
    const plans = [...planServerAlarms(instanceType, keepsData), ...(siteWide ? [certificateAlarm] : [])];
    const alarms = plans.map((plan) => this.alarm(plan));
    new cloudwatch.Dashboard(
      `${this.serverName}-dashboard`,
      {
        dashboardName: dashboardName(naming, this.serverName),
        dashboardBody: pulumi
          .all([
            server.instanceId,
            watching.healthCheckId,
            watching.webLogGroup,
            pulumi.all(alarms.map(({ arn }) => arn)),
          ])
          .apply(([instanceId, healthCheckId, webLogGroup, alarmArns]) =>
            dashboardBody({
              region: settings.region,
              instanceId,
              healthCheckId,
              webLogGroup,
              alarmArns,
              certificateMetric: certificateMetric(naming),
              disks: keepsData ? ["/", dataFolder] : ["/"],
            }),
          ),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  private alarm(plan: AlarmPlan): cloudwatch.MetricAlarm {
    const { server, watching, settings, naming } = this.args;
    const automatic =
      plan.action === undefined ? [] : [`arn:aws:automate:${settings.region}:ec2:${plan.action}`];
    const named = plan.siteWide ? { ...plan, metricName: certificateMetric(naming) } : plan;
    const dimensions = plan.siteWide ? {} : { InstanceId: server.instanceId };
    return new cloudwatch.MetricAlarm(
      `${this.serverName}-${plan.name}`,
      {
        ...alarmArgs(named, dimensions, [watching.topic], automatic),
        tags: tagsOf(naming, `${this.serverName} alarm ${plan.name}`),
      },
      { parent: this },
    );
  }

  /** Through Systems Manager, which every image of Ubuntu listens to: provisioning stays the same on every platform. */
  private installAgent(): void {
    const { server, watching } = this.args;
    const targets = [{ key: "InstanceIds", values: [server.instanceId] }];
    const install = new ssm.Association(
      `${this.serverName}-agent-install`,
      {
        name: "AWS-ConfigureAWSPackage",
        associationName: "one-server-web-agent-install",
        targets,
        parameters: { action: "Install", name: "AmazonCloudWatchAgent" },
        // A new server reports to Systems Manager within minutes of its start.
        waitForSuccessTimeoutSeconds: 900,
      },
      { parent: this },
    );
    new ssm.Association(
      `${this.serverName}-agent-configure`,
      {
        name: "AmazonCloudWatch-ManageAgent",
        associationName: "one-server-web-agent-configure",
        targets,
        parameters: {
          action: "configure",
          mode: "ec2",
          optionalConfigurationSource: "ssm",
          optionalConfigurationLocation: watching.agentParameter,
          optionalRestart: "yes",
        },
        // A changed configuration reaches the server within the hour.
        scheduleExpression: "rate(1 hour)",
      },
      { parent: this, dependsOn: [install] },
    );
  }
}

/** The certificate's metric; two stacks in one account don't share it. */
function certificateMetric(naming: Naming): string {
  return `CertificateDaysLeft-${stem(naming)}`;
}
