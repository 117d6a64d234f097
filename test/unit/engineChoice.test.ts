import assert from "node:assert/strict";
import { chooseSource, wantedSource } from "../../scripts/engine/choice";
import { isOlder, parseGoVersion, planToolchain, requiredGoVersion } from "../../scripts/engine/toolchain";
import { cliAddress } from "../../scripts/engine/vendor";

describe("the choice of an engine", () => {
  const cases = [
    {
      wanted: "built",
      vendorCached: true,
      builtCached: false,
      reachable: true,
      chosen: "built",
      asked: false,
    },
    {
      wanted: "vendor",
      vendorCached: false,
      builtCached: true,
      reachable: false,
      chosen: "vendor",
      asked: false,
    },
    {
      wanted: undefined,
      vendorCached: true,
      builtCached: true,
      reachable: false,
      chosen: "vendor",
      asked: false,
    },
    {
      wanted: undefined,
      vendorCached: false,
      builtCached: true,
      reachable: true,
      chosen: "built",
      asked: false,
    },
    {
      wanted: undefined,
      vendorCached: false,
      builtCached: false,
      reachable: true,
      chosen: "vendor",
      asked: true,
    },
    {
      wanted: undefined,
      vendorCached: false,
      builtCached: false,
      reachable: false,
      chosen: "built",
      asked: true,
    },
  ] as const;
  for (const { reachable, chosen, asked, ...about } of cases) {
    it(`is ${chosen} for ${JSON.stringify(about)}, vendor ${reachable ? "reachable" : "out of reach"}`, async () => {
      let questions = 0;
      const probe = async () => {
        questions += 1;
        return reachable;
      };
      assert.equal(await chooseSource({ ...about, probe }), chosen);
      assert.equal(questions, asked ? 1 : 0, "whether the network was asked");
    });
  }

  it("can be taken away by a setting, which is checked", () => {
    assert.equal(wantedSource(undefined), undefined);
    assert.equal(wantedSource(""), undefined);
    assert.equal(wantedSource("built"), "built");
    assert.throws(
      () => wantedSource("Vendor"),
      /ONE_SERVER_WEB_ENGINE must be vendor or built, not "Vendor"/,
    );
  });

  it("asks the vendor for the archive of this platform", () => {
    assert.equal(cliAddress("http://a/b", "linux", "arm64"), "http://a/b/pulumi-v3.259.0-linux-arm64.tar.gz");
  });
});

describe("the choice of a Go", () => {
  it("reads versions as Go prints them", () => {
    assert.deepEqual(parseGoVersion("go version go1.26.8 linux/amd64"), [1, 26, 8]);
    assert.deepEqual(parseGoVersion("go version go1.19 linux/arm64"), [1, 19, 0]);
    assert.deepEqual(parseGoVersion("go version go1.27rc1 linux/amd64"), [1, 27, 0]);
    assert.equal(parseGoVersion("gccgo (GCC) 12"), undefined);
    assert.deepEqual(requiredGoVersion("module x\n\ngo 1.26.0\n"), [1, 26, 0]);
    assert.throws(() => requiredGoVersion("module x\n"), /names no Go version/);
  });

  const required: [number, number, number] = [1, 26, 0];
  const cases = [
    { found: undefined, plan: "install" },
    { found: [1, 11, 6], plan: "download" },
    { found: [1, 19, 8], plan: "download" },
    { found: [1, 21, 0], plan: "switch" },
    { found: [1, 25, 9], plan: "switch" },
    { found: [1, 26, 0], plan: "use" },
    { found: [2, 0, 0], plan: "use" },
  ] as const;
  for (const { found, plan } of cases) {
    it(`is to ${plan} with ${found ? `Go ${found.join(".")}` : "no Go"}`, () => {
      assert.equal(planToolchain(found ? [...found] : undefined, required), plan);
    });
  }

  it("compares numbers, not letters", () => {
    assert.equal(isOlder([1, 9, 0], [1, 10, 0]), true);
    assert.equal(isOlder([1, 26, 10], [1, 26, 9]), false);
  });
});
