import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assess } from "../../policy/assess";
import { readState } from "../../policy/readState";
import { UNKNOWN } from "../../policy/resources";
import { topology } from "../../policy/topology";
import { checkStack } from "../../scripts/cli/policy/check";
import { themed } from "../../scripts/cli/report/colours";
import { reportHtml } from "../../scripts/cli/report/html";
import { mermaid, reportMarkdown } from "../../scripts/cli/report/markdown";
import { reportModel } from "../../scripts/cli/report/model";
import { pictureOf } from "../../scripts/cli/report/picture";
import { costPlot } from "../../scripts/cli/report/plots";
import { readStack, reasonOf } from "../../scripts/cli/report/source";
import { stacks } from "../stacks";

function stackNamed(name: string) {
  const stack = stacks.find((candidate) => candidate.name === name);
  assert.ok(stack, `there is no test stack ${name}`);
  return stack;
}

describe("reading a stack's state", () => {
  for (const stack of stacks)
    it(`an export of ${stack.name} is judged like the stack itself`, () => {
      const views = readState(JSON.stringify(stack.deployment()), "state.json");
      const { upgradePath, findings } = assess(topology(views));
      const expected = assess(topology(stack.updated()));
      assert.deepEqual(upgradePath, expected.upgradePath);
      assert.deepEqual(
        findings.map(({ rule, names }) => [rule, names]),
        expected.findings.map(({ rule, names }) => [rule, names]),
      );
    });

  const state = (more: object) => ({
    urn: "urn:pulumi:dev::shop::aws:ec2/instance:Instance::web",
    type: "aws:ec2/instance:Instance",
    ...more,
  });

  it("reads a file backend's checkpoint and a preview's steps", () => {
    const checkpoint = {
      version: 3,
      checkpoint: { stack: "dev", latest: { resources: [state({ inputs: { a: 1 } })] } },
    };
    assert.equal(readState(JSON.stringify(checkpoint), "dev.json")[0]?.properties.a, 1);
    assert.deepEqual(readState(JSON.stringify({ version: 3, checkpoint: { stack: "dev" } }), "dev.json"), []);
    const preview = {
      steps: [
        { op: "create", newState: state({ inputs: { a: UNKNOWN } }) },
        { op: "delete", oldState: state({}) },
        { op: "same", newState: state({ urn: "urn:pulumi:dev::shop::x::other" }) },
      ],
    };
    const views = readState(JSON.stringify(preview), "preview.json");
    assert.deepEqual(
      views.map(({ name }) => name),
      ["web", "other"],
    );
    assert.equal(views[0]?.properties.a, UNKNOWN);
  });

  it("takes secrets as unknown, and leaves out what waits to be deleted", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:x",
    };
    const resources = [state({ inputs: { userData: secret, list: [secret] } }), state({ delete: true })];
    const views = readState(JSON.stringify({ version: 3, deployment: { resources } }), "state.json");
    assert.equal(views.length, 1);
    assert.deepEqual(views[0]?.properties, { userData: UNKNOWN, list: [UNKNOWN] });
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["no JSON", "version: 3", /state\.json: expected JSON, as `pulumi stack export` writes it/],
    ["another JSON", '{"name": "shop", "version": "1.0.0"}', /found an object with name, version$/],
    ["a list", "[]", /found a list$/],
    ["nothing", "null", /found object$/],
    [
      "a resource without a type",
      '{"deployment": {"resources": [{"urn": "u"}]}}',
      /expected the output of `pulumi stack export`/,
    ],
  ];
  for (const [what, json, error] of wrong)
    it(`refuses ${what}`, () => assert.throws(() => readState(json, "state.json"), error));

  it("says which file can't be read, and how to write it", async () => {
    await assert.rejects(
      readStack({ file: "/nowhere/state.json" }),
      /\/nowhere\/state\.json: can't be read \(ENOENT\); write it with `pulumi stack export/,
    );
  });
});

describe("why Pulumi failed", () => {
  const json = JSON.stringify({
    config: { "shop:domain": "www.foobar.com" },
    diagnostics: [
      { message: "error: shop:size is not set\n", severity: "error" },
      { message: "a hint", severity: "info" },
    ],
  });
  for (const [what, failure, reason] of [
    ["its errors", { stderr: " no stack \n", message: "exit 1" }, "no stack"],
    [
      "the errors in its JSON, and nothing else of it",
      { stderr: "", stdout: json, message: "exit 1" },
      "error: shop:size is not set",
    ],
    ["what it printed", { stderr: "", stdout: "no project", message: "exit 1" }, "no project"],
    ["its end", { message: "exit 1" }, "exit 1"],
  ] as const)
    it(`is told by ${what}`, () => assert.equal(reasonOf(failure), reason));
});

describe("the report", () => {
  for (const stack of stacks)
    it(`of ${stack.name} names what the assessment found, and asks for nothing from outside`, async () => {
      const model = reportModel(stack.name, stack.updated());
      const html = await reportHtml(model);
      for (const point of stack.expected.singlePoints) {
        const [name = ""] = point.replace(/^\w+: /, "").split(", ");
        assert.ok(html.includes(name), `${name} is missing`);
      }
      const drawn = html.includes('class="node alone"');
      // What stands beside the site, such as a quorum or a way out, isn't on the way of a request.
      const onTheWay = new Set(
        model.way.flatMap(({ groups }) => groups.flatMap(({ members }) => members.map(({ name }) => name))),
      );
      const points = stack.expected.singlePoints.flatMap((point) => point.replace(/^\w+: /, "").split(", "));
      assert.equal(
        drawn,
        points.some((name) => onTheWay.has(name)),
      );
      assert.doesNotMatch(html, /<script|<link|<img|src=|@import|url\(/);
      assert.doesNotMatch(html, /#1000\d\d/, "a colour's mark was left");
    });

  it("draws the way of a request in order", () => {
    const { nodes, edges } = pictureOf(
      reportModel("x", stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone").updated()),
    );
    assert.deepEqual(
      nodes.map(({ heading, alone }) => [heading, alone]),
      [
        ["DNS", false],
        ["load balancer", false],
        ["web server, app server", false],
        ["database", true],
      ],
    );
    assert.deepEqual(edges, [
      ["visitors", "n0"],
      ["n0", "n1"],
      ["n1", "n2"],
      ["n2", "n3"],
    ]);
  });

  it("draws many parts of a tier as one", () => {
    const views = Array.from({ length: 40 }, (_, index) => ({
      type: "aws:rds/instance:Instance",
      name: `db-${index}`,
      properties: { multiAz: index > 0 },
    }));
    const { nodes } = pictureOf(reportModel("x", views));
    assert.equal(nodes.length, 1);
    assert.deepEqual(nodes[0]?.lines, ["40 × RDS instance", "1 of them alone"]);
    assert.equal(nodes[0]?.alone, true);
  });

  it("draws each rung's bar as long as its value, with the current one in the accent colour", () => {
    const { path } = assess(topology(stackNamed("this-project-on-local").updated())).upgradePath;
    const svg = costPlot(path);
    const bars = [
      ...svg.matchAll(/<rect x="\d+" y="[\d.]+" width="(\d+)" height="\d+" fill="var\((--\w+)\)"/g),
    ];
    const costs = path.map(({ monthlyCost }) => Math.round(monthlyCost.amount));
    const unit = Number(bars.at(-1)?.[1]) / Number(costs.at(-1));
    assert.deepEqual(
      bars.map(([, length]) => Number(length)),
      costs.map((cost) => Math.round(cost * unit)),
    );
    assert.deepEqual(
      bars.map(([, , colour]) => colour),
      ["--accent", "--quiet", "--quiet", "--quiet"],
    );
    assert.match(svg, /aria-label="US dollars a month: single \$18, split-database \$/);
  });

  it("turns the libraries' colours into the page's, whatever the case", () => {
    assert.equal(
      themed('<path fill="#100001" stroke="#100007"/><g color="#10000A"/>'),
      '<path fill="var(--text)" stroke="var(--danger)"/><g color="#10000A"/>',
    );
  });
});

describe("the report as Markdown", () => {
  it("has a picture in Mermaid with single points of failure marked, the ladder and the findings", () => {
    const text = reportMarkdown(reportModel("shop", stackNamed("classic-lamp-on-one-instance").updated()));
    assert.match(text, /^## shop: what would take the site down/);
    assert.match(text, /```mermaid\nflowchart TB\n/);
    assert.match(text, /:::alone/);
    assert.match(text, /\| single \| 99\.5 % \| 219 min \|/);
    assert.match(text, /\| critical \| The database on server isn't backed up \|/);
  });

  it("keeps names from breaking the table or the picture", () => {
    const name = 'a|b"c<d>`e`';
    const views = [
      { type: "aws:ec2/instance:Instance", name, properties: { userData: "apt-get install nginx" } },
    ];
    const model = reportModel(name, views);
    const text = reportMarkdown(model);
    const rows = text.split("\n").filter((line) => /^\| (low|medium|high|critical) /.test(line));
    for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 6, row);
    assert.match(
      mermaid(pictureOf(model)),
      /\["<b>web server, app server<\/b><br\/>EC2 instance<br\/>a\|b#quot;c#lt;d#gt;`e`/,
    );
  });
});

describe("policy:check", () => {
  const folder = mkdtempSync(join(tmpdir(), "policy-check-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const config = (content: unknown) => {
    const file = join(folder, "config.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  const views = () => stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone").updated();

  it("passes where only advice is given, and fails for what is mandatory or severe", () => {
    assert.equal(checkStack(views()).failed, false);
    assert.equal(checkStack(views(), { failOn: "critical" }).failed, true);
    assert.equal(
      checkStack(views(), { config: config({ targets: { minimumRung: "autoscaled" } }) }).failed,
      true,
    );
    assert.equal(
      checkStack(views(), { config: config({ targets: { maxMonthlyCost: 1000 } }) }).failed,
      false,
    );
    assert.equal(
      checkStack(views(), { config: config({ "single-point-of-failure": "mandatory" }) }).failed,
      true,
    );
    assert.equal(checkStack(views(), { config: config({ all: "disabled" }) }).violations.length, 0);
  });

  it("runs the guard rails", () => {
    const { violations, failed } = checkStack(stackNamed("classic-lamp-on-one-instance").updated());
    const found = new Set(violations.map(({ policy }) => policy));
    for (const policy of [
      "ssh-open-to-the-world",
      "instance-metadata-v1",
      "unencrypted-volume",
      "missing-tags",
    ])
      assert.ok(found.has(policy), policy);
    assert.equal(failed, false);
  });

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ["no json", /expected JSON such as/],
    [[], /expected an object/],
    [{ "single-points": {} }, /unknown policy single-points; expected one of single-point-of-failure/],
    [{ targets: 5 }, /targets: expected a level \(advisory.*or an object with its settings, got 5/],
    [{ "dns-ttl": null }, /dns-ttl: expected a level.*got null/],
    [{ targets: { minimumRung: "top" } }, /targets\.minimumRung.*got "top"/],
    [
      { "dns-ttl": { enforcementLevel: "always" } },
      /dns-ttl\.enforcementLevel: expected one of advisory, mandatory, remediate, disabled, got always/,
    ],
  ];
  for (const [content, error] of wrong)
    it(`refuses the configuration ${JSON.stringify(content)}`, () => {
      assert.throws(() => checkStack(views(), { config: config(content) }), error);
    });

  it("refuses a severity that there isn't", () => {
    assert.throws(
      () => checkStack(views(), { failOn: "severe" }),
      /--fail-on: expected one of low, medium, high, critical, got severe/,
    );
  });
});
