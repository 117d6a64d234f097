import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatAssignments } from "../../components/servers/assignments";
import { type ServerVariables, serverAssignments } from "../support/settings";
import { serverScripts } from "../support/shell";
import { runWithSystemctl } from "../support/systemctl";

const roles = readdirSync(join(serverScripts, "roles"));
const functions = [
  ...["plan", "packages", "prepare", "before", "configure", "check", "units", "after", "finish"],
  ...["facts", "faults", "log", "exporter", "refuse", "reload", "shown"],
];

/** Roles as functions that say their names, for tests of the loops alone. */
const told = `
  ROLES='one two three'
  one_units() { echo 'watched nginx'; echo 'started one-check.timer'; }
  three_units() { echo 'watched mysql.service'; echo 'shown site-app@blue'; echo 'watched nginx'; }
  one_before() { echo one; }
  three_before() { echo three; }
`;

/** What a server with these roles runs, given the settings of its roles and no others. */
function unitsOf(roleNames: string, variables: ServerVariables = {}): string[] {
  const { output, error } = runWithSystemctl(
    `unset ROLES; parse_assignments "$SETTINGS"
     apt-cache() { printf 'Package: %s\\n' "\${@:2}"; }
     lists_ready() { :; }
     CERTIFICATE_ROLES='' DATABASE_SERVICE='' HAPROXY_INSTANCES='' WITH_EXPORTERS=no
     while read -r size; do declare -g "$size"; done < <(size_machine 2048 2 "$ROLES" "\${RUNTIME:-}")
     load_roles; each_role plan; server_units watched started following`,
    ["lib/assignments", "lib/system", "lib/sizing", "lib/app", "lib/look", "lib/access", "lib/front"],
    { SETTINGS: formatAssignments(serverAssignments({ ...variables, ROLES: roleNames })) },
  );
  assert.equal(error, "");
  return output.trimEnd().split("\n");
}

describe("the roles of a server", () => {
  it("are called in their order, those that have nothing to say left out", () => {
    assert.equal(
      runWithSystemctl(`${told} each_role before; each_role after; echo end`).output,
      "one\nthree\nend\n",
    );
  });

  it("name their units by kind, each once, with their full names", () => {
    assert.equal(
      runWithSystemctl(`${told} server_units watched; echo; server_units watched started shown`).output,
      "nginx.service\nmysql.service\n\nnginx.service\none-check.timer\nmysql.service\nsite-app@blue.service\n",
    );
  });

  it("are refused by name when there is no such role", () => {
    const { code, error } = runWithSystemctl("ROLES='base ngnix'; load_roles");
    assert.equal(code, 1);
    assert.match(error, /^error: setting ROLES: there is no role ngnix, allowed are .*\bnginx\b.*\n$/);
  });

  it("are asked about their configuration only when it changed, by whichever role", () => {
    const script = (change: string) =>
      runWithSystemctl(`${told}
        one_check() { echo "nginx refuses it"; return 1; }
        ${change}; check_roles; echo passed`);
    assert.equal(script(":").output, "passed\n");
    assert.equal(script("notify reload:mysql").output, "passed\n");
    for (const change of ["notify reload:nginx", "notify restart:nginx.service", "CHANGED_ROLES[one]=yes"]) {
      const { code, output, error } = script(change);
      assert.equal(code, 1, change);
      assert.equal(output, "");
      assert.equal(error, "error: nginx refuses it\n");
    }
  });

  it("are each a folder whose functions are those of the contract, or its own, and none is empty", () => {
    for (const role of roles) {
      const text = readFileSync(join(serverScripts, "roles", role, "role.sh"), "utf8");
      const names = [...text.matchAll(/^([a-z][a-z0-9_-]*)\(\)/gm)].map(([, name = ""]) => name);
      assert.ok(
        names.some((name) => functions.some((wanted) => name === `${role}_${wanted}`)),
        `${role} has none of the contract's functions`,
      );
      assert.doesNotMatch(text, /\(\) \{ :; \}/);
    }
  });

  it("with the watch have a drop-in of each daemon, and of nothing else", () => {
    const { output } = runWithSystemctl(
      `${told} ROLES+=' watch'; load_role watch
       install_template() { echo "$3"; }
       watch_before`,
    );
    assert.deepEqual(
      output.split("\n").filter((line) => line.includes("watch.conf")),
      ["nginx", "mysql"].map((unit) => `/etc/systemd/system/${unit}.service.d/one-server-web-watch.conf`),
    );
  });
});

describe("what a server runs", () => {
  it("is all of it on one that is everything", () => {
    assert.deepEqual(
      unitsOf("base hardening tls nginx php-fpm mysql valkey site tasks backup watch exporters later", {
        CACHE: "valkey",
        EXPORTERS: "yes",
        BACKUP_REPOSITORY: "/b",
        TLS_SOURCE: "acme",
      }),
      [
        "one-server-web-firewall.service",
        "certbot.timer",
        "nginx.service",
        "mysql.service",
        "valkey-server.service",
        "one-server-web-backup.timer",
        "one-server-web-backup-log.timer",
        "one-server-web-check.timer",
        "prometheus-node-exporter.service",
        "prometheus-nginx-exporter.service",
        "prometheus-phpfpm-exporter.service",
        "prometheus-mysqld-exporter.service",
        "one-server-web-later.timer",
      ],
    );
  });

  it("is no web server and no certificate on one that is a database", () => {
    assert.deepEqual(
      unitsOf("base hardening mysql watch exporters later", { DATABASE: "mariadb", EXPORTERS: "yes" }),
      [
        "one-server-web-firewall.service",
        "mariadb.service",
        "one-server-web-check.timer",
        "prometheus-node-exporter.service",
        "prometheus-mysqld-exporter.service",
        "one-server-web-later.timer",
      ],
    );
  });

  it("is a way from the one to the other where database and web server are apart", () => {
    assert.deepEqual(unitsOf("internal-tls haproxy mysql database-endpoint"), [
      "mysql.service",
      "one-server-web-haproxy@database-endpoint.service",
      "one-server-web-database-state.service",
    ]);
    assert.deepEqual(unitsOf("internal-tls haproxy nginx php-fpm database-proxy site"), [
      "nginx.service",
      "one-server-web-haproxy@database-proxy.service",
    ]);
  });

  it("is no database on one that is a web server", () => {
    assert.deepEqual(unitsOf("base tls apache python site watch", { STACK: "lamp", RUNTIME: "python" }), [
      "apache2.service",
      "one-server-web-check.timer",
    ]);
  });
});

describe("units of a server", () => {
  it("that no role names any more end, and what their timers run", () => {
    const { output, error } = runWithSystemctl(`
      unit nginx.service apache2.service site-cron-note.timer
      FORMER_UNITS=(nginx.service apache2.service site-cron-note.timer) WANTED_UNITS=(apache2.service)
      unit_property() { [[ $2 != Unit ]] || echo site-cron@note.service; }
      disable_former_units; stop_former_units >/dev/null; state nginx.service apache2.service site-cron-note.timer; grep -o 'stop --quiet site-cron@note.service' calls`);
    assert.equal(
      output,
      "nginx.service inactive disabled\napache2.service active enabled\nsite-cron-note.timer inactive disabled\nstop --quiet site-cron@note.service\n",
      error,
    );
  });

  it("are held while their packages are unpacked, and started at once when all files are there", () => {
    const { output, error } = runWithSystemctl(`
      one_units() { echo 'watched nginx'; echo 'watched mysql'; echo 'started x.timer'; }
      ROLES=one MISSING_PACKAGES=(nginx); unit x.timer
      find_units; apply_changes >/dev/null; cat calls`);
    const calls = output.split("\n");
    assert.deepEqual(
      calls.filter((call) => /mask|start |enable/.test(call)),
      [
        "mask --runtime --quiet nginx.service mysql.service",
        "unmask --runtime --no-reload --quiet nginx.service mysql.service",
        "enable --quiet --no-reload nginx.service mysql.service",
        "start --quiet --no-block nginx.service mysql.service",
      ],
      error,
    );
  });

  it("are enabled and not started where systemd is not running, as while an image is built", () => {
    const { output, error } = runWithSystemctl(`
      rmdir run
      one_units() { echo 'watched nginx'; }
      ROLES=one MISSING_PACKAGES=(nginx) PENDING=([daemon-reload]=yes [reload:nginx.service]=yes)
      find_units; apply_changes >/dev/null; cat calls`);
    assert.equal(output, "enable --quiet --no-reload nginx.service\n", error);
  });
});
