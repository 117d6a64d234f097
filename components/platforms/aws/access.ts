import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { type Naming, tagsOf } from "./names";

/** AWS's own policies that a server needs: log in without SSH (Session Manager), and metrics and logs. */
const managedPolicies = {
  ssm: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  cloudwatch: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
} as const;

export interface AccessArgs {
  readonly naming: Naming;
  /** Only for servers that keep data. */
  readonly backupBucketArn?: pulumi.Input<string>;
}

/** What servers may do in the account: SSM core, CloudWatch and, where they keep data, the backup bucket; nothing else. */
export class Access extends pulumi.ComponentResource {
  readonly profile: iam.InstanceProfile;

  constructor(
    name: string,
    { naming, backupBucketArn }: AccessArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:aws:Access", name, {}, options);
    const role = new iam.Role(
      `${name}-role`,
      {
        description: `Servers of ${naming.domain}`,
        assumeRolePolicy: assumedBy("ec2.amazonaws.com"),
        tags: tagsOf(naming, "server role"),
      },
      { parent: this },
    );
    for (const [part, policyArn] of Object.entries(managedPolicies)) {
      new iam.RolePolicyAttachment(`${name}-${part}`, { role: role.name, policyArn }, { parent: role });
    }
    if (backupBucketArn !== undefined) {
      new iam.RolePolicy(
        `${name}-backups`,
        { role: role.name, policy: pulumi.output(backupBucketArn).apply(backupPolicy) },
        { parent: role },
      );
    }
    this.profile = new iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name, tags: tagsOf(naming, "server profile") },
      { parent: this },
    );
    this.registerOutputs({ profile: this.profile.name });
  }
}

/** Lets one of AWS's services act in a role. */
export function assumedBy(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}

/** Reads and writes one bucket. Deleted objects stay as old versions, which a server can't reach. */
export function backupPolicy(bucketArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: bucketArn },
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: `${bucketArn}/*`,
      },
    ],
  });
}
