import { environmentType, isSingleInstance, settingOf } from "../members/beanstalk";
import { taskDefinitionType } from "../members/containers";
import { monthly, sizePrice } from "../prices";
import { flag, nested, number, type Resources, type ResourceView, text, unknownProperty } from "../resources";
import { ecsServiceType } from "../types";
import type { Bill } from "./bill";
import { diskCost } from "./disks";
import { addressesOf } from "./machines";

/** Containers and applications whose machines AWS keeps. */
export function containerCosts(bill: Bill): void {
  const { resources } = bill;
  const minimums = minimumsOfServices(resources);
  for (const service of resources.ofType(ecsServiceType))
    if (isOnFargate(service)) fargateCost(bill, service, minimums);
  for (const environment of resources.ofType(environmentType)) environmentCost(bill, environment);
  for (const service of resources.ofType("aws:apprunner/service:Service")) appRunnerCost(bill, service);
  for (const service of resources.ofType("aws:lightsail/containerService:ContainerService")) {
    const nodes = flag(service, "isDisabled") === true ? 0 : (number(service, "scale") ?? 1);
    const price = sizePrice(bill.table(service), "lightsailContainer", text(service, "power"));
    bill.add(`Lightsail containers ${service.name}`, price === undefined ? undefined : nodes * price);
  }
}

function isOnFargate(service: ResourceView): boolean {
  return (
    text(service, "launchType") === "FARGATE" ||
    nested(service, "capacityProviderStrategies").some((one) =>
      text(one, "capacityProvider")?.startsWith("FARGATE"),
    )
  );
}

/** What Application Auto Scaling keeps running of each service, by the service's name. */
function minimumsOfServices(resources: Resources): ReadonlyMap<ResourceView, number | undefined> {
  const named = new Map(
    resources.ofType(ecsServiceType).map((service) => [text(service, "name") ?? service.name, service]),
  );
  const found = new Map<ResourceView, number | undefined>();
  for (const target of resources.ofType("aws:appautoscaling/target:Target")) {
    const name = text(target, "resourceId")?.split("/").at(-1) ?? "";
    const service = named.get(name) ?? resources.referred(target, "resourceId", [ecsServiceType])[0];
    if (service !== undefined) found.set(service, number(target, "minCapacity"));
  }
  return found;
}

function fargateCost(
  bill: Bill,
  service: ResourceView,
  minimums: ReadonlyMap<ResourceView, number | undefined>,
): void {
  const unknown = unknownProperty(service, "desiredCount") ? undefined : 1;
  const count = minimums.get(service) ?? number(service, "desiredCount") ?? unknown;
  if (count === 0) return;
  const [definition] = bill.resources.referred(service, "taskDefinition", [taskDefinitionType]);
  const task = definition === undefined ? undefined : taskCost(bill, definition);
  bill.add(
    `ECS service on Fargate ${service.name}`,
    task === undefined || count === undefined ? undefined : count * task,
  );
  const addressed = nested(service, "networkConfiguration").some(
    (one) => flag(one, "assignPublicIp") === true,
  );
  if (addressed)
    bill.add(addressesOf(service.name, count ?? 1), bill.units(service, "publicIpv4PerHour", count));
}

/** Gigabytes of disk that are included: https://aws.amazon.com/fargate/pricing/ */
const includedDisk = 20;

/** Dollars a month for a task, by its processor and memory. Windows has a licence besides, which the tables lack. */
function taskCost(bill: Bill, definition: ResourceView): number | undefined {
  const cpu = number(definition, "cpu");
  const memory = number(definition, "memory");
  const [platform] = nested(definition, "runtimePlatform");
  const system = platform === undefined ? undefined : text(platform, "operatingSystemFamily");
  if (cpu === undefined || memory === undefined || system?.startsWith("WINDOWS")) return undefined;
  const { units } = bill.table(definition);
  const arm = platform !== undefined && text(platform, "cpuArchitecture") === "ARM64";
  const perCpu = arm ? units.fargateArmCpuPerHour : units.fargateCpuPerHour;
  const perGigabyte = arm ? units.fargateArmGigabytePerHour : units.fargateGigabytePerHour;
  if (perCpu === undefined || perGigabyte === undefined) return undefined;
  const disk = nested(definition, "ephemeralStorage").map((one) => number(one, "sizeInGib") ?? 0)[0] ?? 0;
  const beyond = Math.max(0, disk - includedDisk) * (units.fargateStoragePerGigabyteHour ?? 0);
  return monthly((cpu / 1024) * perCpu + (memory / 1024) * perGigabyte + beyond);
}

/** Elastic Beanstalk's machines, disks and load balancer, which aren't resources of the stack. */
function environmentCost(bill: Bill, environment: ResourceView): void {
  const option = (name: string) => settingOf(environment, name);
  const table = bill.table(environment);
  const single = isSingleInstance(environment);
  const count = single ? 1 : Number(option("MinSize") ?? 1);
  // What Elastic Beanstalk takes where nothing is said.
  const size = (option("InstanceTypes") ?? option("InstanceType") ?? "t3.micro").split(",")[0];
  const price = sizePrice(table, "ec2", size);
  const { name } = environment;
  bill.add(
    `Elastic Beanstalk environment ${name} (${count > 1 ? `${count} x ` : ""}${size})`,
    price === undefined ? undefined : count * monthly(price),
  );
  const disk = diskCost(table, {
    size: Number(option("RootVolumeSize") ?? 8),
    type: option("RootVolumeType") ?? "gp3",
    iops: undefined,
    throughput: undefined,
  });
  bill.add(`disk of ${name}`, disk === undefined ? undefined : count * disk);
  bill.add(addressesOf(name, count), bill.units(environment, "publicIpv4PerHour", count));
  if (single) return;
  const shared = option("LoadBalancerIsShared") === "true";
  const unit =
    option("LoadBalancerType") === "network"
      ? "networkLoadBalancerPerHour"
      : "applicationLoadBalancerPerHour";
  bill.add(`load balancer of ${name}`, bill.units(environment, unit, shared ? 0 : 1));
}

/** App Runner is paid for the memory of the instances that it keeps ready; processor time depends on use. */
function appRunnerCost(bill: Bill, service: ResourceView): void {
  const [configuration] = nested(service, "instanceConfiguration");
  const memory = configuration === undefined ? undefined : text(configuration, "memory");
  const [scaling] = bill.resources.referred(service, "autoScalingConfigurationArn", [
    "aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion",
  ]);
  const ready = (scaling === undefined ? undefined : number(scaling, "minSize")) ?? 1;
  bill.add(
    `App Runner service ${service.name}`,
    bill.units(service, "appRunnerGigabytePerHour", ready * gigabytesOf(memory ?? "2 GB")),
  );
}

/** `2 GB` and `2048` are the same. */
function gigabytesOf(memory: string): number {
  const value = Number.parseFloat(memory);
  return /GB/i.test(memory) ? value : value / 1024;
}
