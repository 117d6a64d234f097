import { randomUUID } from "node:crypto";
import { type Properties, reveal, type Value } from "../values";
import { randomId } from "./world";

/** What the SDK does not say of a type: what AWS decides, and what a change costs. */
export interface Facts {
  /** Inputs whose change makes another resource. */
  readonly replaceOn: readonly string[];
  /** Optional inputs that AWS fills when they are not given: unknown at preview then. */
  readonly decided?: readonly string[];
  /** The input that Pulumi makes a name for when none is given, and how long it may be. */
  readonly autoname?: { readonly property: string; readonly longest: number };
  /** The id of a new one. */
  readonly id: (inputs: Properties) => string;
  /** What AWS tells of a new one. */
  readonly outputs?: (created: Created) => Properties;
}

export interface Created {
  readonly id: string;
  readonly inputs: Properties;
  /** Counts all things of this type, from 0. */
  readonly index: number;
  /** The outputs of another thing, by its id. */
  readonly other: (id: Value | undefined) => Properties;
}

export const account = "123456789012";
const region = (inputs: Properties) => String(inputs.region ?? process.env.AWS_PLUGIN_REGION ?? "us-east-1");
const arn =
  (service: string, path: (created: Created) => string, regional = true) =>
  (created: Created) => ({
    arn: `arn:aws:${service}:${regional ? region(created.inputs) : ""}:${account}:${path(created)}`,
  });
const named = (property: string) => (inputs: Properties) => String(reveal(inputs[property] ?? ""));
const numbered = (prefix: string) => () => randomId(prefix);
const name = (longest: number) => ({ property: "name", longest });

const network: Readonly<Record<string, Facts>> = {
  "aws:ec2/vpc:Vpc": {
    replaceOn: ["cidrBlock", "instanceTenancy"],
    decided: ["ipv6CidrBlock", "ipv6CidrBlockNetworkBorderGroup", "instanceTenancy"],
    id: numbered("vpc"),
    outputs: ({ index }) => ({ ipv6CidrBlock: `2600:1f18:${(0x1000 + index).toString(16)}:5600::/56` }),
  },
  "aws:ec2/subnet:Subnet": {
    replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
    decided: ["availabilityZone", "availabilityZoneId"],
    id: numbered("subnet"),
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { replaceOn: ["vpcId"], id: numbered("sg") },
  "aws:ec2/internetGateway:InternetGateway": { replaceOn: [], decided: ["vpcId"], id: numbered("igw") },
  "aws:ec2/routeTable:RouteTable": { replaceOn: ["vpcId"], decided: ["routes"], id: numbered("rtb") },
  "aws:ec2/route:Route": {
    replaceOn: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"],
    id: numbered("r"),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    replaceOn: ["subnetId", "gatewayId"],
    id: numbered("rtbassoc"),
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    replaceOn: ["name", "description", "vpcId"],
    decided: ["ingress", "egress"],
    autoname: name(255),
    id: numbered("sg"),
    outputs: arn("ec2", ({ id }) => `security-group/${id}`),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    replaceOn: ["securityGroupId"],
    id: numbered("sgr"),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    replaceOn: ["securityGroupId"],
    id: numbered("sgr"),
  },
};

const server: Readonly<Record<string, Facts>> = {
  "aws:ec2/keyPair:KeyPair": {
    replaceOn: ["keyName", "publicKey"],
    autoname: { property: "keyName", longest: 255 },
    id: named("keyName"),
  },
  "aws:ec2/instance:Instance": {
    replaceOn: ["ami", "availabilityZone", "subnetId", "keyName", "privateIp", "associatePublicIpAddress"],
    decided: [
      "privateIp",
      "availabilityZone",
      "ipv6Addresses",
      "secondaryPrivateIps",
      "placementGroupId",
      "hostId",
    ],
    id: numbered("i"),
    outputs: ({ id, index, inputs, other }) => ({
      arn: `arn:aws:ec2:${region(inputs)}:${account}:instance/${id}`,
      availabilityZone: other(inputs.subnetId).availabilityZone ?? "us-east-1a",
      privateIp: `10.0.0.${10 + index}`,
      publicIp: "",
      primaryNetworkInterfaceId: randomId("eni"),
      instanceState: "running",
      ipv6Addresses:
        inputs.ipv6AddressCount === undefined ? [] : [`2600:1f18:1000:5600::${(16 + index).toString(16)}`],
    }),
  },
  "aws:ebs/volume:Volume": {
    replaceOn: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"],
    decided: ["iops", "throughput", "kmsKeyId", "snapshotId"],
    id: numbered("vol"),
    outputs: (created) => ({
      ...arn("ec2", ({ id }) => `volume/${id}`)(created),
      iops: 3000,
      throughput: 125,
      createTime: new Date().toISOString(),
    }),
  },
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    replaceOn: ["deviceName", "instanceId", "volumeId"],
    id: numbered("vai"),
  },
  "aws:ec2transitgateway/instanceState:InstanceState": {
    replaceOn: ["instanceId"],
    id: named("instanceId"),
  },
  "aws:ec2/eip:Eip": {
    replaceOn: ["domain", "address"],
    decided: ["instance", "networkInterface", "address", "publicIpv4Pool", "networkBorderGroup"],
    id: numbered("eipalloc"),
    outputs: ({ id, index }) => ({
      allocationId: id,
      // TEST-NET-2, RFC 5737
      publicIp: `198.51.100.${10 + index}`,
      publicDns: `ec2-198-51-100-${10 + index}.compute-1.amazonaws.com`,
    }),
  },
  "aws:ec2/eipAssociation:EipAssociation": {
    replaceOn: ["allocationId", "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp"],
    decided: ["publicIp", "networkInterfaceId", "privateIpAddress", "instanceId"],
    id: numbered("eipassoc"),
    outputs: ({ inputs, other }) => ({ publicIp: other(inputs.allocationId).publicIp ?? "" }),
  },
};

const bucketPart: Facts = { replaceOn: ["bucket"], id: named("bucket") };
const storage: Readonly<Record<string, Facts>> = {
  "aws:s3/bucket:Bucket": {
    replaceOn: ["bucket"],
    autoname: { property: "bucket", longest: 63 },
    decided: ["policy", "versioning", "serverSideEncryptionConfiguration", "lifecycleRules"],
    id: named("bucket"),
    outputs: ({ id }) => ({ arn: `arn:aws:s3:::${id}` }),
  },
  "aws:s3/bucketVersioning:BucketVersioning": bucketPart,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketPart,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart,
  "aws:s3/bucketPolicy:BucketPolicy": bucketPart,
};

const access: Readonly<Record<string, Facts>> = {
  "aws:iam/role:Role": {
    replaceOn: ["name", "path"],
    autoname: name(64),
    id: named("name"),
    outputs: arn("iam", ({ id }) => `role/${id}`, false),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    replaceOn: ["role", "policyArn"],
    id: (inputs) => `${named("role")(inputs)}-${named("policyArn")(inputs)}`,
  },
  "aws:iam/rolePolicy:RolePolicy": {
    replaceOn: ["name", "role"],
    autoname: name(128),
    id: (inputs) => `${named("role")(inputs)}:${named("name")(inputs)}`,
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    replaceOn: ["name", "path"],
    autoname: name(128),
    id: named("name"),
    outputs: arn("iam", ({ id }) => `instance-profile/${id}`, false),
  },
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": { replaceOn: [], id: numbered("policy") },
};

const names: Readonly<Record<string, Facts>> = {
  "aws:route53/zone:Zone": {
    replaceOn: ["name", "delegationSetId"],
    id: () => randomId("Z").toUpperCase().replace("-", ""),
    outputs: ({ id, index }) => ({
      zoneId: id,
      arn: `arn:aws:route53:::hostedzone/${id}`,
      nameServers: ["com", "net", "org", "co.uk"].map(
        (top, n) => `ns-${index * 4 + n + 1}.awsdns-0${n}.${top}`,
      ),
    }),
  },
  "aws:route53/record:Record": {
    replaceOn: ["zoneId", "name", "setIdentifier"],
    id: (inputs) => ["zoneId", "name", "type"].map((property) => named(property)(inputs)).join("_"),
    outputs: ({ inputs }) => ({ fqdn: inputs.name ?? "" }),
  },
  "aws:route53/healthCheck:HealthCheck": {
    replaceOn: ["type", "requestInterval", "measureLatency", "referenceName"],
    id: () => randomUUID(),
    outputs: ({ id }) => ({ arn: `arn:aws:route53:::healthcheck/${id}` }),
  },
};

const watching: Readonly<Record<string, Facts>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    replaceOn: ["name"],
    autoname: name(255),
    id: named("name"),
    outputs: arn("cloudwatch", ({ id }) => `alarm:${id}`),
  },
  "aws:cloudwatch/dashboard:Dashboard": { replaceOn: ["dashboardName"], id: named("dashboardName") },
  "aws:cloudwatch/logGroup:LogGroup": {
    replaceOn: ["name"],
    autoname: name(512),
    id: named("name"),
    outputs: arn("logs", ({ id }) => `log-group:${id}`),
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    replaceOn: ["name", "logGroupName"],
    autoname: name(512),
    id: named("name"),
  },
  "aws:sns/topic:Topic": {
    replaceOn: ["name", "fifoTopic"],
    autoname: name(256),
    id: (inputs) => `arn:aws:sns:${region(inputs)}:${account}:${named("name")(inputs)}`,
    outputs: ({ id }) => ({ arn: id }),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    replaceOn: ["topic", "protocol", "endpoint"],
    id: (inputs) => `${named("topic")(inputs)}:${randomUUID()}`,
    outputs: ({ id }) => ({ arn: id, pendingConfirmation: true }),
  },
  "aws:ssm/parameter:Parameter": {
    replaceOn: ["name"],
    autoname: name(2048),
    id: named("name"),
    outputs: (created) => ({ ...arn("ssm", ({ id }) => `parameter/${id}`)(created), version: 1 }),
  },
  "aws:ssm/association:Association": { replaceOn: ["name"], id: () => randomUUID() },
};

/** Every type that this plugin knows. */
export const catalogue: Readonly<Record<string, Facts>> = {
  ...network,
  ...server,
  ...storage,
  ...access,
  ...names,
  ...watching,
};
