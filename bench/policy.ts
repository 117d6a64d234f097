import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { assess } from "../policy/assess";
import { type ResourceView, UNKNOWN } from "../policy/resources";
import { topology } from "../policy/topology";
import { applicationBalancer, network, TestStack } from "../test/stacks/builder";
import { type Goal, goal, type Result } from "../test/support/load/result";
import { resourceRequest, stackRequest, startPack } from "../test/support/policyPack";
import { runBench } from "./bench";
import { writeResults } from "./results";

const usage = `usage: npm run bench:policy

Measures what the policy pack takes on stacks of up to 10,000 resources, in processor time.

  -h, --help   this text`;

const sizes = [1000, 2500, 5000, 10_000];

/** A stack of about this many resources: sites behind load balancers, and as much beside them, as large stacks are. */
function largeStack(size: number): ResourceView[] {
  const stack = new TestStack(`of ${size}`, { rung: "load-balanced", singlePoints: [] }, (made) => {
    const subnets = network(made, ["eu-west-1a", "eu-west-1b"]);
    const { group } = applicationBalancer(made, subnets);
    for (let count = 6, index = 0; count + 5 <= size; count += 5, index += 1) {
      const instance = made.add("aws:ec2/instance:Instance", `web-${index}`, {
        instanceType: "m7g.large",
        subnetId: subnets[index % 2]?.id,
        tags: { Name: `web-${index}`, Project: "shop" },
      });
      made.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `web-${index}`, {
        targetGroupArn: group.arn,
        targetId: instance.id,
      });
      made.add("aws:rds/instance:Instance", `db-${index}`, {
        instanceClass: "db.m7g.large",
        allocatedStorage: 100,
      });
      const role = made.add("aws:iam/role:Role", `role-${index}`, { assumeRolePolicy: "{}" });
      made.add("aws:ssm/parameter:Parameter", `parameter-${index}`, { value: role.arn, type: "String" });
    }
  });
  return stack.updated();
}

/** About this many resources of the kind that findings compare with each other: machines with their own databases and names, in one zone, read replicas. */
function scatteredStack(size: number): ResourceView[] {
  const stack = new TestStack(`scattered, of ${size}`, { rung: "single", singlePoints: [] }, (made) => {
    const [subnet] = network(made, ["eu-west-1a"]);
    const source = made.add("aws:rds/instance:Instance", "source", { instanceClass: "db.m7g.large" });
    for (let count = 3, index = 0; count + 5 <= size; count += 5, index += 1) {
      const instance = made.add("aws:ec2/instance:Instance", `lamp-${index}`, { subnetId: subnet?.id });
      made.add("aws:route53/record:Record", `name-${index}`, {
        name: `site-${index}.example.com`,
        type: "CNAME",
        records: [instance.out("publicDns")],
      });
      made.add("aws:autoscaling/group:Group", `group-${index}`, {
        minSize: 2,
        maxSize: 2,
        vpcZoneIdentifiers: [subnet?.id],
      });
      made.add("aws:rds/instance:Instance", `replica-${index}`, { replicateSourceDb: source.id });
      made.add("aws:ebs/volume:Volume", `volume-${index}`, { size: 20, type: "gp3" });
    }
  });
  return stack.updated();
}

/** Half of them subnets of one component, half machines that take theirs from there: at preview nothing more is known. */
function unknownSubnets(size: number): ResourceView[] {
  const half = Array.from({ length: size / 2 }, (_, index) => index);
  return [
    { type: "net:index:Network", name: "net", urn: "net", properties: {} },
    ...half.map((index) => ({
      ...{ type: "aws:ec2/subnet:Subnet", name: `subnet-${index}`, parent: "net", properties: {} },
    })),
    ...half.map((index) => ({
      ...{ type: "aws:ec2/instance:Instance", name: `web-${index}` },
      properties: { instanceType: "t3.micro", subnetId: UNKNOWN },
      propertyDependencies: { subnetId: ["net"] },
    })),
  ];
}

/** Seconds of processor time that a process has used: unlike the clock it doesn't count what others on the machine took. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function seconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Seconds of processor time of a process for some work; the shortest of a few runs, since the first ones still compile. */
async function processorSeconds(
  pid: number,
  runs: number,
  work: () => Promise<unknown> | unknown,
): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const before = processorTime(pid);
    await work();
    shortest = Math.min(shortest, processorTime(pid) - before);
  }
  return shortest;
}

const wholePack: Goal = {
  words: "2 s at 10,000 resources; ratio to linear at most 1",
  limits: [
    { of: "value", direction: "at most", bound: 2 },
    { of: "ratio", direction: "at most", bound: 1 },
  ],
};

async function main(): Promise<void> {
  const results: Result[] = [];
  const loading = await seconds(async () => {
    const { child } = await startPack();
    child.kill();
  });
  results.push({
    metric: "pack loaded and serving",
    value: loading,
    unit: "s",
    goal: goal("at most 1.5 s", "value", "at most", 1.5),
  });
  const { client, child } = await startPack();
  const pack = child.pid as number;
  try {
    const analyzeStack = promisify(client.analyzeStack.bind(client));
    const analyze = promisify(client.analyze.bind(client));
    const getPluginInfo = promisify(client.getPluginInfo.bind(client));
    const perResource = new Map<string, number>();
    // Once without counting: Node compiles on the way.
    await analyzeStack(stackRequest(largeStack(1000)));
    for (const size of sizes) {
      const views = largeStack(size);
      const pure = await processorSeconds(process.pid, 3, () => assess(topology(views)));
      const scattered = scatteredStack(size);
      const pureScattered = await processorSeconds(process.pid, 3, () => assess(topology(scattered)));
      const unseen = unknownSubnets(size);
      const pureUnseen = await processorSeconds(process.pid, 3, () => assess(topology(unseen)));
      const request = stackRequest(views);
      const whole = await processorSeconds(pack, 3, () => analyzeStack(request));
      const requests = views.map(resourceRequest);
      const rails = await processorSeconds(pack, 1, async () => {
        for (const one of requests) await analyze(one);
      });
      const empty = await processorSeconds(pack, 1, async () => {
        for (const _ of requests) await getPluginInfo(new Empty());
      });
      for (const [what, value, wanted] of [
        ["topology and assessment, once", pure, undefined],
        ["the same of machines kept one by one", pureScattered, undefined],
        ["the same of machines with unknown subnets of one component", pureUnseen, undefined],
        ["all stack policies in the pack", whole, wholePack],
        ["all guard rails in the pack, one resource after another", rails, undefined],
        ["as many empty calls to the pack, for comparison", empty, undefined],
      ] as const) {
        const first = perResource.get(what) ?? value / views.length;
        perResource.set(what, first);
        results.push({
          metric: `${what}: ${views.length.toLocaleString("en-US")} resources`,
          value,
          unit: "s of processor time",
          baseline: first * views.length,
          ratio: value / (first * views.length),
          ...(wanted === undefined ? {} : { goal: wanted }),
        });
      }
    }
  } finally {
    client.close();
    child.kill();
  }
  writeResults("policy", results);
}

void runBench(usage, {}, {}, () => main);
