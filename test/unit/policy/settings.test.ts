import assert from "node:assert/strict";
import { verdict } from "../../../policy/exemptions";
import {
  commonSettings,
  configSchema,
  readSettings,
  singlePointSettings,
  tagSettings,
  targetSettings,
  ttlSettings,
} from "../../../policy/settings";

describe("the pack's configuration", () => {
  const good = { resource: "web-*", reason: "is moved in spring", until: "2027-03-31" };
  const refused: readonly (readonly [string, object, RegExp])[] = [
    ["an unknown key", { exemption: [] }, /Unrecognized key/i],
    [
      "an exemption without a reason",
      { exemptions: [{ resource: "a", until: "2027-01-01" }] },
      /exemptions\.0\.reason/,
    ],
    [
      "a reason that says nothing",
      { exemptions: [{ ...good, reason: "because" }] },
      /exemptions\.0\.reason.*>=10|10 characters/,
    ],
    [
      "an exemption without an end",
      { exemptions: [{ resource: "a", reason: "is moved in spring" }] },
      /exemptions\.0\.until/,
    ],
    [
      "a day that isn't in the calendar",
      { exemptions: [{ ...good, until: "2027-02-30" }] },
      /until: expected a day.*"2027-02-30"/,
    ],
    [
      "another way to write a day",
      { exemptions: [{ ...good, until: "31.03.2027" }] },
      /until: expected a day as YYYY-MM-DD/,
    ],
    ["an exemption for nothing", { exemptions: [{ ...good, resource: "" }] }, /exemptions\.0\.resource/],
  ];
  for (const [what, config, error] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readSettings("dns-ttl", commonSettings, config),
        (thrown: Error) => {
          assert.match(thrown.message, /^Wrong configuration of the policy pack: dns-ttl/);
          assert.match(thrown.message, error);
          return true;
        },
      );
    });

  it("refuses wrong targets, naming the key, the value and what is allowed", () => {
    assert.throws(
      () => readSettings("targets", targetSettings, { minimumRung: "loadbalanced" }),
      /targets\.minimumRung: .*"single"\|"split-database"\|"load-balanced"\|"autoscaled".*got "loadbalanced"/,
    );
    assert.throws(
      () => readSettings("targets", targetSettings, { maxMonthlyCost: -5 }),
      /targets\.maxMonthlyCost.*got -5/,
    );
    assert.throws(
      () => readSettings("targets", targetSettings, { minAvailability: 999 }),
      /targets\.minAvailability/,
    );
    assert.throws(
      () => readSettings("targets", targetSettings, { minAvailability: "99.9" }),
      /targets\.minAvailability/,
    );
  });

  it("takes what is right, with defaults, whatever the level", () => {
    assert.deepEqual(readSettings("dns-ttl", ttlSettings, { enforcementLevel: "mandatory" }), {
      exemptions: [],
      maximumTtl: 300,
    });
    assert.deepEqual(readSettings("a", commonSettings, { exemptions: [good] }), { exemptions: [good] });
    assert.deepEqual(readSettings("targets", targetSettings, {}), {});
  });

  it("is described to the engine as JSON schema, without what Go's regular expressions lack", () => {
    for (const settings of [commonSettings, singlePointSettings, ttlSettings, targetSettings, tagSettings]) {
      const schema = configSchema(settings);
      assert.ok(Object.keys(schema.properties).length > 0);
      assert.doesNotMatch(JSON.stringify(schema), /\(\?[=!<]/);
    }
  });
});

describe("exemptions", () => {
  const exemption = { resource: "web-1", reason: "is moved in spring", until: "2027-03-31" };
  const web = { name: "web-1", urn: "urn:pulumi:prod::shop::aws:ec2/instance:Instance::web-1" };
  const cases: readonly (readonly [string, Parameters<typeof verdict>, boolean])[] = [
    ["counts on its last day", [[exemption], [web], "2027-03-31"], true],
    ["no longer counts on the next day", [[exemption], [web], "2027-04-01"], false],
    ["matches a URN", [[{ ...exemption, resource: web.urn }], [web], "2027-01-01"], true],
    ["matches with *", [[{ ...exemption, resource: "web-*" }], [web], "2027-01-01"], true],
    [
      "takes other characters as they are",
      [[{ ...exemption, resource: "web.1" }], [web], "2027-01-01"],
      false,
    ],
    [
      "must cover every member of a group",
      [[exemption], [web, { name: "web-2", urn: "urn:2" }], "2027-01-01"],
      false,
    ],
    ["says nothing about no resource", [[exemption], [], "2027-01-01"], false],
    [
      "another that still counts is enough",
      [[{ ...exemption, until: "2020-01-01" }, exemption], [web], "2027-01-01"],
      true,
    ],
  ];
  for (const [what, args, exempt] of cases) it(what, () => assert.equal(verdict(...args).exempt, exempt));

  it("tells when it ended", () => {
    assert.equal(
      verdict([exemption], [web], "2027-04-01").ended,
      'The exemption "is moved in spring" ended on 2027-03-31.',
    );
  });
});
