import assert from "node:assert/strict";
import { sizeOf } from "../../components/rungs/sizes";
import { plainSettings } from "../support/settings";

/** Reads a stack's settings with these sizes. */
function read(platform: string, sizes: string) {
  const aws = { acmeEmail: "a@foobar.com", allowedSshCidrs: '["203.0.113.0/24"]' };
  return plainSettings({ platform, sizes, ...(platform === "aws" ? aws : {}) });
}

describe("sizes by tier", () => {
  it("are of the first of a server's tiers that is named", () => {
    const settings = read("aws", '{"database": "r8g.large", "app": "c8g.large"}');
    assert.equal(sizeOf(["database"], settings), "r8g.large");
    assert.equal(sizeOf(["web", "app"], settings), "c8g.large");
    assert.equal(sizeOf(["web", "app", "database"], settings), "c8g.large");
    assert.equal(sizeOf(["load-balancer"], settings), undefined);
  });

  const wrong: readonly (readonly [platform: string, sizes: string, says: RegExp])[] = [
    [
      "aws",
      '{"database": "2048"}',
      /one-server-web:sizes has "2048" at database; expected an object of sizes/,
    ],
    ["aws", '{"database": "t2.micro"}', /has "t2\.micro" at database/],
    ["local", '{"web": "t4g.small"}', /has "t4g\.small" at web/],
    ["local", '{"web": "100"}', /has "100" at web/],
    ["local", '{"webserver": "2048"}', /one-server-web:sizes is /],
  ];
  for (const [platform, sizes, says] of wrong) {
    it(`are refused on ${platform}: ${sizes}`, () => {
      assert.throws(() => read(platform, sizes), says);
    });
  }

  it("are MiB of memory on local machines", () => {
    assert.equal(sizeOf(["web"], read("local", '{"web": "1024"}')), "1024");
  });
});
