import assert from "node:assert/strict";
import { assess } from "../../policy/assess";
import { prices } from "../../policy/prices";
import { topology } from "../../policy/topology";
import { upgradePathOutput } from "../../policy/upgradePath";
import { priceAge, priceAgeWarning } from "../../scripts/cli/preview/priceAge";
import { type PreviewResult, standing } from "../../scripts/cli/preview/run";
import { markdown, terminalText } from "../../scripts/cli/preview/summary";
import { priceOf, RowReader, splitLine } from "../../scripts/cli/prices/rows";
import { newTable, refreshTable } from "../../scripts/cli/prices/table";
import { withoutSecrets } from "../../scripts/cli/project/stackFile";
import { ownAws } from "../stacks/oneServer";

const today = new Date("2026-07-01T12:00:00Z");

const result: PreviewResult = {
  stack: "prod",
  offline: false,
  code: 1,
  changes: [
    { operation: "update", type: "aws:ec2/instance:Instance", name: "web-1", properties: ["instanceType"] },
  ],
  unchanged: 97,
  findings: [
    { message: "Advice.\nA hint.", policyName: "hint", policyPackName: "p", enforcementLevel: "advisory" },
    { message: "Rule.\nA must.", policyName: "must", policyPackName: "p", enforcementLevel: "mandatory" },
  ],
  warnings: ["the site is down for about a minute"],
  errors: [],
  before: { rung: "single", availability: 99.5, cost: 17.87, pricesAsOf: "2026-06" },
  after: { rung: "single", availability: 99.5, cost: 30.13, pricesAsOf: "2026-06" },
};

describe("a preview's summary", () => {
  it("shows changes, cost and availability before and after, and mandatory findings first", () => {
    const text = terminalText(result, today);
    assert.match(text, /Stack prod: 1 to update, 97 unchanged/);
    assert.match(text, /~ aws:ec2\/instance:Instance web-1 \(instanceType\)/);
    assert.match(text, /monthly cost +17.87 USD +30.13 USD/);
    assert.ok(text.indexOf("[mandatory] must: A must.") < text.indexOf("[advisory] hint: A hint."));
  });

  it("is short enough for a comment on a pull request, and says when it is not fine", () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      ...{ operation: "create", type: "aws:ec2/instance:Instance", properties: [] },
      name: `server-with-a-long-name-${index}`,
    }));
    const text = markdown({ ...result, changes: many }, today);
    assert.ok(text.length < 65_536);
    assert.match(text, /\*\*not fine\*\*/);
  });

  it("takes its figures from the output upgradePath", () => {
    const { upgradePath } = assess(topology(ownAws.updated()));
    const step = upgradePath.path.find(({ status }) => status === "current");
    const figures = {
      rung: "single",
      availability: step?.availability.percent,
      cost: step?.monthlyCost.amount,
      pricesAsOf: step?.monthlyCost.asOf,
    };
    assert.deepEqual(standing({ upgradePath: upgradePathOutput(upgradePath) }), figures);
    const asOfVersion010 = { ...upgradePath, schemaVersion: 1 };
    assert.deepEqual(standing({ upgradePath: asOfVersion010 }), figures);
    for (const none of [{}, { upgradePath: "not JSON" }, { upgradePath: { schemaVersion: 9 } }]) {
      assert.equal(standing(none), undefined);
    }
  });

  it("keeps plain settings of a stack whose passphrase is not here, and no encrypted ones", () => {
    const text = "encryptionsalt: v1:x\nconfig:\n  a:b: c\n  a:secret:\n    secure: v1:y\n";
    assert.equal(withoutSecrets(text), "config:\n  a:b: c\n");
  });
});

describe("the table of prices", () => {
  it("warns when it is older than 90 days", () => {
    assert.equal(priceAge("2026-06", today), 1);
    assert.equal(priceAgeWarning("2026-06", today), undefined);
    assert.equal(priceAgeWarning("2026-04-02", today), undefined);
    assert.match(priceAgeWarning("2026-04-01", today) ?? "", /91 days old: refresh them with npm run prices/);
  });

  it("is refreshed from AWS's rows, and what they lack is named", () => {
    const reader = new RowReader();
    const heading =
      "SKU,TermType,Currency,PricePerUnit,Product Family,Instance Type,Tenancy,Operating System";
    const lines = [
      '"FormatVersion","v1.0"',
      `${heading},Pre Installed S/W,CapacityStatus`,
      'A,OnDemand,USD,0.0680,"Compute Instance",t4g.large,Shared,Linux,NA,Used',
      "B,OnDemand,USD,0.9999,Compute Instance,t4g.small,Dedicated,Linux,NA,Used",
      "C,Reserved,USD,0.0001,Compute Instance,t4g.small,Shared,Linux,NA,Used",
    ];
    const found = lines.flatMap((line) => {
      const row = reader.read(line);
      return (row === undefined ? undefined : priceOf(row)) ?? [];
    });
    assert.deepEqual(found, [{ section: "ec2", name: "t4g.large", amount: 0.068 }]);
    const refreshed = refreshTable(prices, found, "2026-11");
    assert.equal(refreshed.table.asOf, "2026-11");
    assert.equal(refreshed.table.ec2.t4g, 0.068);
    assert.deepEqual(refreshed.changed, [{ name: "t4g", before: 0.0672, after: 0.068 }]);
    assert.ok(refreshed.kept.includes("publicIpv4PerHour"));
    assert.throws(() => refreshTable(prices, [], "2026-11"), /no price of the table stands in AWS's lists/);
  });

  it("is made for a region that has none, without prices that the lists lack", () => {
    const reader = new RowReader();
    const lines = [
      "SKU,TermType,Currency,PricePerUnit,Product Family,Instance Type,Tenancy,Operating System,Pre Installed S/W,CapacityStatus,usageType,Volume API Name,Deployment Option,Volume Type",
      "A,OnDemand,USD,0.0768,Compute Instance,t4g.large,Shared,Linux,NA,Used,EUC1-BoxUsage:t4g.large,,,",
      "B,OnDemand,USD,0.052,NAT Gateway,,,,,,EUC1-NatGateway-Hours,,,",
      "C,OnDemand,USD,0.027,Load Balancer-Application,,,,,,EUC1-LoadBalancerUsage,,,",
      "D,OnDemand,USD,0.008,Load Balancer-Application,,,,,,EUC1-LCUUsage,,,",
      "E,OnDemand,USD,0.04656,Compute,,,,,,EUC1-Fargate-vCPU-Hours:perCPU,,,",
      "F,OnDemand,USD,0.0952,Storage,,,,,,EUC1-EBS:VolumeUsage.gp3,gp3,,",
      "G,OnDemand,USD,0.137,Database Storage,,,,,,EUC1-RDS:GP2-Storage,,Single-AZ,General Purpose",
      "H,OnDemand,USD,0.274,Database Storage,,,,,,EUC1-RDS:Multi-AZ-GP2-Storage,,Multi-AZ,General Purpose",
    ];
    const found = lines.flatMap((line) => {
      const row = reader.read(line);
      return (row === undefined ? undefined : priceOf(row)) ?? [];
    });
    const { table, kept } = newTable(prices, "eu-central-1", found, "2026-11");
    assert.deepEqual(table.regions, ["eu-central-1"]);
    assert.deepEqual(table.ec2, { t4g: 0.0768 });
    assert.deepEqual(table.rds, {});
    assert.equal(table.units.natGatewayPerHour, 0.052);
    assert.equal(table.units.applicationLoadBalancerPerHour, 0.027);
    assert.equal(table.units.fargateCpuPerHour, 0.04656);
    assert.equal(table.units.gp3PerGigabyteMonth, 0.0952);
    assert.equal(table.units.rdsStoragePerGigabyteMonth, 0.137);
    assert.equal(table.units.publicIpv4PerHour, 0.005);
    assert.equal(table.units.interfaceEndpointPerHour, undefined);
    assert.ok(kept.includes("interfaceEndpointPerHour"));
  });

  it("reads CSV with commas and quotes inside", () => {
    assert.deepEqual(splitLine('a,"b, ""c""",,d'), ["a", 'b, "c"', "", "d"]);
  });
});
