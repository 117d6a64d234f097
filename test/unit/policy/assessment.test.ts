import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { availability } from "../../../policy/availability";
import { monthlyCost } from "../../../policy/cost";
import { message, pathMessage } from "../../../policy/messages";
import { UNKNOWN } from "../../../policy/resources";
import { isBuilt, modelAvailability, modelCost } from "../../../policy/rungs";
import { missedTargets } from "../../../policy/stackPolicies";
import { topology } from "../../../policy/topology";
import { rungs } from "../../../policy/vocabulary";
import { stacks } from "../../stacks";

function stackNamed(name: string) {
  const stack = stacks.find((candidate) => candidate.name === name);
  assert.ok(stack, `there is no test stack ${name}`);
  return topology(stack.updated());
}

describe("availability", () => {
  it("multiplies what stands in series, and what fails side by side", () => {
    // One instance: 99.5 %. With RDS in one zone: 0.995 x 0.995.
    assert.equal(availability(stackNamed("classic-lamp-on-one-instance"))?.percent, 99.5);
    assert.equal(availability(stackNamed("web-server-behind-a-bastion-with-rds"))?.percent, 99.0025);
    // ALB 99.99 % x instances in two zones, held to the region's 99.99 %, x RDS in one zone 99.5 %.
    assert.equal(
      availability(stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone"))?.percent,
      Math.round(0.9999 * 0.9999 * 0.995 * 1e6) / 1e4,
    );
  });

  it("counts machines in one zone as one", () => {
    assert.equal(
      availability(stackNamed("two-instances-behind-an-alb-in-one-zone"))?.percent,
      Math.round(0.9999 * 0.995 * 1e6) / 1e4,
    );
  });

  it("is labelled as derived from SLAs, and as an equivalent where the machines have none", () => {
    assert.match(
      availability(stackNamed("classic-lamp-on-one-instance"))?.label ?? "",
      /SLA.*not a forecast/,
    );
    const own = availability(stackNamed("this-project-on-local"));
    assert.equal(own?.basis, "equivalent");
    assert.match(own?.label ?? "", /have no SLA/);
  });

  it("is undefined for a stack that serves nothing", () => {
    assert.equal(availability(stackNamed("empty-stack")), undefined);
  });
});

describe("the next step of a finding", () => {
  const step = (stack: string, rule: string) =>
    assess(stackNamed(stack)).findings.find((finding) => finding.rule === rule)?.nextStep.command ?? "";

  it("is this project's own setting in its stacks, and the tools of everybody elsewhere", () => {
    assert.match(step("this-project-on-local", "database-without-backup"), /config set backupRepository/);
    assert.match(step("this-project-on-local", "database-without-replica"), /config set backupRepository/);
    assert.match(step("this-project-on-local", "no-headroom"), /config set memory/);
    assert.match(step("classic-lamp-on-one-instance", "database-without-backup"), /mysqldump/);
  });

  it("asks for the health page at the site's name, not at one that leads there", () => {
    assert.equal(step("this-project-on-local", "health-check"), "curl -fsSL https://www.foobar.com/healthz");
  });
});

describe("an ECS service", () => {
  for (const [what, properties, kind] of [
    ["on Fargate", { launchType: "FARGATE" }, "ECS service on Fargate"],
    [
      "on AWS's capacity provider",
      { capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT" }] },
      "ECS service on Fargate",
    ],
    [
      "on a group's capacity provider",
      { capacityProviderStrategies: [{ capacityProvider: "web" }] },
      "ECS service",
    ],
    [
      "on a capacity provider that isn't known yet",
      { capacityProviderStrategies: [{ capacityProvider: UNKNOWN }] },
      "ECS service",
    ],
    ["of which nothing is said", {}, "ECS service"],
  ] as const)
    it(`${what} is known as ${kind}`, () => {
      const { groups } = topology([{ type: "aws:ecs/service:Service", name: "web", properties }]);
      assert.equal(groups[0]?.members[0]?.kind, kind);
    });
});

describe("the ladder", () => {
  it("tells that splitting the database off lowers availability", () => {
    const [single, split, balanced] = rungs.map((rung) => modelAvailability(rung, "sla").percent);
    assert.equal(single, 99.5);
    assert.equal(split, 99.0025);
    assert.ok((balanced ?? 0) > (single ?? 0));
    const { upgradePath } = assess(stackNamed("this-project-on-local"));
    const step = upgradePath.path.find(({ rung }) => rung === "split-database");
    assert.ok(
      step?.remarks.some((remark) => /less available than single: 99.0025 % after 99.5 %/.test(remark)),
    );
  });

  it("says which rungs can't be had yet on the platform, and names the command of each", () => {
    for (const platform of ["local", "aws"]) {
      for (const step of assess(stackNamed(`this-project-on-${platform}`)).upgradePath.path) {
        assert.equal(step.command, `pulumi config set rung ${step.rung} && pulumi up`);
        assert.equal(step.available, isBuilt(step.rung, [platform]));
        if (!step.available) assert.ok(step.remarks.includes("Not in this version yet."));
      }
    }
    assert.ok(isBuilt("split-database", ["local", "ssh"]));
    assert.ok(!isBuilt("split-database", ["aws"]));
    assert.ok(!isBuilt("single", ["elsewhere"]));
  });

  it("costs more with every rung, up to autoscaled", () => {
    const [single, split, balanced, scaled] = rungs.map(
      (rung) => modelCost(rung, { web: "t4g.small", database: "db.t4g.small" }).amount,
    );
    // 0.0168 x 730 + 20 x 0.08 + 0.005 x 730 + 0.50
    assert.equal(single, 18.01);
    assert.ok((single ?? 0) < (split ?? 0) && (split ?? 0) < (balanced ?? 0));
    assert.equal(balanced, scaled);
  });

  it("ends at the top without a next rung", () => {
    const { upgradePath } = assess(stackNamed("autoscaled-web-servers-with-aurora"));
    assert.equal(upgradePath.next, null);
    const said = pathMessage(assess(stackNamed("autoscaled-web-servers-with-aurora")));
    assert.match(said ?? "", /No step of the ladder is left/);
  });

  it("is empty for a static site", () => {
    const { upgradePath } = assess(stackNamed("static-site-on-s3-and-cloudfront"));
    assert.deepEqual(upgradePath.path, []);
    assert.match(upgradePath.noNext ?? "", /no web servers/);
  });
});

describe("monthly cost", () => {
  it("adds up what the price table knows and names what it lacks", () => {
    const cost = monthlyCost(stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone"));
    // 2 x 0.0168 + 0.0225 + 0.032 and the balancer's two addresses per hour, 2 x 8 GB x 0.08, 50 GB x 0.115
    const hourly = 2 * 0.0168 + 0.0225 + 0.032 + 2 * 0.005;
    assert.equal(cost.amount, Math.round((hourly * 730 + 1.28 + 5.75) * 100) / 100);
    assert.deepEqual(cost.unpriced, []);
    const unknown = monthlyCost(stackNamed("web-and-mysql-on-two-instances-with-efs"));
    assert.ok(unknown.amount > 0);
  });

  it("prices Fargate by the task's processor and memory", () => {
    const cost = monthlyCost(stackNamed("ecs-on-fargate-with-one-task"));
    const task = cost.items.find(({ what }) => what.includes("Fargate"));
    assert.equal(task?.amount, Math.round((0.5 * 0.04048 + 1 * 0.004445) * 730 * 100) / 100);
  });

  it("counts the instance inside a server of this project once", () => {
    const cost = monthlyCost(stackNamed("this-project-on-aws"));
    assert.equal(cost.items.filter(({ what }) => what.includes("t4g.small")).length, 1);
    // instance, disk and address
    assert.equal(cost.amount, Math.round((0.0168 * 730 + 1.6 + 0.005 * 730) * 100) / 100);
  });
});

describe("targets", () => {
  const site = () => assess(stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone"));
  const cases = [
    { targets: { minimumRung: "split-database" }, missed: 0 },
    { targets: { minimumRung: "load-balanced" }, missed: 1, says: /isn't wholly there: database db/ },
    { targets: { minimumRung: "autoscaled" }, missed: 1, says: /stands on load-balanced/ },
    { targets: { maxMonthlyCost: 1000 }, missed: 0 },
    { targets: { maxMonthlyCost: 50 }, missed: 1, says: /costs 78\.64 USD a month/ },
    { targets: { minAvailability: 99 }, missed: 0 },
    { targets: { minAvailability: 99.9 }, missed: 1, says: /the weakest part is RDS instance db/ },
  ] as const;
  for (const { targets, missed, ...rest } of cases)
    it(`${JSON.stringify(targets)} ${missed === 0 ? "is met" : "is missed"}`, () => {
      const lines = missedTargets(site(), targets);
      assert.equal(lines.length, missed, lines.join("\n"));
      if ("says" in rest) assert.match(lines[0] ?? "", rest.says);
    });

  it("counts a stack without servers as meeting every rung", () => {
    assert.deepEqual(missedTargets(assess(stackNamed("empty-stack")), { minimumRung: "autoscaled" }), []);
  });
});

describe("messages", () => {
  it("say what breaks, who notices, what to do as a command, and how the next rung removes it", () => {
    const { findings } = assess(stackNamed("classic-lamp-on-one-instance"));
    const [finding] = findings.filter(({ rule }) => rule === "single-point-of-failure");
    assert.ok(finding);
    const text = message(finding);
    assert.equal(text.split("\n").length, 3);
    for (const part of [
      "What breaks: ",
      "Who notices: ",
      "Do now: ",
      "pulumi up",
      "The rung load-balanced removes it",
      "REL11-BP02",
    ])
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
  });

  it("name the next rung, its availability, its cost and its command", () => {
    const text = pathMessage(assess(stackNamed("this-project-on-local"))) ?? "";
    assert.match(text, /stands on the rung single: 99\.5 %/);
    assert.match(text, /Next is split-database: 99\.0025 %.*USD a month/);
    assert.match(text, /pulumi config set rung split-database && pulumi up/);
  });
});
