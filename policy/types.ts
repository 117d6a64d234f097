/** Type tokens of resources that more than one part of the pack looks at. Load balancers are known by one module name: see `canonicalType`. */
export const recordType = "aws:route53/record:Record";
export const localRecordType = "one-server-web:local:DnsRecord";
export const eipType = "aws:ec2/eip:Eip";
export const balancerType = "aws:lb/loadBalancer:LoadBalancer";
export const classicBalancerType = "aws:elb/loadBalancer:LoadBalancer";
export const lightsailBalancerType = "aws:lightsail/lb:Lb";
export const distributionType = "aws:cloudfront/distribution:Distribution";
export const acceleratorType = "aws:globalaccelerator/accelerator:Accelerator";
export const listenerType = "aws:lb/listener:Listener";
export const targetGroupType = "aws:lb/targetGroup:TargetGroup";

/** The components of this project that stand for a machine. */
export const serverTypes = [
  "one-server-web:local:Server",
  "one-server-web:ssh:Server",
  "one-server-web:aws:Server",
] as const;
export const instanceType = "aws:ec2/instance:Instance";
export const lightsailInstanceType = "aws:lightsail/instance:Instance";
export const instanceTypes = [
  instanceType,
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  lightsailInstanceType,
] as const;
export const templateTypes = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
];
export const groupType = "aws:autoscaling/group:Group";
export const ecsServiceType = "aws:ecs/service:Service";
export const nodeGroupType = "aws:eks/nodeGroup:NodeGroup";
export const bucketTypes = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
