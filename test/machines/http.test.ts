import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { type Answer, askAt } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { packedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { type TestNetwork, testNetwork } from "../support/networks";

interface WebServer {
  readonly stack: "lemp" | "lamp";
  readonly role: "nginx" | "apache";
  readonly suite: "sid" | "trixie";
  readonly network: TestNetwork;
}

const webServers: readonly WebServer[] = [
  { stack: "lemp", role: "nginx", suite: "sid", network: "t-http-ng" },
  { stack: "lamp", role: "apache", suite: "trixie", network: "t-http-ap" },
];

/** Addresses that have to reach the application as they were sent, and the path that they stand for. */
const addresses: readonly (readonly [sent: string, path: string])[] = [
  ["/x%20y", "/x y"],
  ["/what%3Fnow", "/what?now"],
  ["/double%2520enc", "/double%20enc"],
  ["/gr%C3%BC%C3%9F?q=%26%3D", "/grüß"],
  ["/a%2Fb", "/a/b"],
];

for (const { stack, role, suite, network } of webServers) {
  story(`addresses, names and headers, served by ${role}`, function () {
    this.timeout(600_000);
    const roles = (runtime: "php-fpm" | "python") => `base tls ${role} ${runtime} site`;
    const server = new ReleaseServer({
      ...testNetwork(network),
      suite,
      stack,
      runtime: "php",
      settings: { ROLES: roles("php-fpm") },
    });
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
      askAt(server.target.address, `https://${server.domain}${path}`, server.target.authority, { headers });
    const application = async (path: string) => JSON.parse((await ask(path)).body) as Record<string, string>;

    async function deploy(runtime: "php" | "python"): Promise<void> {
      const fill = (folder: string) => cpSync(join(__dirname, "http", runtime), folder, { recursive: true });
      const release = packedRelease(runtime, server.bundles, fill, {
        SHARED_PATHS: "public/uploads",
      });
      const ran = await server.deploy(release);
      assert.equal(ran.code, 0, ran.output);
    }

    before("is made and takes a release", async () => {
      server.create();
      await deploy("php");
    });
    after(() => server.remove());

    function testAddresses(): void {
      for (const [sent, path] of addresses) {
        it(`give the application ${sent} as it was sent`, async () => {
          const { requestUri, pathInfo } = await application(sent);
          assert.equal(requestUri, sent);
          if (pathInfo !== "") assert.equal(pathInfo, path);
        });
      }

      it("lead every other name, and the address itself, to the site's own name", async () => {
        for (const host of ["evil.example.com", server.target.address]) {
          const answer = await ask("/x%20y%3F?a=%26", { host });
          assert.equal(answer.status, 301, host);
          assert.equal(answer.headers.location, `https://${server.domain}/x%20y%3F?a=%26`);
        }
      });

      it("keep headers that the site sets, once, and add those that it does not", async () => {
        const own = (await ask("/own-headers")).headers;
        assert.equal(own["cross-origin-opener-policy"], "same-origin-allow-popups");
        assert.equal(own["x-frame-options"], "DENY");
        assert.equal(own["referrer-policy"], "no-referrer");
        assert.equal(own["strict-transport-security"], "max-age=60");
        const added = (await ask("/")).headers;
        assert.equal(added["cross-origin-opener-policy"], "same-origin");
        assert.equal(added["x-frame-options"], "SAMEORIGIN");
        assert.equal(added["x-content-type-options"], "nosniff");
      });
    }

    describe("for PHP", () => {
      testAddresses();

      it("run the script that a path names, and give it the path behind it", async () => {
        const { script, pathInfo, query } = await application("/api.php/a/b?c=d");
        assert.deepEqual({ script, pathInfo, query }, { script: "api.php", pathInfo: "/a/b", query: "c=d" });
        // Apache's front controller gets what only looks like a script.
        if (role === "nginx") assert.equal((await ask("/missing.php/a")).status, 404);
        else assert.equal((await application("/missing.php/a")).script, "index.php");
      });

      it("give a folder without a page of its own to the front controller", async () => {
        assert.equal((await application("/route/")).script, "index.php");
        assert.equal((await ask("/route/file.txt")).body, "a file\n");
      });

      it("name what a file is, and how long it may be kept", async () => {
        const headers = async (path: string) => (await ask(path)).headers;
        assert.match(
          String((await headers("/module.mjs"))["content-type"]),
          /^(text|application)\/javascript/,
        );
        assert.match(
          String((await headers("/app.webmanifest"))["content-type"]),
          /^application\/manifest\+json/,
        );
        assert.doesNotMatch(String((await headers("/latin.html"))["content-type"]), /charset/);
        assert.equal((await headers("/list-20240115.txt"))["cache-control"], "no-cache");
        assert.match(String((await headers("/app-0a1b2c3d.js"))["cache-control"]), /immutable/);
      });

      it("hand out what was uploaded, and run none of it", async () => {
        server.on(
          "cd /srv/www/shared/public/uploads && echo 'echo hi' >setup.sh && echo '<?php echo 40 + 2;' | tee run.php >run.phtml && chown -R site: .",
        );
        assert.equal((await ask("/uploads/setup.sh")).body, "echo hi\n");
        for (const path of ["run.php", "run.php/x", "run.phtml", "run.phtml/x.css"]) {
          const answer = await ask(`/uploads/${path}`);
          assert.equal(answer.status, 404, path);
          assert.doesNotMatch(answer.body, /42/);
        }
      });
    });

    it("may be of a name of 100 characters", async () => {
      const long = `${"a".repeat(60)}.${"b".repeat(30)}.foobar.com`;
      server.provision({ DOMAIN: long, ...(role === "nginx" ? { PAGE_CACHE: "10s" } : {}) });
      const url = `https://${server.domain}/`;
      const { status, headers } = await askAt(server.target.address, url, server.target.authority);
      assert.deepEqual({ status, location: headers.location }, { status: 301, location: `https://${long}/` });
      server.provision();
    });

    describe("for Python", () => {
      before("takes a release", async () => {
        server.provision({ ROLES: roles("python"), RUNTIME: "python" });
        await deploy("python");
      });
      testAddresses();
    });
  });
}
