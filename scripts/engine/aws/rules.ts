import { isIPv4, isIPv6 } from "node:net";
import { logRetentions } from "../../../components/settings/awsValues";
import type { CheckFailure } from "../providerServer";
import { isObject, isUnknown, type Properties, reveal, type Value } from "../values";

/** Refuses one property, in AWS's manner. */
export type Refuse = (property: string, reason: string) => void;

/** Checks the inputs of one type; what is not known yet passes. */
export type Rule = (inputs: Known, refuse: Refuse) => void;

/** Inputs with secrets opened; a value that is not known yet reads as undefined. */
export class Known {
  constructor(private readonly properties: Properties) {}

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === "number" ? value : undefined;
  }

  texts(name: string): string[] {
    const value = this.value(name);
    return Array.isArray(value)
      ? value.filter((item): item is string => typeof item === "string" && !isUnknown(item))
      : [];
  }

  object(name: string): Known | undefined {
    const value = this.value(name);
    return isObject(value) ? new Known(value) : undefined;
  }

  objects(name: string): Known[] {
    const value = this.value(name);
    return Array.isArray(value) ? value.filter(isObject).map((item) => new Known(item)) : [];
  }

  has(name: string): boolean {
    return this.properties[name] !== undefined && this.properties[name] !== null;
  }

  names(): string[] {
    return Object.keys(this.properties);
  }

  private value(name: string): Value | undefined {
    const value = this.properties[name];
    return value === undefined || isUnknown(value) ? undefined : reveal(value);
  }
}

/** Security groups and their rules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
const groupText = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Every type's tags: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
export function checkTags(inputs: Known, refuse: Refuse): void {
  const tags = inputs.object("tags");
  if (tags === undefined) return;
  if (tags.names().length > 50) refuse("tags", "a resource has at most 50 tags");
  for (const name of tags.names()) {
    if (!/^[\p{L}\p{N} _.:/=+\-@]{1,128}$/u.test(name)) refuse("tags", `the key ${name} is not allowed`);
    if (/^aws:/i.test(name)) refuse("tags", `the key ${name} is reserved`);
    if (!/^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u.test(tags.text(name) ?? "")) {
      refuse("tags", `the value of ${name} is not allowed`);
    }
  }
}

function pattern(property: string, expression: RegExp): Rule {
  return (inputs, refuse) => {
    const text = inputs.text(property);
    if (text !== undefined && !expression.test(text)) {
      refuse(property, `${JSON.stringify(text)} does not match ${expression}`);
    }
  };
}

function range(property: string, least: number, most: number): Rule {
  return (inputs, refuse) => {
    const number = inputs.number(property);
    if (number !== undefined && (number < least || number > most)) {
      refuse(property, `${number} is not from ${least} to ${most}`);
    }
  };
}

function json(property: string): Rule {
  return (inputs, refuse) => {
    try {
      const text = inputs.text(property);
      if (text !== undefined) JSON.parse(text);
    } catch {
      refuse(property, "contains an invalid JSON policy");
    }
  };
}

const groupRule: Rule = (inputs, refuse) => {
  const targets = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
  const given = targets.filter((target) => inputs.has(target));
  if (given.length !== 1) refuse("cidrIpv4", `exactly one of ${targets.join(", ")} must be given`);
  const all = inputs.text("ipProtocol") === "-1";
  if (all === inputs.has("fromPort")) refuse("fromPort", "ports go with a protocol, and only with one");
  pattern("description", groupText)(inputs, refuse);
};

const instance: Rule = (inputs, refuse) => {
  pattern("instanceType", /^[a-z0-9-]+\.[a-z0-9-]+$/)(inputs, refuse);
  pattern("ami", /^ami-[0-9a-f]{8,17}$/)(inputs, refuse);
  if (Buffer.byteLength(inputs.text("userData") ?? "") > 16384)
    refuse("userData", "User data is limited to 16384 bytes");
  const hops = inputs.object("metadataOptions")?.number("httpPutResponseHopLimit") ?? 1;
  if (hops < 1 || hops > 64) refuse("metadataOptions.httpPutResponseHopLimit", "expected 1 to 64");
  if (inputs.has("creditSpecification") && !/^t\d/.test(inputs.text("instanceType") ?? "t3")) {
    refuse("creditSpecification", "only burstable instance types have credits");
  }
};

const record: Rule = (inputs, refuse) => {
  if (!inputs.has("aliases") && !(inputs.has("ttl") && inputs.has("records")))
    refuse("ttl", "ttl and records go together");
  if ((inputs.text("name") ?? "").length > 255) refuse("name", "a name has at most 255 characters");
  const forms: Record<string, (text: string) => boolean> = {
    A: isIPv4,
    AAAA: isIPv6,
    CAA: (text) => /^\d{1,3} (?:issue|issuewild|iodef) "[^"]*"$/.test(text),
  };
  const fits = forms[inputs.text("type") ?? ""];
  for (const text of inputs.texts("records")) {
    if (fits?.(text) === false)
      refuse("records", `InvalidChangeBatch: ${text} is no ${inputs.text("type")} record`);
  }
};

const healthCheck: Rule = (inputs, refuse) => {
  if (!["HTTP", "HTTPS", "TCP", "CALCULATED"].includes(inputs.text("type") ?? ""))
    refuse("type", "unknown type");
  if (![10, 30].includes(inputs.number("requestInterval") ?? 30))
    refuse("requestInterval", "expected 10 or 30");
  range("failureThreshold", 1, 10)(inputs, refuse);
  pattern("resourcePath", /^\/.{0,254}$/)(inputs, refuse);
};

const alarm: Rule = (inputs, refuse) => {
  const period = inputs.number("period") ?? 60;
  const span = period * (inputs.number("evaluationPeriods") ?? 1);
  if (period % 60 !== 0 && ![10, 20, 30].includes(period))
    refuse("period", "expected 10, 20, 30 or a multiple of 60");
  if (span > (period < 3600 ? 86400 : 604800)) refuse("evaluationPeriods", "the alarm looks back too far");
  if ((inputs.text("alarmDescription") ?? "").length > 1024) refuse("alarmDescription", "too long");
  if (inputs.texts("alarmActions").length > 5) refuse("alarmActions", "at most 5 actions");
  const automatic = inputs.texts("alarmActions").find((action) => action.startsWith("arn:aws:automate:"));
  if (automatic?.endsWith(":ec2:recover") && inputs.text("metricName") !== "StatusCheckFailed_System") {
    refuse("alarmActions", "recover goes with StatusCheckFailed_System only");
  }
};

const parameter: Rule = (inputs, refuse) => {
  pattern("name", /^[a-zA-Z0-9_.\-/]{1,1011}$/)(inputs, refuse);
  if ((inputs.text("value") ?? "").length > 4096) refuse("value", "standard parameters hold 4096 characters");
};

const lifecyclePolicy: Rule = (inputs, refuse) => {
  pattern("description", /^[0-9A-Za-z _-]{1,500}$/)(inputs, refuse);
  for (const schedule of inputs.object("policyDetails")?.objects("schedules") ?? []) {
    const created = schedule.object("createRule");
    if (![1, 2, 3, 4, 6, 8, 12, 24].includes(created?.number("interval") ?? 24)) {
      refuse("policyDetails", "interval: expected 1, 2, 3, 4, 6, 8, 12 or 24");
    }
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(created?.text("times") ?? "")) {
      refuse("policyDetails", "times: expected hh:mm");
    }
  }
};

/** AWS's own rules, by type. */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  "aws:ec2/vpc:Vpc": [pattern("cidrBlock", /\/(?:1[6-9]|2[0-8])$/)],
  "aws:ec2/subnet:Subnet": [
    pattern("cidrBlock", /\/(?:1[6-9]|2[0-8])$/),
    pattern("ipv6CidrBlock", /\/(?:44|48|52|56|60|64)$/),
    pattern("availabilityZone", /^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/),
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    pattern("description", groupText),
    pattern("name", /^(?!sg-)[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/),
  ],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [groupRule],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [groupRule],
  "aws:ec2/keyPair:KeyPair": [pattern("publicKey", /^(?:ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]+=*(?: .*)?$/)],
  "aws:ec2/instance:Instance": [instance],
  "aws:ec2/volumeAttachment:VolumeAttachment": [pattern("deviceName", /^\/dev\/(?:sd|xvd)[b-z]\d?$/)],
  "aws:ebs/volume:Volume": [range("size", 1, 65536)],
  "aws:s3/bucket:Bucket": [pattern("bucket", /^(?!xn--)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)],
  "aws:s3/bucketPolicy:BucketPolicy": [json("policy")],
  "aws:iam/role:Role": [
    json("assumeRolePolicy"),
    pattern("name", /^[\w+=,.@-]{1,64}$/),
    pattern("description", /^[\t\n\r\x20-\x7e\u00a1-\u00ff]{0,1000}$/),
  ],
  "aws:iam/rolePolicy:RolePolicy": [json("policy"), pattern("name", /^[\w+=,.@-]{1,128}$/)],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    pattern("policyArn", /^arn:aws:iam::(?:aws|\d{12}):policy\//),
  ],
  "aws:iam/instanceProfile:InstanceProfile": [pattern("name", /^[\w+=,.@-]{1,128}$/)],
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": [lifecyclePolicy],
  "aws:route53/zone:Zone": [pattern("name", /^[a-z0-9.-]{1,255}$/)],
  "aws:route53/record:Record": [record],
  "aws:route53/healthCheck:HealthCheck": [healthCheck],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [alarm],
  "aws:cloudwatch/dashboard:Dashboard": [
    pattern("dashboardName", /^[A-Za-z0-9_-]{1,255}$/),
    json("dashboardBody"),
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    pattern("name", /^[a-zA-Z0-9_\-/.#]{1,512}$/),
    (inputs, refuse) => {
      const days = inputs.number("retentionInDays");
      if (days !== undefined && !logRetentions.includes(days))
        refuse("retentionInDays", `${days} is not offered`);
    },
  ],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": [pattern("name", /^[^:*]{1,512}$/)],
  "aws:sns/topic:Topic": [pattern("name", /^[A-Za-z0-9_-]{1,256}$/)],
  "aws:sns/topicSubscription:TopicSubscription": [pattern("endpoint", /^[^@\s]+@[^@\s]+$/)],
  "aws:ssm/parameter:Parameter": [parameter],
  "aws:ssm/association:Association": [pattern("associationName", /^[a-zA-Z0-9_\-.]{3,128}$/)],
};

/** What AWS would refuse about these inputs. */
export function failures(token: string, properties: Properties): CheckFailure[] {
  const found: CheckFailure[] = [];
  const refuse: Refuse = (property, reason) => found.push({ property, reason });
  const known = new Known(properties);
  checkTags(known, refuse);
  for (const rule of rules[token] ?? []) rule(known, refuse);
  return found;
}
