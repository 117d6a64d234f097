import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { pathMessage } from "../../../policy/messages";
import { topology } from "../../../policy/topology";
import { stacks } from "../../stacks";

function pathOf(name: string) {
  const stack = stacks.find((candidate) => candidate.name === name);
  assert.ok(stack, `there is no test stack ${name}`);
  return assess(topology(stack.updated())).upgradePath;
}

/** For stacks of other people what comes next, and where the stack stands then; nothing where no step is left. */
const cases: readonly (readonly [stack: string, rung: string | undefined, what: RegExp])[] = [
  ["classic-lamp-on-one-instance", "split-database", /Move the database of server to an aws\.rds\.Instance/],
  [
    "web-server-behind-a-bastion-with-rds",
    "load-balanced",
    /second aws\.ec2\.Instance like web .* behind an aws\.lb\.LoadBalancer/,
  ],
  ["nlb-to-one-instance", "load-balanced", /^Add a second aws\.ec2\.Instance like app in another zone$/],
  ["auto-scaling-group-of-one", "load-balanced", /^Set minSize and desiredCapacity to 2 on asg/],
  ["ecs-on-fargate-with-one-task", "load-balanced", /^Set desiredCount to 2 on service$/],
  [
    "elastic-beanstalk-with-a-single-instance",
    "load-balanced",
    /EnvironmentType to LoadBalanced and MinSize to 2 on shop/,
  ],
  ["ecs-on-ec2-with-two-tasks-on-one-machine", "load-balanced", /minSize to 2 on machines/],
  [
    "two-instances-by-weighted-names-without-health-checks",
    "load-balanced",
    /^Put www-0 and www-1 behind an aws\.lb\.LoadBalancer over two zones$/,
  ],
  ["two-instances-behind-an-alb-with-rds-in-one-zone", "load-balanced", /^Set multiAz: true on db$/],
  [
    "two-instances-behind-an-alb-in-one-zone",
    "load-balanced",
    /^Give web-0, web-1 subnets in two zones or more$/,
  ],
  [
    "awsx-components-with-scaled-fargate-and-one-cache-node",
    "autoscaled",
    /ReplicationGroup of two nodes of sessions/,
  ],
  [
    "auto-scaling-group-behind-an-nlb-in-subnets-of-two-zones",
    "autoscaled",
    /^Add an aws\.autoscaling\.Policy .* to web/,
  ],
  [
    "classic-load-balancer-over-zones-by-name",
    "autoscaled",
    /^Replace nodea, nodeb, nodec by an aws\.autoscaling\.Group/,
  ],
  ["a-game-server-with-an-address", undefined, /can't simply be doubled/],
  ["two-lightsail-instances-behind-a-load-balancer", undefined, /Lightsail/],
  ["autoscaled-web-servers-with-aurora", undefined, /No step of the ladder is left/],
  ["static-site-on-s3-and-cloudfront", undefined, /no web servers/],
  ["consul-on-three-machines-in-three-zones", undefined, /no web servers/],
];

describe("the next step of other people's stacks", () => {
  for (const [name, rung, what] of cases)
    it(`of ${name} is ${rung ?? "none"}`, () => {
      const path = pathOf(name);
      const next = path.path.find(({ status }) => status === "next");
      assert.equal(next?.rung, rung);
      assert.match(next?.title ?? path.noNext ?? "", what);
    });

  it("is compared with the same parts: it never costs less than its parts, nor looks worse but for a database that moved away", () => {
    for (const stack of stacks) {
      const site = topology(stack.updated());
      if (site.own) continue;
      const { path } = assess(site).upgradePath;
      path.forEach((step, index) => {
        const before = path[index - 1];
        if (before === undefined || step.rung === "split-database") return;
        assert.ok(
          step.availability.percent >= before.availability.percent - 0.02,
          `${stack.name}: ${step.title}`,
        );
        assert.ok(
          step.monthlyCost.amount >= before.monthlyCost.amount - 0.01,
          `${stack.name}: ${step.title}`,
        );
      });
    }
  });

  it("moves no database where there is none", () => {
    for (const stack of stacks) {
      const site = topology(stack.updated());
      if (site.own || site.tiers.some(({ name }) => name === "database")) continue;
      const said = JSON.stringify(assess(site).upgradePath.path);
      assert.doesNotMatch(said, /database/i, stack.name);
    }
  });

  it("is paid for by what is added", () => {
    const { path } = pathOf("two-instances-behind-an-alb-with-rds-in-one-zone");
    const [current, next] = path;
    // The same database once more: 0.032 an hour, or what PostgreSQL costs in the table, and 50 GB.
    const more = (next?.monthlyCost.amount ?? 0) - (current?.monthlyCost.amount ?? 0);
    assert.ok(more > 0.03 * 730 && more < 0.05 * 730 + 10, `${more}`);
    assert.deepEqual(
      pathOf("auto-scaling-group-behind-an-nlb-in-subnets-of-two-zones").path.map(({ status }) => status),
      ["current", "next"],
    );
  });

  it("is no second copy of data, and no scaling policy that EKS doesn't know", () => {
    const step = (name: string, rule: string, resource: string) =>
      assess(topology(stacks.find((each) => each.name === name)?.updated() ?? [])).findings.find(
        (finding) => finding.rule === rule && finding.names.includes(resource),
      )?.nextStep.change ?? "";
    const single = "single-point-of-failure";
    assert.match(step("voting-app-with-redis-in-a-task", single, "cache"), /ReplicationGroup/);
    assert.match(step("a-game-server-with-an-address", single, "minecraft"), /Auto Scaling group of one/);
    assert.match(step("eks-with-a-load-balanced-service", "no-headroom", "nodes"), /Karpenter/);
  });

  it("ends, with one thing changed at a time", () => {
    const { path } = pathOf("classic-lamp-on-one-instance");
    assert.deepEqual(
      path.map(({ rung }) => rung),
      ["single", "split-database", "load-balanced", "load-balanced", "autoscaled"],
    );
  });

  it("is said in the pack's message", () => {
    const stack = stacks.find(({ name }) => name === "ecs-on-fargate-with-one-task");
    assert.match(
      pathMessage(assess(topology(stack?.updated() ?? []))) ?? "",
      /Next is load-balanced: .*\nIn your program: Set desiredCount to 2 on service\.\nTo take it: pulumi up$/,
    );
  });
});
