import type { ResourceView } from "./resources";
import type { Rung } from "./vocabulary";

/** Sizes that the models of the ladder are priced with. */
export interface Sizes {
  readonly web: string;
  readonly database: string;
}

/** Of a disk and of a database in a model. */
const gigabytes = 20;

/** A rung as it would be on AWS, as resources: it costs what a stack of these resources costs. Each server has a public address. */
export function modelOf(rung: Rung, sizes: Sizes): ResourceView[] {
  const zone = model("aws:route53/zone:Zone", "name", {});
  switch (rung) {
    case "single":
      return [...servers(1, sizes), zone];
    case "split-database":
      return [...servers(1, sizes), database(sizes, false), zone];
    case "load-balanced":
      return [...servers(2, sizes), balancer, database(sizes, true), zone];
    case "autoscaled":
      return [...group(sizes), balancer, database(sizes, true), zone];
  }
}

function servers(count: number, sizes: Sizes): ResourceView[] {
  return Array.from({ length: count }, (_, index) =>
    model("aws:ec2/instance:Instance", `web-${index + 1}`, {
      instanceType: sizes.web,
      rootBlockDevice: { volumeSize: gigabytes, volumeType: "gp3" },
      associatePublicIpAddress: true,
    }),
  );
}

function group(sizes: Sizes): ResourceView[] {
  const template = model("aws:ec2/launchTemplate:LaunchTemplate", "web", {
    id: "web",
    instanceType: sizes.web,
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: gigabytes, volumeType: "gp3" } }],
    networkInterfaces: [{ associatePublicIpAddress: "true" }],
  });
  const machines = { minSize: 2, maxSize: 4, launchTemplate: { id: "web" } };
  return [template, model("aws:autoscaling/group:Group", "web", machines)];
}

const balancer = model("aws:lb/loadBalancer:LoadBalancer", "entrance", {
  subnets: ["subnet-a", "subnet-b"],
});

function database(sizes: Sizes, multiAz: boolean): ResourceView {
  return model("aws:rds/instance:Instance", "database", {
    instanceClass: sizes.database,
    allocatedStorage: gigabytes,
    multiAz,
  });
}

function model(type: string, name: string, properties: ResourceView["properties"]): ResourceView {
  return { type, name, properties };
}
