import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deterministicArchive } from "../../components/servers/archive";
import { story } from "../../scripts/cli/test/story";
import { exampleRelease, exampleSite, exampleVariables } from "../support/examples";
import { withSettings } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { makeWordPress } from "../support/load/wordpress";
import { testNetwork } from "../support/networks";
import type { ServerVariables } from "../support/settings";
import { testPhpVersions } from "./applications/phpVersions";
import { picture } from "./applications/picture";
import { Visitor } from "./applications/visitor";

const password = "correct horse battery staple";
const environment = JSON.stringify({
  SITE_SECRET: "for-this-test-only",
  ADMIN_NAME: "ann",
  ADMIN_EMAIL: "ann@example.com",
  ADMIN_PASSWORD: password,
});
const wordPressFolder = mkdtempSync(join(tmpdir(), "wordpress-"));
mkdirSync(join(wordPressFolder, "public"));
const server = new ReleaseServer({ ...testNetwork("hbapps"), suite: "sid", runtime: "php" });

/** What each application brings besides its files. */
const brings = {
  wordPress: exampleRelease("wordpress", { site: wordPressFolder, environment }),
  wagtail: exampleRelease("wagtail", { environment }),
};

async function deploy(folder: string, settings: ServerVariables): Promise<void> {
  const archive = deterministicArchive(folder, { bundles: server.bundles });
  const ran = await server.deploy(withSettings({ mark: "", archive }, settings));
  assert.equal(ran.code, 0, ran.output);
}

/** What the server is set up as, one after the other. */
const backedUp = {
  database: "mariadb",
  exporters: "true",
  backupRepository: "/var/backups/site",
  backupPassword: "for-this-test-only",
};
const lemp: ServerVariables = {
  ...exampleVariables("wordpress", { site: wordPressFolder, environment }),
  ROLES: "base tls nginx php-fpm mysql site tasks",
};
const converted: Readonly<Record<"lamp" | "python", ServerVariables>> = {
  lamp: {
    ...exampleVariables("wordpress", { site: wordPressFolder, environment, stack: "lamp", ...backedUp }),
    ROLES: "base tls apache php-fpm mysql site tasks backup exporters",
  },
  python: {
    ...exampleVariables("wagtail", { environment, ...backedUp }),
    ROLES: "base tls nginx python mysql site tasks backup exporters",
  },
};

const image = picture(64, 48);
const installed = (name: string) =>
  server.on(`dpkg-query -W -f '\${db:Status-Abbrev}' ${name} 2>/dev/null || true`).trim() === "ii";

story("real applications, one after the other on one server", function () {
  this.timeout(600_000);
  before(() => server.create(lemp));
  after(() => server.remove());

  describe("WordPress, as the distribution packages it", wordPress);
  describe("Wagtail, as PyPI has it, through ASGI", wagtail);
});

function wordPress(): void {
  const folder = wordPressFolder;
  let post = 0;
  let address = "";

  /** Logs in as a person does, and returns what the interface for programs wants besides the cookie. */
  async function login(): Promise<{ ann: Visitor; nonce: string }> {
    const ann = new Visitor(server.target);
    const form = await ann.get("/wp-login.php");
    const inside = await ann.submit(form, "/wp-login.php", { log: "ann", pwd: password });
    assert.match(inside.text, /<title>[^<]*Dashboard/);
    return { ann, nonce: (await ann.get("/wp-admin/admin-ajax.php?action=rest-nonce")).text };
  }

  async function readsAll(): Promise<void> {
    const visitor = new Visitor(server.target);
    const page = await visitor.get(`/?p=${post}`);
    assert.match(page.text, /Written by Ann/);
    assert.match(page.text, /<title>A first page/);
    assert.deepEqual((await visitor.get(address)).body, image);
  }

  before(async () => {
    makeWordPress(server, folder);
    await deploy(folder, brings.wordPress);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is installed by its first release, and lets people log in, write and upload", async () => {
    const { ann, nonce } = await login();
    const json = { "content-type": "application/json", "x-wp-nonce": nonce };
    const text = { title: "A first page", content: "Written by Ann.", status: "publish" };
    const written = await ann.post("/?rest_route=/wp/v2/posts", JSON.stringify(text), json);
    assert.equal(written.status, 201, written.text);
    post = (JSON.parse(written.text) as { id: number }).id;
    const uploaded = await ann.post("/?rest_route=/wp/v2/media", image, {
      "content-type": "image/png",
      "content-disposition": 'attachment; filename="grey.png"',
      "x-wp-nonce": nonce,
    });
    assert.equal(uploaded.status, 201, uploaded.text);
    address = new URL((JSON.parse(uploaded.text) as { source_url: string }).source_url).pathname;
    await readsAll();
  });

  it("does its jobs by the server's timer", () => {
    server.on("systemctl start site-cron@wordpress");
    assert.equal(server.on("systemctl show -P Result site-cron@wordpress").trim(), "success");
  });

  testPhpVersions(
    server,
    lemp,
    () => `/?p=${post}`,
    async () => {
      await readsAll();
      await login();
    },
  );

  it("goes on with all it holds when the stack becomes LAMP and the database MariaDB", async () => {
    server.provision(converted.lamp);
    await readsAll();
    await login();
    assert.deepEqual(["nginx", "mysql-server", "apache2", "mariadb-server"].map(installed), [
      false,
      false,
      true,
      true,
    ]);
  });

  it("runs no code that someone uploaded there either", async () => {
    const visitor = new Visitor(server.target);
    for (const name of ["shell.php", "shell.PHP", "shell.phtml", "picture.jpg"]) {
      server.on(
        `cat >'/srv/www/shared/public/wp-content/uploads/${name}'`,
        "<?php echo 'executed ' . (40 + 2);",
      );
      for (const path of [name, `${name}/index.php`]) {
        assert.doesNotMatch((await visitor.get(`/wp-content/uploads/${path}`)).text, /executed 42/, path);
      }
    }
    assert.equal((await visitor.get("/wp-content/uploads/shell.php")).status, 404);
    assert.match((await visitor.get("/wp-content/uploads/picture.jpg")).text, /40 \+ 2/);
  });

  it("is measured by exporters of Apache, PHP-FPM and MariaDB on the loopback address", () => {
    const metrics = (port: number) =>
      server.on(`php -r 'echo file_get_contents("http://127.0.0.1:${port}/metrics");'`);
    assert.match(metrics(9117), /^apache_up 1$/m);
    assert.match(metrics(9117), /^apache_accesses_total [1-9]/m);
    assert.match(metrics(9253), /^php_fpm_up\{.*\} 1$/m);
    assert.match(metrics(9104), /^mysql_up 1$/m);
    const ports = server.on(
      "ss -Hltn | awk '{print $4}' | grep -v '^127\\|^\\[::1\\]' | sed 's/.*://' | sort -nu",
    );
    assert.doesNotMatch(ports, /^(8113|9\d\d\d)$/m);
  });

  it("is brought back by MariaDB's backup and log, up to what was written last", async () => {
    server.on("/opt/one-server-web/backup.sh run");
    const option = "INSERT INTO wp_options (option_name, option_value) VALUES ('last', 'written')";
    server.on(`mariadb site -e "${option}" && mariadb -e "DROP DATABASE site"`);
    server.on("/opt/one-server-web/backup.sh restore --to latest");
    const last = "SELECT option_value FROM wp_options WHERE option_name = 'last'";
    assert.equal(server.on(`mariadb -BN site -e "${last}"`).trim(), "written");
    await readsAll();
  });
}

function wagtail(): void {
  const folder = mkdtempSync(join(tmpdir(), "wagtail-"));

  async function login(): Promise<Visitor> {
    const ann = new Visitor(server.target);
    const form = await ann.get("/admin/login/");
    const inside = await ann.submit(form, "/admin/login/", { username: "ann", password });
    assert.match(inside.text, /<title>Dashboard - Wagtail/);
    return ann;
  }

  async function readsAll(): Promise<void> {
    const visitor = new Visitor(server.target);
    const page = await visitor.get("/a-first-page/");
    assert.match(page.text, /<title>A first page<\/title><p>Written by Ann\.<\/p>/);
    const address = /<img src="([^"]+)"/.exec(page.text)?.[1] ?? "";
    assert.deepEqual((await visitor.get(address)).body, image);
  }

  before(async () => {
    // This host's authorities, some of which may be its own: a fresh machine does not trust them yet.
    server.on("cat > /etc/ssl/certs/ca-certificates.crt", readFileSync("/etc/ssl/certs/ca-certificates.crt"));
    server.provision(converted.python);
    cpSync(exampleSite("wagtail"), folder, { recursive: true });
    await deploy(folder, brings.wagtail);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("takes the place of a PHP site, whose data stays", () => {
    assert.deepEqual(["apache2", "nginx", "php-fpm"].map(installed), [false, true, false]);
    const posts = "mariadb -BN site -e \"SELECT COUNT(*) FROM wp_posts WHERE post_title = 'A first page'\"";
    assert.equal(server.on(posts).trim(), "1");
    assert.match(server.on("find /srv/www/shared/public/wp-content/uploads -name '*.png'"), /grey\.png/);
  });

  it("lets people log in, write and upload", async () => {
    const ann = await login();
    const upload = await ann.get("/admin/images/add/");
    const file = { name: "grey.png", type: "image/png", content: image };
    const uploaded = await ann.submit(upload, "/admin/images/add/", { title: "Grey", file });
    assert.match(uploaded.text, /grey/i);
    const address = "/admin/pages/add/home/article/2/";
    const written = await ann.submit(await ann.get(address), address, {
      title: "A first page",
      slug: "a-first-page",
      text: "Written by Ann.",
      picture: "1",
      "action-publish": "action-publish",
    });
    assert.equal(written.status, 200);
    await readsAll();
  });

  it("keeps what was written and uploaded over a release", async () => {
    appendFileSync(join(folder, "project/urls.py"), "# changed\n");
    await deploy(folder, brings.wagtail);
    await readsAll();
    await login();
  });
}
