import assert from "node:assert/strict";
import { story } from "../../scripts/cli/test/story";
import { markedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { underLoad } from "../support/load/underLoad";
import { testNetwork } from "../support/networks";
import { whole } from "../support/whole";

/** Some requests of 5 s are always in flight. */
const load = { rate: 20, seconds: 600, share: { write: 25, file: 20, slow: 1 }, fresh: 20 };

const release = "/opt/one-server-web/release.sh";

/** Makes a repository of this machine's own that holds newer versions of packages it has, and asks no other. */
const newerVersions = `
set -e
mkdir -p /srv/newer && cd /srv/newer
for package in "$@"; do
  apt-get download -q -o APT::Sandbox::User=root "$package" >&2
  dpkg-deb -R "$package"_*.deb tree
  rm "$package"_*.deb
  sed -i 's/^Version: .*/&+newer1/' tree/DEBIAN/control
  dpkg-deb --build -Znone tree "$package.deb" >&2
  rm -r tree
  dpkg-deb --field "$package.deb"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$package.deb" "$(stat -c %s "$package.deb")" "$(sha256sum "$package.deb" | cut -d ' ' -f 1)"
done >Packages
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/newer ./' >/etc/apt/sources.list.d/newer.list
apt-get update -q
`;

story("upgrades of a server's packages", function () {
  this.timeout(600_000);
  const server = new ReleaseServer({
    ...testNetwork("t-upgrades"),
    suite: "sid",
    runtime: "php",
  });
  const version = (unit: string) =>
    server.on(`dpkg-query -W -f '\${Version}' ${unit}`).replace(/^.*(\+newer1)$/, "$1");
  const installed = (pattern: string) =>
    server.on(`dpkg --list | awk '$1 == "ii" && $2 ~ /${pattern}/ { print $2 }'`).trim();
  let php: string;
  let mysql: string;

  before(async () => {
    server.create();
    assert.equal((await server.deploy(markedRelease("php", "mark-1", server.bundles))).code, 0);
    php = installed("^php[0-9.]+-fpm$");
    mysql = installed("^mysql-server(-[0-9.]+)?$");
    server.on(`bash -s nginx ${php} ${mysql} <<'END'\n${newerVersions}\nEND`);
  });
  after(() => server.remove());

  it("are announced, each with how it is done and the window where one is needed", async () => {
    const { output, code } = await server.run(`${release} upgrade --plan`);
    assert.equal(code, 0, output);
    assert.match(output, /nginx: nginx on the fly, no gap/);
    assert.match(output, new RegExp(`${php}: app server by colour, no gap`));
    assert.match(output, new RegExp(`${mysql}: in a window`));
    assert.match(output, /upgrade --window keeps visitors out for about \d+ s/);
    assert.doesNotMatch(version("nginx"), /newer1/, "a plan changes nothing");
  });

  it("of nginx and PHP fail no request, and both run from the new files", async () => {
    const report = await underLoad(server, load, async () => {
      const ran = await server.run(`${release} upgrade`);
      assert.equal(ran.code, 0, ran.output);
    });
    whole(report);
    assert.deepEqual([version("nginx"), version(php)], ["+newer1", "+newer1"]);
    assert.doesNotMatch(version(mysql), /newer1/, "what leaves a gap waits for a window");
    const outdated = server.on(
      "for pid in $(cat /run/nginx.pid) $(systemctl show -P MainPID 'site-app@blue' 'site-app@green'); do [ $pid = 0 ] || readlink /proc/$pid/exe; done",
    );
    assert.doesNotMatch(outdated, /deleted/);
  });

  it("of MySQL happen in a window: visitors see the page that says when to come back, and no answer is lost", async () => {
    const started = server.on("systemctl show -P MainPID mysql").trim();
    const { summary, wrongWrites, acknowledged } = await underLoad(server, load, async () => {
      const ran = await server.run(`${release} upgrade --window`);
      assert.equal(ran.code, 0, ran.output);
    });
    assert.equal(version(mysql), "+newer1");
    assert.notEqual(server.on("systemctl show -P MainPID mysql").trim(), started, "MySQL was restarted");
    const other = Object.keys(summary.failures).filter((failure) => !failure.endsWith(": status 503"));
    assert.deepEqual(other, [], JSON.stringify(summary));
    assert.ok(summary.failed > 0, "the window was seen");
    assert.deepEqual(wrongWrites, []);
    assert.ok(acknowledged > 0);
    assert.match(server.on("cat /var/lib/one-server-web/releases/window-seconds"), /^\d+$/m);
    const after = await underLoad(server, { ...load, seconds: 5 }, async () => {});
    assert.equal(after.summary.failed, 0, JSON.stringify(after.summary));
  });
});
