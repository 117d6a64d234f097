import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { askAt } from "../../scripts/cli/project/answer";
import { packedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";

const files = {
  "index.php": "<?php header('Content-Type: text/plain'); echo 'front of ', $_SERVER['REQUEST_URI'];",
  "wp-config.php": "<?php $password = 'hush';",
  "sub/page.php":
    "<?php header('Content-Type: text/plain'); echo 'page in ', basename($_SERVER['DOCUMENT_ROOT']);",
  "style.css": "body { color: black }\n",
  ".env": "PASSWORD=hush\n",
};

for (const stack of ["lemp", "lamp"] as const) {
  describe(`a site that is not divided into public and the rest, on ${stack}`, function () {
    this.timeout(300_000);
    const web = stack === "lemp" ? "nginx" : "apache";
    const server = new ReleaseServer({
      ...testNetwork("t-whole"),
      suite: "trixie",
      runtime: "php",
      stack,
      settings: { ROLES: `base tls ${web} php-fpm site` },
    });
    before(() => server.create());
    after(() => server.remove());

    it("is served whole: pages, files and addresses of its own, and neither settings nor PHP's source", async () => {
      const fill = (folder: string) => {
        for (const [name, content] of Object.entries(files)) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), content);
        }
      };
      const ran = await server.deploy(packedRelease("whole", server.bundles, fill, { DOCUMENT_ROOT: "." }));
      assert.equal(ran.code, 0, ran.output);
      const get = (path: string) =>
        askAt(server.target.address, `https://${server.domain}${path}`, server.target.authority);
      const texts = await Promise.all(["/", "/nice/address", "/sub/page.php"].map(get));
      assert.deepEqual(
        texts.map(({ status, body }) => `${status} ${body}`),
        [
          "200 front of /",
          "200 front of /nice/address",
          texts[2] === undefined ? "" : `200 ${texts[2].body}`,
        ],
      );
      assert.match(texts[2]?.body ?? "", /^page in /);
      assert.equal((await get("/style.css")).body, files["style.css"]);
      assert.equal((await get("/.env")).status, 404);
      const source = await get("/wp-config.php");
      assert.deepEqual([source.status, source.body], [200, ""]);
    });
  });
}
