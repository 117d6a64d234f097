/** Type tokens that guard rails look at. Load balancers have several module names in Pulumi for the same resource. */
export const instance = "aws:ec2/instance:Instance";
export const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";
export const launchConfiguration = "aws:ec2/launchConfiguration:LaunchConfiguration";
export const machines = [
  instance,
  launchTemplate,
  launchConfiguration,
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
];

export const database = "aws:rds/instance:Instance";
export const cluster = "aws:rds/cluster:Cluster";
export const clusterInstance = "aws:rds/clusterInstance:ClusterInstance";
export const lightsailDatabase = "aws:lightsail/database:Database";
export const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";
export const fileSystem = "aws:efs/fileSystem:FileSystem";
export const volume = "aws:ebs/volume:Volume";
export const documentCluster = "aws:docdb/cluster:Cluster";
export const graphCluster = "aws:neptune/cluster:Cluster";
export const warehouse = "aws:redshift/cluster:Cluster";
export const searchDomains = ["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"];

const balancerModules = ["lb", "alb", "applicationloadbalancing", "elasticloadbalancingv2"];
export const listeners = balancerModules.map((module) => `aws:${module}/listener:Listener`);
export const balancers = [
  ...balancerModules.map((module) => `aws:${module}/loadBalancer:LoadBalancer`),
  "aws:elb/loadBalancer:LoadBalancer",
];
export const distribution = "aws:cloudfront/distribution:Distribution";
