import assert from "node:assert/strict";
import { connect } from "node:tls";
import { parseFacts } from "../../../scripts/cli/status/facts";
import { eventually } from "../../support/eventually";
import type { ReleaseServer } from "../../support/load/server";
import { script } from "../../support/localScripts";
import { Pebble } from "../../support/pebble/pebble";

/** The tests of certificates by ACME, on a server in a network whose DNS server answers for its names. */
export function testCertificates(server: ReleaseServer, network: string): void {
  const host = server.target.address.replace(/\.\d+$/, ".1");
  const pebble = new Pebble(host, `${host}:53`);
  let first = "";

  /** Who signed the certificate that visitors are shown, and its number. */
  const shown = () =>
    new Promise<{ issuer: string; number: string }>((resolve, reject) => {
      const socket = connect(
        { host: server.target.address, port: 443, servername: server.domain, rejectUnauthorized: false },
        () => {
          const { issuer, serialNumber } = socket.getPeerCertificate();
          resolve({ issuer: String(issuer.CN), number: serialNumber });
          socket.end();
        },
      );
      socket.on("error", reject);
    });
  /** The number of the authority's certificate that takes the place of another: a reload is over a moment after its command. */
  const another = (number: string) =>
    eventually("another certificate", 10, async () => {
      const now = await shown();
      assert.match(now.issuer, /^Pebble Intermediate CA/);
      assert.notEqual(now.number, number);
      return now.number;
    });
  const acme = () => ({
    TLS_SOURCE: "acme",
    ACME_DIRECTORY: pebble.directory,
    ACME_EMAIL: "ann@foobar.com",
    ACME_AUTHORITY: pebble.authority.trim(),
    CERTIFICATE: "",
    CERTIFICATE_KEY: "",
  });
  /** As certbot's timer does; each certificate counts as nearly over. */
  const renew = () =>
    server.on(
      "grep -q ^renew_before_expiry /etc/letsencrypt/renewal/site.conf || sed -i '1i renew_before_expiry = 3650 days' /etc/letsencrypt/renewal/site.conf; systemctl start certbot",
    );

  before(async () => {
    script("dns.sh", "set", network, server.domain, "A", server.target.address);
    server.on(`echo '${host} ${pebble.hostname}' >>/etc/hosts`);
    await pebble.start();
  });
  after(() => pebble.remove());

  it("gets its certificate from an ACME authority, once", async () => {
    server.provision(acme());
    const { issuer, number } = await shown();
    assert.match(issuer, /^Pebble Intermediate CA/);
    first = number;
    server.provision(acme());
    assert.equal((await shown()).number, first);
  });

  it("renews it by a timer and shows the new one without a restart", async () => {
    const master = server.on("cat /run/nginx.pid");
    assert.match(server.on("systemctl is-active certbot.timer"), /^active$/m);
    renew();
    first = await another(first);
    assert.equal(server.on("cat /run/nginx.pid"), master);
  });

  it("keeps it when the authority does not answer, raises an alarm, and settles it later", async () => {
    const alerts = () => parseFacts(server.on("/opt/one-server-web/status.sh")).alerts.join("\n");
    // Nobody listens at this port of the server itself.
    const point = (from: string, to: string) =>
      server.on(`sed -i 's/^${from} ${pebble.hostname}/${to} ${pebble.hostname}/' /etc/hosts`);
    point(host, "127.0.0.1");
    assert.throws(renew);
    server.on("timeout 20 sh -c 'until [ -e /var/lib/one-server-web/alerts/certbot ]; do sleep 0.1; done'");
    assert.match(alerts(), /certbot failed: /);
    assert.equal((await shown()).number, first);
    point("127.0.0.1", host);
    renew();
    await another(first);
    assert.equal(alerts(), "");
  });
}
