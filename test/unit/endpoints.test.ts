import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint, Rotation } from "../../components/platforms/platform";
import { addressesOf, planRecords } from "../../components/platforms/records";

function known<Value>(output: pulumi.Input<Value>): Promise<Value> {
  return (pulumi.output(output) as unknown as { promise(): Promise<Value> }).promise();
}

const hostnames = ["www.foobar.com", "foobar.com"];

/** One server that visitors connect to. */
const server: Endpoint = {
  target: { addresses: [{ ipv4: pulumi.output("198.51.100.10"), ipv6: pulumi.output("2001:db8::10") }] },
  tls: "servers",
};

/** Servers drop out by failing the balancers' health check. */
const drain: Rotation = {
  runOn: "the server itself",
  takeOut: () => pulumi.output("release.sh out-of-rotation"),
  putIn: () => pulumi.output("release.sh into-rotation"),
  settleSeconds: 3,
};

/** Two HAProxy machines, each with an address. */
const balancers: Endpoint = {
  target: {
    addresses: [{ ipv4: pulumi.output("198.51.100.20") }, { ipv4: pulumi.output("198.51.100.21") }],
  },
  tls: "endpoint",
  rotation: drain,
};

/** An application load balancer of AWS. */
const loadBalancer: Endpoint = {
  target: {
    alias: {
      name: pulumi.output("site-1.us-east-1.elb.amazonaws.com"),
      zoneId: pulumi.output("Z35SXDOTRQ7X7K"),
    },
  },
  tls: "endpoint",
  rotation: drain,
};

describe("names", () => {
  const shown = async (endpoint: Endpoint) =>
    Promise.all(
      planRecords(hostnames, endpoint).map(async ({ name, hostname, type, target }) => {
        const to =
          "alias" in target
            ? `alias ${await known(target.alias.name)}`
            : (await Promise.all(target.addresses.map(known))).join(" ");
        return `${name}: ${hostname} ${type} ${to}`;
      }),
    );

  it("lead to one server by A and AAAA records", async () => {
    assert.deepEqual(await shown(server), [
      "www.foobar.com: www.foobar.com A 198.51.100.10",
      "www.foobar.com-ipv6: www.foobar.com AAAA 2001:db8::10",
      "foobar.com: foobar.com A 198.51.100.10",
      "foobar.com-ipv6: foobar.com AAAA 2001:db8::10",
    ]);
  });

  it("lead to every balancer, and to no IPv6 address where there is none", async () => {
    assert.deepEqual(await shown(balancers), [
      "www.foobar.com: www.foobar.com A 198.51.100.20 198.51.100.21",
      "foobar.com: foobar.com A 198.51.100.20 198.51.100.21",
    ]);
  });

  it("are aliases of a load balancer that the platform runs", async () => {
    assert.deepEqual((await shown(loadBalancer)).slice(0, 2), [
      "www.foobar.com: www.foobar.com A alias site-1.us-east-1.elb.amazonaws.com",
      "www.foobar.com-ipv6: www.foobar.com AAAA alias site-1.us-east-1.elb.amazonaws.com",
    ]);
  });

  it("can't be aliases where a platform knows addresses alone, which is said", () => {
    const [record] = planRecords(hostnames, loadBalancer);
    assert.ok(record !== undefined);
    assert.throws(() => addressesOf(record), /www\.foobar\.com has to be an alias/);
  });
});
