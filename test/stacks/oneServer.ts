import { network, TestStack } from "./builder";

const lampScript = `#!/bin/bash
apt-get update
apt-get install -y apache2 php libapache2-mod-php php-mysql mysql-server
systemctl enable --now apache2 mysql
`;

export const lamp = new TestStack(
  "classic-lamp-on-one-instance",
  {
    rung: "single",
    singlePoints: ["machine: server"],
    reports: [
      "database-without-backup",
      "database-without-replica",
      "downtime-at-deployment",
      "no-headroom",
      "dns-ttl",
    ],
    silent: ["certificate-without-renewal"],
  },
  (stack) => {
    const group = stack.add("aws:ec2/securityGroup:SecurityGroup", "server-sg", {
      ingress: [
        { protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
      ],
    });
    const server = stack.add("aws:ec2/instance:Instance", "server", {
      ami: "ami-0abc",
      instanceType: "t2.micro",
      userData: lampScript,
      vpcSecurityGroupIds: [group.id],
    });
    const address = stack.add("aws:ec2/eip:Eip", "ip", { instance: server.id, domain: "vpc" });
    stack.add("aws:route53/record:Record", "www", {
      zoneId: "Z1",
      name: "www.example.com",
      type: "A",
      ttl: 3600,
      records: [address.out("publicIp")],
    });
  },
);

export const lightsail = new TestStack(
  "wordpress-on-lightsail",
  { rung: "single", singlePoints: ["machine: wordpress"], reports: ["no-headroom"] },
  (stack) => {
    const wordpress = stack.add("aws:lightsail/instance:Instance", "wordpress", {
      name: "wordpress",
      availabilityZone: "eu-central-1a",
      blueprintId: "wordpress",
      bundleId: "small_3_0",
    });
    const address = stack.add("aws:lightsail/staticIp:StaticIp", "ip", { name: "wordpress-ip" });
    stack.add("aws:lightsail/staticIpAttachment:StaticIpAttachment", "ip-of-wordpress", {
      staticIpName: address.id,
      instanceName: wordpress.id,
    });
  },
);

export const ownLocal = new TestStack(
  "this-project-on-local",
  {
    rung: "single",
    singlePoints: ["machine: web-1"],
    reports: ["database-without-backup", "downtime-at-deployment"],
    silent: ["dns-ttl"],
  },
  (stack) => {
    const site = stack.add("one-server-web:index:Site", "site", {});
    stack.add(
      "one-server-web:local:Server",
      "web-1",
      {
        name: "web-1",
        tiers: ["web", "app", "database"],
        zone: "host",
        platform: "local",
        instanceId: "m-1",
        publicIp: "10.90.0.10",
        privateIp: "10.90.0.10",
      },
      { parent: site },
    );
    stack.add(
      "one-server-web:local:DnsRecord",
      "www",
      { hostname: "www.foobar.com", type: "A", address: "10.90.0.10", ttl: 60 },
      { parent: site },
    );
  },
);

export const ownAws = new TestStack(
  "this-project-on-aws",
  { rung: "single", singlePoints: ["machine: web-1"], reports: ["database-without-backup"] },
  (stack) => {
    const site = stack.add("one-server-web:index:Site", "site", {});
    const [subnet] = network(stack, ["eu-central-1a"], site);
    const server = stack.add(
      "one-server-web:aws:Server",
      "web-1",
      { name: "web-1", tiers: ["web", "app", "database"], platform: "aws" },
      { parent: site },
    );
    const instance = stack.add(
      "aws:ec2/instance:Instance",
      "web-1",
      {
        instanceType: "t4g.small",
        subnetId: subnet?.id,
        rootBlockDevice: { volumeSize: 20, volumeType: "gp3" },
      },
      { parent: server },
    );
    const address = stack.add("aws:ec2/eip:Eip", "web-1", { domain: "vpc" }, { parent: server });
    stack.add(
      "aws:ec2/eipAssociation:EipAssociation",
      "web-1",
      { allocationId: address.id, instanceId: instance.id },
      { parent: server },
    );
    stack.add(
      "aws:route53/record:Record",
      "www",
      { zoneId: "Z1", name: "www.foobar.com", type: "A", ttl: 60, records: [address.out("publicIp")] },
      { parent: site },
    );
  },
);

export const bastion = new TestStack(
  "web-server-behind-a-bastion-with-rds",
  {
    rung: "split-database",
    singlePoints: ["machine: app-db", "machine: web"],
    silent: ["database-without-backup", "database-without-deletion-protection"],
  },
  (stack) => {
    const [publicSubnet, privateSubnet] = network(stack, ["us-east-1a", "us-east-1b"]);
    stack.add("aws:ec2/instance:Instance", "bastionHost", {
      instanceType: "t3.nano",
      subnetId: publicSubnet?.id,
    });
    stack.add("aws:ec2/instance:Instance", "nat-instance", {
      instanceType: "t3.nano",
      subnetId: publicSubnet?.id,
    });
    const database = stack.add("aws:rds/instance:Instance", "app-db", {
      engine: "mysql",
      instanceClass: "db.t3.micro",
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      backupRetentionPeriod: 7,
      deletionProtection: true,
      multiAz: false,
    });
    stack.add("aws:ec2/instance:Instance", "web", {
      instanceType: "t3.small",
      subnetId: privateSubnet?.id,
      userData: database.out("endpoint"),
    });
  },
);

export const selfKeptDatabase = new TestStack(
  "web-and-mysql-on-two-instances-with-efs",
  {
    rung: "split-database",
    singlePoints: ["machine: mysql-primary", "machine: www1"],
    reports: ["database-without-backup"],
  },
  (stack) => {
    const [subnet] = network(stack, ["eu-west-1c"]);
    stack.add("aws:ec2/instance:Instance", "www1", { instanceType: "m7g.large", subnetId: subnet?.id });
    stack.add("aws:ec2/instance:Instance", "mysql-primary", {
      instanceType: "r6g.large",
      subnetId: subnet?.id,
    });
    const files = stack.add("aws:efs/fileSystem:FileSystem", "uploads", { encrypted: true });
    stack.add("aws:efs/mountTarget:MountTarget", "uploads-a", {
      fileSystemId: files.id,
      subnetId: subnet?.id,
    });
  },
);
