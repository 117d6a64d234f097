import assert from "node:assert/strict";
import type { ReleaseServer } from "../../support/load/server";
import type { ServerVariables } from "../../support/settings";
import { visit } from "../../support/visitors";

/**
 * Makes Debian sid a system with two versions of PHP, as Ubuntu's archives of PHP are: with that of Debian 12. Sid's php-common only
 * declares that it does not go along with it.
 */
const anotherPhp = `
set -e
mkdir -p /srv/another && cd /srv/another
apt-get download -q -o APT::Sandbox::User=root php-common >&2
dpkg-deb -R php-common_*.deb tree
sed -i -e 's/, php8.2-common//' -e 's/^Version: .*/&+another1/' tree/DEBIAN/control
dpkg-deb --build -Znone tree php-common.deb >&2
dpkg --install php-common.deb >&2
echo 'deb http://deb.debian.org/debian bookworm main' >/etc/apt/sources.list.d/another.list
apt-get update -q
`;

/**
 * The tests of PHP's versions, on a server with a site.
 * @param settings the server's
 * @param page the path of a page that says "Written by Ann"
 * @param works what has to go well in each version
 */
export function testPhpVersions(
  server: ReleaseServer,
  settings: ServerVariables,
  page: () => string,
  works: () => Promise<void>,
): void {
  it("is told in one line which versions of PHP there are when it asks for another one", () => {
    const before = server.on("dpkg --list | sha256sum; systemctl list-units --state=active 'site-app@*'");
    assert.throws(
      () => server.provision({ ...settings, PHP_VERSION: "7.0" }),
      /error: setting PHP_VERSION \(phpVersion\) is 7\.0, which this system does not have: it has 8\.\d; take/,
    );
    assert.equal(
      server.on("dpkg --list | sha256sum; systemctl list-units --state=active 'site-app@*'"),
      before,
    );
  });

  it("moves to another version of PHP and back while people read it, and leaves nothing of the other one", async () => {
    const version = () => server.on("php -r 'echo PHP_MAJOR_VERSION . \".\" . PHP_MINOR_VERSION;'");
    const packages = () => server.on("dpkg --list 'php*' | sed -n 's/^i.  *\\([^ :]*\\).*/\\1/p'");
    const own = version();
    server.on(anotherPhp);
    // The last is the distribution's own, too, by its name.
    for (const [setting, wanted] of [
      ["8.2", "8.2"],
      ["", own],
      [own, own],
    ] as const) {
      let done = false;
      const visited = visit(server.target, page(), 4, /^200 .*Written by Ann/s, () => done);
      const { code, output } = await server.provisionMeanwhile({ ...settings, PHP_VERSION: setting });
      done = true;
      assert.equal(code, 0, output);
      const { right, failures } = await visited;
      assert.deepEqual(failures, []);
      assert.ok(right > 20, `${right} answers`);
      assert.equal(version(), wanted);
      assert.match(packages(), new RegExp(`^php${setting}-fpm$`, "m"));
      // The unversioned ones follow the distribution's own version, so nobody who asks for one has them.
      const others = `${setting === "" ? "" : "-|"}(?!${wanted})\\d\\.\\d-`;
      assert.doesNotMatch(packages(), new RegExp(`^php(${others})(fpm|mysql|gd|cli)$`, "m"));
      assert.match(
        server.on("cat /proc/$(systemctl show -P MainPID 'site-app@*' | grep -m 1 -v '^0$')/comm"),
        new RegExp(wanted),
      );
      assert.equal(
        server.on("find /etc/php -name '9*-one-server-web*' | cut -d/ -f4 | sort -u").trim(),
        wanted,
      );
      await works();
    }
    server.on("rm /etc/apt/sources.list.d/another.list && apt-get update -q");
  });
}
