import { isObject, isUnknown } from "../resources";
import { each, given, inside, isWord, type Properties, renamed } from "./values";

/** How a resource of `aws-native` (CloudFormation's model) is read as one of `aws`. */
export interface Counterpart {
  /** The type token of `aws`. */
  readonly type: string | ((properties: Properties) => string);
  /** Names of properties that differ, by CloudFormation's name. Others have the same name in both. */
  readonly names?: Readonly<Record<string, string>>;
  /** What differs in shape. Property names are those of CloudFormation. */
  readonly also?: (properties: Properties) => Properties;
  /** What is a resource of its own in `aws`: its type, and for each its properties and the property that they came from. */
  readonly apart?: (
    properties: Properties,
  ) => readonly { readonly type: string; readonly from: string; readonly properties: Properties }[];
}

/** Disks: CloudFormation has the root disk among the others, by its device's name. */
function disks(mappings: unknown): Properties {
  if (!Array.isArray(mappings)) return given({ ebsBlockDevices: mappings });
  const devices = mappings.filter(isObject).map((mapping) => ({
    deviceName: mapping.deviceName,
    ...(isObject(mapping.ebs) ? mapping.ebs : {}),
  }));
  const isRoot = ({ deviceName }: { deviceName: unknown }) => /^\/dev\/(xvda|sda1)$/.test(String(deviceName));
  const root = devices.find(isRoot);
  return given({ rootBlockDevice: root, ebsBlockDevices: devices.filter((device) => !isRoot(device)) });
}

const openings = (rules: unknown) =>
  each(rules, (rule) =>
    given({
      protocol: rule.ipProtocol,
      fromPort: rule.fromPort,
      toPort: rule.toPort,
      cidrBlocks: rule.cidrIp === undefined ? undefined : [rule.cidrIp],
      ipv6CidrBlocks: rule.cidrIpv6 === undefined ? undefined : [rule.cidrIpv6],
      securityGroups: rule.sourceSecurityGroupId === undefined ? undefined : [rule.sourceSecurityGroupId],
    }),
  );

const interfaces = (value: unknown) => each(value, (one) => renamed(one, { groupSet: "securityGroups" }));

const actions = (value: unknown) =>
  each(value, (action) => renamed(action, { redirectConfig: "redirect", forwardConfig: "forward" }));

/** A machine's settings, of an instance or a launch template. */
const machineNames = { securityGroupIds: "vpcSecurityGroupIds" };

function profileOf(value: unknown): unknown {
  return isObject(value) ? (value.arn ?? value.name) : value;
}

function launchTemplate({ launchTemplateData: data }: Properties): Properties {
  if (!isObject(data)) return { userData: data };
  return {
    ...renamed(data, machineNames),
    networkInterfaces: each(data.networkInterfaces, (one) => renamed(one, { groups: "securityGroups" })),
    iamInstanceProfile: profileOf(data.iamInstanceProfile),
  };
}

function service({ networkConfiguration: network }: Properties): Properties {
  const inner = inside(network, "awsvpcConfiguration");
  if (!isObject(inner)) return given({ networkConfiguration: inner });
  return {
    networkConfiguration: { ...inner, assignPublicIp: isWord(inner.assignPublicIp, "ENABLED") ?? false },
  };
}

/** Containers stand as JSON in `aws`. */
function taskDefinition({ containerDefinitions }: Properties): Properties {
  return Array.isArray(containerDefinitions)
    ? { containerDefinitions: JSON.stringify(containerDefinitions) }
    : given({ containerDefinitions });
}

function distribution({ distributionConfig: configuration }: Properties): Properties {
  if (!isObject(configuration)) return given({ origins: configuration });
  return {
    ...renamed(configuration, { cacheBehaviors: "orderedCacheBehaviors" }),
    origins: each(configuration.origins, (origin) =>
      renamed(origin, { id: "originId", customOriginConfig: "customOriginConfig" }),
    ),
    viewerCertificate: isObject(configuration.viewerCertificate)
      ? renamed(configuration.viewerCertificate, {
          cloudFrontDefaultCertificate: "cloudfrontDefaultCertificate",
        })
      : configuration.viewerCertificate,
  };
}

function record({ aliasTarget, failover, weight }: Properties): Properties {
  return given({
    aliases: isObject(aliasTarget)
      ? [renamed(aliasTarget, { dnsName: "name", hostedZoneId: "zoneId" })]
      : aliasTarget,
    failoverRoutingPolicies: failover === undefined ? undefined : [{ type: failover }],
    weightedRoutingPolicies: weight === undefined ? undefined : [{ weight }],
  });
}

function targetGroup(properties: Properties): Properties {
  return {
    healthCheck: given({
      enabled: properties.healthCheckEnabled,
      path: properties.healthCheckPath,
      protocol: properties.healthCheckProtocol,
      port: properties.healthCheckPort,
    }),
  };
}

/** Where nothing is said, CloudFormation keeps backups of a database for a day; `aws` keeps none. */
function database({ backupRetentionPeriod, sourceDbInstanceIdentifier }: Properties): Properties {
  const replica = sourceDbInstanceIdentifier !== undefined;
  return backupRetentionPeriod === undefined && !replica ? { backupRetentionPeriod: 1 } : {};
}

function table({
  keySchema,
  pointInTimeRecoverySpecification,
  timeToLiveSpecification,
}: Properties): Properties {
  const hash = Array.isArray(keySchema)
    ? keySchema.filter(isObject).find(({ keyType }) => keyType === "HASH")?.attributeName
    : undefined;
  const recovery = inside(pointInTimeRecoverySpecification, "pointInTimeRecoveryEnabled");
  const expiry = inside(timeToLiveSpecification, "enabled");
  return given({
    hashKey: hash,
    pointInTimeRecovery: recovery === undefined ? undefined : { enabled: recovery },
    ttl: expiry === undefined ? undefined : { enabled: expiry },
  });
}

const balancer = ({ scheme }: Properties) => given({ internal: isWord(scheme, "internal") });

/** By CloudFormation's type, as `aws-native` spells it. */
export const counterparts: Readonly<Record<string, Counterpart>> = {
  "ec2:Vpc": { type: "aws:ec2/vpc:Vpc", names: { vpcId: "id" } },
  "ec2:Subnet": { type: "aws:ec2/subnet:Subnet", names: { subnetId: "id" } },
  "ec2:RouteTable": { type: "aws:ec2/routeTable:RouteTable", names: { routeTableId: "id" } },
  "ec2:Route": { type: "aws:ec2/route:Route" },
  "ec2:SubnetRouteTableAssociation": { type: "aws:ec2/routeTableAssociation:RouteTableAssociation" },
  "ec2:NatGateway": { type: "aws:ec2/natGateway:NatGateway", names: { natGatewayId: "id" } },
  "ec2:InternetGateway": {
    type: "aws:ec2/internetGateway:InternetGateway",
    names: { internetGatewayId: "id" },
  },
  "ec2:SecurityGroup": {
    type: "aws:ec2/securityGroup:SecurityGroup",
    names: { groupId: "id", groupName: "name" },
    also: ({ securityGroupIngress }) => given({ ingress: openings(securityGroupIngress) }),
  },
  "ec2:SecurityGroupIngress": {
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    names: { groupId: "securityGroupId", cidrIp: "cidrIpv4" },
  },
  "ec2:Instance": {
    type: "aws:ec2/instance:Instance",
    names: { ...machineNames, instanceId: "id", publicDnsName: "publicDns" },
    also: ({ blockDeviceMappings, networkInterfaces }) => ({
      ...disks(blockDeviceMappings),
      ...given({ networkInterfaces: interfaces(networkInterfaces) }),
    }),
  },
  "ec2:LaunchTemplate": {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    names: { launchTemplateId: "id", launchTemplateName: "name" },
    also: launchTemplate,
  },
  "ec2:Volume": { type: "aws:ebs/volume:Volume", names: { volumeId: "id", volumeType: "type" } },
  "ec2:Eip": {
    type: "aws:ec2/eip:Eip",
    names: { instanceId: "instance" },
    also: ({ allocationId }) => given({ id: allocationId }),
  },
  "ec2:EipAssociation": { type: "aws:ec2/eipAssociation:EipAssociation", names: { eip: "publicIp" } },
  "autoscaling:AutoScalingGroup": {
    type: "aws:autoscaling/group:Group",
    names: {
      vpcZoneIdentifier: "vpcZoneIdentifiers",
      targetGroupArns: "targetGroupArns",
      loadBalancerNames: "loadBalancers",
      autoScalingGroupName: "name",
    },
    also: ({ launchTemplate: template }) =>
      isObject(template)
        ? { launchTemplate: renamed(template, { launchTemplateId: "id", launchTemplateName: "name" }) }
        : {},
  },
  "autoscaling:ScalingPolicy": {
    type: "aws:autoscaling/policy:Policy",
    names: { autoScalingGroupName: "autoscalingGroupName" },
  },
  "elasticloadbalancingv2:LoadBalancer": {
    type: "aws:lb/loadBalancer:LoadBalancer",
    names: { type: "loadBalancerType", loadBalancerArn: "arn" },
    also: balancer,
  },
  "elasticloadbalancingv2:Listener": {
    type: "aws:lb/listener:Listener",
    names: { listenerArn: "arn" },
    also: ({ defaultActions }) => given({ defaultActions: actions(defaultActions) }),
  },
  "elasticloadbalancingv2:ListenerRule": {
    type: "aws:lb/listenerRule:ListenerRule",
    also: (properties) => given({ actions: actions(properties.actions) }),
  },
  "elasticloadbalancingv2:TargetGroup": {
    type: "aws:lb/targetGroup:TargetGroup",
    names: { targetGroupArn: "arn" },
    also: targetGroup,
    apart: ({ targets, targetGroupArn }) =>
      (Array.isArray(targets) ? targets.filter(isObject) : []).map(({ id }) => ({
        type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
        from: "targets",
        properties: { targetGroupArn, targetId: id },
      })),
  },
  "rds:DbInstance": {
    type: ({ dbClusterIdentifier }) =>
      dbClusterIdentifier === undefined || dbClusterIdentifier === ""
        ? "aws:rds/instance:Instance"
        : "aws:rds/clusterInstance:ClusterInstance",
    names: {
      dbInstanceClass: "instanceClass",
      dbInstanceIdentifier: "identifier",
      dbClusterIdentifier: "clusterIdentifier",
      sourceDbInstanceIdentifier: "replicateSourceDb",
      vpcSecurityGroups: "vpcSecurityGroupIds",
      masterUserPassword: "password",
      dbInstanceArn: "arn",
    },
    also: database,
  },
  "rds:DbCluster": {
    type: "aws:rds/cluster:Cluster",
    names: {
      dbClusterIdentifier: "clusterIdentifier",
      masterUserPassword: "masterPassword",
      serverlessV2ScalingConfiguration: "serverlessv2ScalingConfiguration",
      dbClusterArn: "arn",
    },
    also: ({ dbClusterIdentifier }) => given({ id: dbClusterIdentifier }),
  },
  "elasticache:ReplicationGroup": {
    type: "aws:elasticache/replicationGroup:ReplicationGroup",
    names: { cacheNodeType: "nodeType", replicationGroupId: "id" },
  },
  "elasticache:CacheCluster": {
    type: "aws:elasticache/cluster:Cluster",
    names: { cacheNodeType: "nodeType", clusterName: "clusterId" },
  },
  "elasticache:ServerlessCache": { type: "aws:elasticache/serverlessCache:ServerlessCache" },
  "memorydb:Cluster": { type: "aws:memorydb/cluster:Cluster" },
  "efs:FileSystem": {
    type: "aws:efs/fileSystem:FileSystem",
    names: { fileSystemId: "id" },
    apart: ({ backupPolicy, fileSystemId }) =>
      isObject(backupPolicy)
        ? [
            {
              type: "aws:efs/backupPolicy:BackupPolicy",
              from: "fileSystemId",
              properties: { fileSystemId, backupPolicy },
            },
          ]
        : [],
  },
  "s3:Bucket": {
    type: "aws:s3/bucket:Bucket",
    names: {
      websiteConfiguration: "website",
      bucketName: "bucket",
      regionalDomainName: "bucketRegionalDomainName",
    },
    also: ({ versioningConfiguration, bucketName }) =>
      given({
        id: bucketName,
        versioning:
          versioningConfiguration === undefined
            ? undefined
            : { enabled: isWord(inside(versioningConfiguration, "status"), "Enabled") },
      }),
  },
  "dynamodb:Table": { type: "aws:dynamodb/table:Table", names: { tableName: "name" }, also: table },
  "ecs:Cluster": { type: "aws:ecs/cluster:Cluster", names: { clusterName: "name" } },
  "ecs:Service": {
    type: "aws:ecs/service:Service",
    names: { capacityProviderStrategy: "capacityProviderStrategies", serviceName: "name" },
    also: service,
  },
  "ecs:TaskDefinition": {
    type: "aws:ecs/taskDefinition:TaskDefinition",
    names: { taskDefinitionArn: "arn" },
    also: taskDefinition,
  },
  "applicationautoscaling:ScalableTarget": { type: "aws:appautoscaling/target:Target" },
  "route53:RecordSet": {
    type: "aws:route53/record:Record",
    names: { resourceRecords: "records", hostedZoneId: "zoneId" },
    also: record,
  },
  "route53:HostedZone": { type: "aws:route53/zone:Zone" },
  "cloudfront:Distribution": { type: "aws:cloudfront/distribution:Distribution", also: distribution },
  "lambda:Function": { type: "aws:lambda/function:Function", names: { functionName: "name" } },
  "eks:Cluster": { type: "aws:eks/cluster:Cluster" },
  "eks:Nodegroup": { type: "aws:eks/nodeGroup:NodeGroup", names: { subnets: "subnetIds" } },
  "eks:FargateProfile": { type: "aws:eks/fargateProfile:FargateProfile", names: { subnets: "subnetIds" } },
  "apprunner:Service": {
    type: "aws:apprunner/service:Service",
    also: ({ networkConfiguration }) =>
      isUnknown(networkConfiguration) ? {} : given({ networkConfiguration }),
  },
  "opensearchservice:Domain": {
    type: "aws:opensearch/domain:Domain",
    names: { encryptionAtRestOptions: "encryptAtRest" },
  },
  "amazonmq:Broker": { type: "aws:mq/broker:Broker" },
  "redshift:Cluster": { type: "aws:redshift/cluster:Cluster" },
  "lightsail:Instance": { type: "aws:lightsail/instance:Instance", names: { instanceName: "name" } },
  "lightsail:Database": {
    type: "aws:lightsail/database:Database",
    names: { relationalDatabaseBundleId: "bundleId", backupRetention: "backupRetentionEnabled" },
  },
  "lightsail:Container": {
    type: "aws:lightsail/containerService:ContainerService",
    names: { serviceName: "name" },
  },
};
