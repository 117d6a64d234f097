import * as dlm from "@pulumi/aws/dlm";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy } from "./access";
import { type Naming, snapshotTag, tagsOf } from "./names";

/** How long a daily snapshot is kept, in days. */
export const snapshotsKept = 14;

/** A snapshot of every data volume each day, made and dropped by AWS's Data Lifecycle Manager. */
export class Snapshots extends pulumi.ComponentResource {
  constructor(name: string, naming: Naming, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:aws:Snapshots", name, { keptDays: snapshotsKept }, options);
    const role = new iam.Role(
      `${name}-role`,
      {
        description: `Daily snapshots for ${naming.domain}`,
        assumeRolePolicy: assumedBy("dlm.amazonaws.com"),
        tags: tagsOf(naming, "snapshot role"),
      },
      { parent: this },
    );
    const permission = new iam.RolePolicyAttachment(
      `${name}-permission`,
      {
        role: role.name,
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
      },
      { parent: role },
    );
    new dlm.LifecyclePolicy(
      `${name}-daily`,
      {
        // DLM takes letters, digits, spaces, hyphens and underscores here.
        description: `Data volumes daily - kept ${snapshotsKept} days`,
        executionRoleArn: role.arn,
        state: "ENABLED",
        policyDetails: {
          resourceTypes: ["VOLUME"],
          targetTags: snapshotTag(naming),
          schedules: [
            {
              name: "daily",
              createRule: { interval: 24, intervalUnit: "HOURS", times: "03:00" },
              retainRule: { count: snapshotsKept },
              copyTags: true,
              tagsToAdd: { SnapshotBy: "one-server-web" },
            },
          ],
        },
        tags: tagsOf(naming, "daily snapshots"),
      },
      { parent: this, dependsOn: [permission] },
    );
    this.registerOutputs({});
  }
}
