import { applicationBalancer, network, TestStack } from "./builder";

export const staticSite = new TestStack(
  "static-site-on-s3-and-cloudfront",
  { rung: "none", singlePoints: [], silent: ["certificate-without-renewal", "no-headroom", "health-check"] },
  (stack) => {
    const bucket = stack.add("aws:s3/bucketV2:BucketV2", "content", {});
    stack.add("aws:s3/bucketV2:BucketV2", "logs", {});
    const certificate = stack.add("aws:acm/certificate:Certificate", "certificate", {
      domainName: "www.example.com",
      validationMethod: "DNS",
    });
    stack.add("aws:route53/record:Record", "validation", {
      name: certificate.out("domainValidationOptions"),
      type: "CNAME",
      ttl: 600,
      records: ["_x.acm-validations.aws."],
    });
    const distribution = stack.add("aws:cloudfront/distribution:Distribution", "cdn", {
      enabled: true,
      origins: [{ originId: "s3", domainName: bucket.out("bucketRegionalDomainName") }],
      defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https", targetOriginId: "s3" },
      viewerCertificate: {
        acmCertificateArn: certificate.arn,
        minimumProtocolVersion: "TLSv1.2_2021",
        sslSupportMethod: "sni-only",
      },
    });
    stack.add("aws:route53/record:Record", "www", {
      name: "www.example.com",
      type: "A",
      aliases: [
        {
          name: distribution.out("domainName"),
          zoneId: distribution.out("hostedZoneId"),
          evaluateTargetHealth: false,
        },
      ],
    });
  },
);

export const empty = new TestStack("empty-stack", { rung: "none", singlePoints: [] }, () => {});

export const thousand = new TestStack(
  "a-thousand-resources",
  { rung: "split-database", singlePoints: ["machine: db", "machine: web"] },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    stack.add("aws:ec2/instance:Instance", "web", { instanceType: "m5.large", subnetId: subnets[0]?.id });
    stack.add("aws:rds/instance:Instance", "db", {
      instanceClass: "db.m5.large",
      allocatedStorage: 100,
      backupRetentionPeriod: 7,
    });
    for (let index = 0; index < 330; index += 1) {
      const role = stack.add("aws:iam/role:Role", `role-${index}`, { assumeRolePolicy: "{}" });
      stack.add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", `attachment-${index}`, {
        role: role.out("name"),
        policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
      });
      stack.add("aws:ssm/parameter:Parameter", `parameter-${index}`, { type: "String", value: `${index}` });
    }
  },
);

export const auroraAlone = new TestStack(
  "aurora-with-one-instance-and-one-zone-file-system",
  {
    rung: "load-balanced",
    gaps: 2,
    singlePoints: ["machine: writer", "zone: wp-content"],
    reports: ["database-without-replica", "database-without-deletion-protection"],
  },
  (stack) => {
    const subnets = network(stack, ["eu-west-3a", "eu-west-3b"]);
    const { group } = applicationBalancer(stack, subnets);
    const fleet = stack.add("aws:autoscaling/group:Group", "wordpress", {
      minSize: 2,
      maxSize: 2,
      vpcZoneIdentifiers: subnets.map(({ id }) => id),
    });
    stack.add("aws:autoscaling/attachment:Attachment", "wordpress", {
      autoscalingGroupName: fleet.id,
      lbTargetGroupArn: group.arn,
    });
    const cluster = stack.add("aws:rds/cluster:Cluster", "writer", { engine: "aurora-mysql" });
    stack.add("aws:rds/clusterInstance:ClusterInstance", "writer-1", {
      clusterIdentifier: cluster.id,
      instanceClass: "db.t4g.medium",
    });
    stack.add("aws:efs/fileSystem:FileSystem", "wp-content", { availabilityZoneName: "eu-west-3a" });
  },
);

export const importedCertificate = new TestStack(
  "imported-certificate-and-three-servers-of-this-project",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: ["zone: db-1, db-2, db-3, lb-1, lb-2, web-1, web-2"],
    reports: ["certificate-without-renewal"],
  },
  (stack) => {
    const server = (name: string, tiers: string[]) =>
      stack.add("one-server-web:ssh:Server", name, { name, tiers, zone: "rack-1", platform: "ssh" });
    for (const name of ["lb-1", "lb-2"]) server(name, ["load-balancer"]);
    for (const name of ["web-1", "web-2"]) server(name, ["web", "app"]);
    for (const name of ["db-1", "db-2", "db-3"]) server(name, ["database"]);
    stack.add("aws:acm/certificate:Certificate", "bought", { privateKey: "-", certificateBody: "-" });
  },
);
