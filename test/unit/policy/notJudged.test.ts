import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assess } from "../../../policy/assess";
import { coverage, notJudgedText } from "../../../policy/coverage";
import { Resources, type ResourceView } from "../../../policy/resources";
import { topology } from "../../../policy/topology";
import { projectFolder } from "../../../scripts/cli/project/folders";
import { runStackPolicy } from "../../support/stackPolicy";

type Entry = readonly [type: string, name: string, inputs?: object];

function views(entries: readonly Entry[]): ResourceView[] {
  return entries.map(([type, name, inputs = {}]) => ({
    type,
    name,
    properties: inputs as Record<string, unknown>,
  }));
}

const azure: Entry[] = [
  ["azure-native:web:WebApp", "site"],
  ["azure-native:web:WebApp", "api"],
  ["azure-native:sql:Server", "db"],
];
const instance: Entry = ["aws:ec2/instance:Instance", "web", { instanceType: "t4g.small" }];

describe("what the pack can't judge", () => {
  const cases: readonly (readonly [what: string, entries: readonly Entry[], said: string | undefined])[] = [
    ["nothing where all is known", [instance, ["aws:iam/role:Role", "role"]], undefined],
    ["generated passwords and builds", [["random:index/randomPassword:RandomPassword", "p"]], undefined],
    ["the network plugin of a cluster", [["eks:index:VpcCni", "cni"]], undefined],
    [
      "another cloud, by kind",
      azure,
      "3 resources of 2 kinds were not judged: 2 x azure-native:web:WebApp, 1 x azure-native:sql:Server",
    ],
    [
      "what a CloudFormation stack holds",
      [["aws:cloudformation/stack:Stack", "site"]],
      "1 resource of 1 kind was not judged: 1 x aws:cloudformation/stack:Stack",
    ],
    [
      "services of AWS that it doesn't know",
      [["aws:emr/cluster:Cluster", "spark"]],
      "1 resource of 1 kind was not judged: 1 x aws:emr/cluster:Cluster",
    ],
    [
      "what runs in Kubernetes, but not its names and rights",
      [
        ["kubernetes:apps/v1:Deployment", "web"],
        ["kubernetes:core/v1:Namespace", "shop"],
      ],
      "1 resource of 1 kind was not judged: 1 x kubernetes:apps/v1:Deployment",
    ],
    [
      "Cloud Control's types that have no counterpart",
      [
        ["aws-native:emr:Cluster", "spark"],
        ["aws-native:iam:Role", "role"],
        ["aws-native:ec2:Instance", "web"],
      ],
      "1 resource of 1 kind was not judged: 1 x aws-native:emr:Cluster",
    ],
  ];
  for (const [what, entries, said] of cases)
    it(`names ${what}`, () => {
      assert.equal(notJudgedText(assess(topology(views(entries))).coverage), said);
    });

  it("names none of the types that the pack reads", () => {
    const folder = join(projectFolder, "policy");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      // What has no price, and what is looked through for secrets alone, is listed by type whether it is judged or not.
      (file) =>
        file.endsWith(".ts") &&
        !/node_modules|coverage\.ts$|cost\/parts\.ts$|secrets\/places\.ts$/.test(file),
    );
    const types = new Set(
      files.flatMap((file) => readFileSync(join(folder, file), "utf8").match(/"aws:\w+\/\w+:\w+"/g) ?? []),
    );
    assert.ok(types.size > 100, `${types.size}`);
    const entries = [...types].map((type, index): Entry => [type.slice(1, -1), `part-${index}`]);
    assert.equal(notJudgedText(coverage(new Resources(views(entries)))), undefined);
  });

  it("doesn't count components, which make nothing themselves", () => {
    const parent = { type: "acme:site:Site", name: "site", urn: "site", properties: {} };
    const child = { ...(views([instance])[0] as ResourceView), parent: "site" };
    assert.equal(assess(topology([parent, child])).coverage.notJudged, 0);
    const custom = { ...parent, custom: false };
    assert.equal(assess(topology([custom])).coverage.notJudged, 0);
  });

  it("is said by a policy at preview, once for the stack", () => {
    const found = runStackPolicy("not-judged", views([...azure, instance]));
    assert.equal(found.length, 1);
    assert.match(found[0]?.message ?? "", /^3 resources of 2 kinds were not judged/);
    assert.deepEqual(runStackPolicy("not-judged", views([instance])), []);
  });
});

describe("targets of a stack whose parts aren't known", () => {
  const targets = (entries: readonly Entry[], config: object) =>
    runStackPolicy("targets", views(entries), config).map(({ message }) => message);

  it("fail where no web server is seen and something was not judged", () => {
    assert.match(
      targets(azure, { minimumRung: "load-balanced" })[0] ?? "",
      /can't be known: no web server is seen, and 3 resources of 2 kinds not judged/,
    );
    assert.match(targets(azure, { minAvailability: 99 })[0] ?? "", /can't be known/);
    assert.match(targets(azure, { maxMonthlyCost: 100 })[0] ?? "", /can't be checked/);
  });

  it("fail by cost where a part beside known ones was not judged", () => {
    const [line] = targets([instance, ["aws:cloudformation/stack:Stack", "more"]], { maxMonthlyCost: 100 });
    assert.match(line ?? "", /lack 1 x aws:cloudformation\/stack:Stack/);
  });

  it("say nothing of a stack that holds no site and nothing unknown", () => {
    const network: Entry[] = [["aws:ec2/vpc:Vpc", "vpc"]];
    assert.deepEqual(targets(network, { minimumRung: "load-balanced", minAvailability: 99 }), []);
  });
});
