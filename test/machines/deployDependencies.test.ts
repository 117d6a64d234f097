import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { story } from "../../scripts/cli/test/story";
import { type MarkedRelease, markedRelease } from "../support/load/releases";
import { type Ran, ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";

/** This host's authorities, some of which may be its own: a fresh machine does not trust them yet. */
const authorities = readFileSync("/etc/ssl/certs/ca-certificates.crt", "utf8");

describe("a site's dependencies", function () {
  this.timeout(600_000);

  async function deployed(server: ReleaseServer, release: MarkedRelease): Promise<Ran> {
    const ran = await server.deploy(release);
    assert.equal(ran.code, 0, ran.output);
    return ran;
  }

  story("in Python", () => {
    const server = new ReleaseServer({
      ...testNetwork("t-deps-py"),
      suite: "sid",
      runtime: "python",
    });
    before(() => {
      server.create();
      server.on("cat > /etc/ssl/certs/ca-certificates.crt", authorities);
    });
    after(() => server.remove());
    const requiring = (mark: string, requirements: string) =>
      markedRelease("python", mark, server.bundles, (folder) =>
        writeFileSync(join(folder, "requirements.txt"), requirements),
      );
    const environments = () => server.on("ls /srv/www/environments").trim().split("\n");

    it("are installed as the site's user, by pip, before anything of the release runs", async () => {
      const release = requiring("one", "gunicorn==23.0.0\nPyMySQL==1.1.2\n");
      const { output } = await deployed(server, release);
      assert.match(output, /dependencies: installing Python packages/);
      assert.match(
        server.on("cat /proc/$(systemctl show -P MainPID site-app@blue)/cmdline | tr '\\0' ' '"),
        /\.venv\/bin\/gunicorn/,
      );
      assert.equal(
        server.on(`stat -c %U /srv/www/environments/${environments()[0]}/bin/gunicorn`).trim(),
        "site",
      );
    });

    it("are shared by releases that ask for the same, which takes no time", async () => {
      const { output } = await deployed(server, requiring("two", "gunicorn==23.0.0\nPyMySQL==1.1.2\n"));
      assert.match(output, /Python packages are those of environment [0-9a-f]{16}/);
      assert.equal(environments().length, 1);
    });

    it("that are not to be had stop the deployment, and the release before serves on", async () => {
      const wrong = await server.deploy(requiring("three", "gunicorn==0.0.0.1\n"));
      assert.equal(wrong.code, 1);
      assert.match(wrong.output, /pip install failed: .*(all of it: .*log on the server)/);
      assert.match(server.on("/opt/one-server-web/release.sh list"), / live /);
    });

    it("that uv locked are installed by uv alone, in the versions of the lock", async () => {
      const project = `[project]\nname = "marked"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["gunicorn", "PyMySQL<1.1.2"]\n`;
      const locked = (mark: string, lock: string) =>
        markedRelease("python", mark, server.bundles, (folder) => {
          writeFileSync(join(folder, "pyproject.toml"), project);
          writeFileSync(join(folder, "uv.lock"), lock);
        });
      const without = await server.deploy(locked("without uv", "version = 1\n"));
      assert.equal(without.code, 1);
      assert.match(without.output, /the site has a uv\.lock, but uv is not installed on this server/);
      server.on(
        "python3 -m venv /opt/uv && /opt/uv/bin/pip install -q uv==0.13.9 && ln -s /opt/uv/bin/uv /usr/local/bin/uv",
      );
      const lock = server.on(
        "mkdir -p /tmp/lock && cd /tmp/lock && cat > pyproject.toml && SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt uv lock -q && cat uv.lock",
        project,
      );
      assert.match(lock, /name = "pymysql"\nversion = "1\.1\.1"/);
      const release = locked("with uv", lock);
      await deployed(server, release);
      const environment = server.on(`readlink /srv/www/releases/${release.release}/.venv`).trim();
      assert.match(
        server.on(`ls ${environment}/lib/python*/site-packages`),
        /^pymysql-1\.1\.1\.dist-info$/im,
      );
      assert.equal(server.on(`stat -c %U ${environment}/bin/gunicorn`).trim(), "site");
    });

    it("get an environment of their own when they change", async () => {
      const { output } = await deployed(server, requiring("four", "gunicorn==23.0.0\nPyMySQL==1.1.1\n"));
      assert.match(output, /installing Python packages/);
      assert.equal(environments().length, 3);
    });
  });

  describe("in PHP", () => {
    const server = new ReleaseServer({
      ...testNetwork("t-deps-php"),
      suite: "sid",
      runtime: "php",
    });
    before(() => {
      server.create();
      server.on("cat > /etc/ssl/certs/ca-certificates.crt", authorities);
    });
    after(() => server.remove());
    const requiring = (mark: string) =>
      markedRelease("php", mark, server.bundles, (folder) => {
        // A package that the site brings along: composer works on it as on any other, and no registry has to be reached.
        mkdirSync(join(folder, "packages/greeting"), { recursive: true });
        writeFileSync(
          join(folder, "packages/greeting/Greeting.php"),
          "<?php namespace Own; final class Greeting {}",
        );
        const own = { name: "own/greeting", version: "1.0.0", autoload: { "psr-4": { "Own\\": "" } } };
        writeFileSync(join(folder, "packages/greeting/composer.json"), JSON.stringify(own));
        const repositories = [
          { type: "path", url: "packages/greeting", options: { symlink: false } },
          { "packagist.org": false },
        ];
        writeFileSync(
          join(folder, "composer.json"),
          JSON.stringify({ repositories, require: { "own/greeting": "1.0.0" } }),
        );
        const foot = join(folder, "parts/foot.php");
        const load = "<?php require __DIR__ . '/../vendor/autoload.php'; new Own\\Greeting(); ?>";
        writeFileSync(foot, load + readFileSync(foot, "utf8"));
      });

    it("need the site's own tool, and its absence is said", async () => {
      const wrong = await server.deploy(requiring("one"));
      assert.equal(wrong.code, 1);
      assert.match(
        wrong.output,
        /the site has a composer\.json, but composer is not installed on this server: apt-get install composer/,
      );
    });

    it("are installed by composer, as the site's user", async () => {
      server.on(
        "DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends composer unzip",
      );
      const release = requiring("two");
      const { output } = await deployed(server, release);
      assert.match(output, /dependencies: composer install/);
      const autoload = `/srv/www/releases/${release.release}/vendor/autoload.php`;
      assert.equal(server.on(`stat -c %U ${autoload}`).trim(), "site");
    });
  });
});
