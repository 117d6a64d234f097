import assert from "node:assert/strict";
import fc from "fast-check";
import { assess } from "../../../policy/assess";
import { inParallel } from "../../../policy/availability";
import type { ResourceView } from "../../../policy/resources";
import { UNKNOWN } from "../../../policy/resources";
import { topology } from "../../../policy/topology";
import { stacks } from "../../stacks";
import { applicationBalancer, network, TestStack } from "../../stacks/builder";

const anyStack = fc.constantFrom(...stacks.filter(({ name }) => name !== "a-thousand-resources"));

function certainPoints(views: readonly ResourceView[]): string[] {
  return assess(topology(views))
    .findings.filter(
      ({ rule, certain, scope }) => rule === "single-point-of-failure" && certain && scope !== "region",
    )
    .map(({ scope, tiers }) => `${scope} ${tiers.join("+")}`);
}

/** A site behind a load balancer, with so many web servers in these zones. */
function balancedSite(places: readonly number[]): ResourceView[] {
  return new TestStack("generated", { rung: "load-balanced", singlePoints: [] }, (stack) => {
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    const { group } = applicationBalancer(stack, subnets);
    places.forEach((place, index) => {
      const instance = stack.add("aws:ec2/instance:Instance", `web-${index}`, {
        instanceType: "t3.small",
        subnetId: subnets[place]?.id,
      });
      stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `web-${index}`, {
        targetGroupArn: group.arn,
        targetId: instance.id,
      });
    });
  }).updated();
}

describe("properties of the assessment", function () {
  this.timeout(60_000);

  it("doesn't depend on the order of the resources", () => {
    fc.assert(
      fc.property(
        anyStack.chain((stack) => {
          const views = stack.updated();
          return fc.tuple(fc.constant(views), fc.shuffledSubarray(views, { minLength: views.length }));
        }),
        ([views, shuffled]) => {
          assert.deepEqual(assess(topology(shuffled)), assess(topology(views)));
        },
      ),
    );
  });

  it("a redundant web server never adds a single point of failure, and never lowers availability", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 2 }),
        (places, further) => {
          const before = balancedSite(places);
          const after = balancedSite([...places, further]);
          const points = certainPoints(after).filter((point) => point.startsWith("machine"));
          assert.ok(
            points.length <= certainPoints(before).filter((point) => point.startsWith("machine")).length,
          );
          assert.ok(certainPoints(after).length <= certainPoints(before).length);
          const [less, more] = [before, after].map(
            (views) => assess(topology(views)).availability?.percent ?? 0,
          );
          assert.ok((more ?? 0) >= (less ?? 0));
        },
      ),
    );
  });

  it("finds a machine alone, a zone alone, or neither, exactly as the servers are placed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }), (places) => {
        const expected =
          places.length === 1 ? ["machine web+app"] : new Set(places).size === 1 ? ["zone web+app"] : [];
        assert.deepEqual(certainPoints(balancedSite(places)), expected);
      }),
    );
  });

  it("what isn't known never ends the assessment, and never silences a single point of failure", () => {
    const withUnknowns = anyStack.chain((stack) => {
      const views = stack.updated();
      const paths = views.flatMap((view, index) =>
        Object.keys(view.properties).map((key) => [index, key] as const),
      );
      return fc.tuple(fc.constant(views), fc.subarray(paths));
    });
    fc.assert(
      fc.property(withUnknowns, ([views, paths]) => {
        const hidden = new Map<number, string[]>();
        for (const [index, key] of paths) hidden.set(index, [...(hidden.get(index) ?? []), key]);
        const blinded = views.map((view, index) => ({
          ...view,
          properties: {
            ...view.properties,
            ...Object.fromEntries((hidden.get(index) ?? []).map((key) => [key, UNKNOWN])),
          },
        }));
        const seen = assess(topology(blinded)).findings.filter(
          ({ rule }) => rule === "single-point-of-failure",
        );
        const concerned = new Set(seen.flatMap(({ resources }) => resources));
        for (const finding of assess(topology(views)).findings) {
          if (finding.rule !== "single-point-of-failure" || finding.scope !== "machine") continue;
          // A machine that looks like a bastion once its tags are unknown, or a stopped one, can't be told apart; names stay known.
          assert.ok(
            finding.resources.some((key) => concerned.has(key)),
            `${finding.names.join()} is no longer reported`,
          );
        }
      }),
    );
  });

  it("parts side by side are never worse than one, and never perfect", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        (single, count) => {
          const together = inParallel(single, count);
          assert.ok(together >= single - 1e-12 && together < 1);
        },
      ),
    );
  });
});
