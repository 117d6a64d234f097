import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { formatAssignments } from "../../components/servers/assignments";
import { ReleaseRoot } from "../support/releaseRoot";
import { releaseVariables, type ServerVariables } from "../support/settings";

const release = "95274b356bd9";
const state = `var/lib/one-server-web/releases/${release}`;

let server: ReleaseRoot;
beforeEach(() => {
  server = new ReleaseRoot();
});
afterEach(() => server.remove());

const read = (path: string) => readFileSync(join(server.folder, path), "utf8");
/** What arrives with a release. */
const brought = (variables: ServerVariables) => ({ TEXT: formatAssignments(releaseVariables(variables)) });

describe("what a release brings besides its files", () => {
  it("is kept with it and read back, whatever characters it holds", () => {
    const migrate = "sh -c 'echo \"$HOME\" `id` \\\\ & | %'";
    const variables = {
      MIGRATE: migrate,
      DOCUMENT_ROOT: "web/public",
      HEALTH_PATH: "/up",
      WORKERS: "mail\tphp bin/mail.php 'all'",
      REQUEST_TIMEOUT: "120",
    };
    server.prints(
      `store_contract ${release} "$TEXT"; contract_defaults; read_contract ${release}
       printf '%s\n' "$MIGRATE" "$DOCUMENT_ROOT" "$HEALTH_PATH" "$WORKERS" "$REQUEST_TIMEOUT" "$SHARED_PATHS"`,
      [migrate, "web/public", "/up", variables.WORKERS, "120"].join("\n"),
      brought(variables),
    );
  });

  it("is no program: nothing in it is run", () => {
    server.prints(
      `store_contract ${release} "$TEXT"; read_contract ${release}; echo "$DOCUMENT_ROOT"; ls "$STATE" | wc -l`,
      "$(touch $STATE/run)\n2",
      brought({ DOCUMENT_ROOT: "$(touch $STATE/run)" }),
    );
  });

  it("has the environment in a file of its own, with what the app server's configuration reads after it", () => {
    const environment = 'TOKEN=a "b" $HOME\nSITE_REQUEST_TIMEOUT=1';
    server.prints(
      `store_contract ${release} "$TEXT"; unset TEXT; set -a; . "$STATE/${release}.env"; env | grep -E '^(TOKEN|SITE_)' | sort`,
      'SITE_APPLICATION=wsgi:application\nSITE_INTERFACE=wsgi\nSITE_MAXIMUM_UPLOAD_MIB=32\nSITE_REQUEST_TIMEOUT=60\nTOKEN=a "b" $HOME',
      brought({ ENVIRONMENT: environment }),
    );
    assert.doesNotMatch(read(`${state}.settings`), /TOKEN/);
    for (const file of ["settings", "env"]) {
      assert.equal(statSync(join(server.folder, `${state}.${file}`)).mode & 0o777, 0o640);
    }
  });

  const faults: readonly (readonly [title: string, text: string, says: RegExp])[] = [
    [
      "a name that is no release's",
      "DOMAIN='example.com'",
      /^error: a release has no setting DOMAIN: allowed are APPLICATION CRON /,
    ],
    ["an assignment that is none", "HEALTH_PATH=/up", /^error: setting number 1: expected NAME='value'$/m],
    [
      "an environment that is none",
      "ENVIRONMENT='no assignment'",
      /^error: setting ENVIRONMENT: expected one NAME=value a line$/m,
    ],
    [
      "a schedule that systemd does not know",
      "CRON='clean\tsometimes\ttrue'",
      /^error: the schedule 'sometimes' of the job clean is invalid: expected such as hourly/,
    ],
  ];
  for (const [title, text, says] of faults) {
    it(`is refused with one line at ${title}, and nothing is kept`, () => {
      server.fails(`store_contract ${release} "$TEXT"`, says, { TEXT: text });
      assert.equal(existsSync(join(server.folder, `${state}.settings`)), false);
    });
  }

  it("is missed with one line that says what to do", () => {
    server.fails(
      `read_contract ${release}`,
      /^error: the settings of release 95274b356bd9 are not on this server: deploy it again$/m,
    );
  });

  it("is what the web server's file says of the release, for nginx and Apache", () => {
    const variables = brought({
      DOCUMENT_ROOT: "web",
      HEALTH_PATH: "/up",
      SHARED_PATHS: "uploads web/media/x",
    });
    server.prints(
      `store_contract ${release} "$TEXT"; front_text lemp blue ${release} | grep -A1 -E 'site_(root|health_path|shared) ' | grep default
       front_text lamp blue ${release} | sed -n 's/^site \\(.*\\)|[0-9a-f-]*|\\(.*|.*\\)$/\\1 \\2/p'`,
      [
        `default "/srv/www/releases/${release}/web";`,
        '    default "/up";',
        '    default ":uploads:media/x:";',
        `blue|${release}|30 web|:uploads:media/x:`,
      ].join("\n"),
      variables,
    );
  });
});

describe("workers and jobs of the release that is live", () => {
  const template = () => server.write("etc/systemd/system/site-worker@.service", "");
  const units = () => server.run("present_tasks; ls $UNITS/timers.target.wants 2>/dev/null || true").output;
  const first = { WORKERS: "mail\tphp mail.php\nindex\tphp index.php", CRON: "clean\thourly\ttrue" };
  const move = (variables: ServerVariables) =>
    server.run(`store_contract ${release} "$TEXT"; move_tasks`, brought(variables)).output;

  it("are started, and enabled for the next boot", () => {
    template();
    assert.equal(
      move(first),
      [
        "systemctl daemon-reload",
        "systemctl restart --no-block site-worker@mail.service",
        "systemctl restart --no-block site-worker@index.service",
        "systemctl restart site-cron-clean.timer",
        "",
      ].join("\n"),
    );
    assert.equal(
      units(),
      "site-worker@index.service\nsite-worker@mail.service\nsite-cron-clean.timer\nsite-cron-clean.timer\n",
    );
    assert.match(read("etc/systemd/system/site-cron-clean.timer"), /^OnCalendar=hourly$/m);
  });

  it("are restarted in a release with the same, whose timers go on counting", () => {
    template();
    move(first);
    assert.equal(
      move(first),
      [
        "systemctl restart --no-block site-worker@mail.service",
        "systemctl restart --no-block site-worker@index.service",
        "systemctl start site-cron-clean.timer",
        "",
      ].join("\n"),
    );
  });

  it("end when the release does not have them, with their alerts", () => {
    template();
    move(first);
    server.write("var/lib/one-server-web/alerts/site-worker@mail", "failed");
    server.write("var/lib/one-server-web/alerts/site-cron@clean", "failed");
    const said = move({ WORKERS: "index\tphp index.php" });
    assert.match(said, /^systemctl restart --no-block site-worker@index\.service$/m);
    assert.doesNotMatch(said, /restart --no-block site-worker@mail/);
    assert.equal(units(), "site-worker@index.service\n");
    assert.equal(existsSync(join(server.folder, "var/lib/one-server-web/alerts/site-worker@mail")), false);
    assert.equal(existsSync(join(server.folder, "var/lib/one-server-web/alerts/site-cron@clean")), false);
  });

  it("have another schedule from the switch on", () => {
    template();
    move(first);
    const said = move({ ...first, CRON: "clean\tdaily\ttrue" });
    assert.match(said, /^systemctl daemon-reload$/m);
    assert.match(said, /^systemctl restart site-cron-clean\.timer$/m);
    assert.match(read("etc/systemd/system/site-cron-clean.timer"), /^OnCalendar=daily$/m);
  });

  it("are named where the server is not set up for them", () => {
    assert.match(move(first), /not set up for workers and jobs \(role tasks\)/);
    assert.equal(move({}), "");
  });
});

describe("a server of version 0.1.0", () => {
  /** What its provisioning wrote. */
  function old(): void {
    server.write(
      "etc/one-server-web/site.conf",
      "RUNTIME=php\nSTACK=lemp\nDATABASE=mysql\nDOMAIN=www.foobar.com\nDOCUMENT_ROOT=web\nHEALTH_PATH=/up\nMIGRATE=php\\ bin/migrate.php\nSHARED_PATHS=uploads\nKEEP_RELEASES=5\nREQUEST_TIMEOUT=90\n",
    );
    server.write(
      "etc/one-server-web/site.env",
      'DATABASE_PASSWORD="secret"\nSITE_URL="https://www.foobar.com"\nTOKEN="a \\$b"\nMODE="live"\n',
    );
    server.write("etc/one-server-web/tasks/worker-mail", "php mail.php 'all'\n");
    server.write("etc/one-server-web/tasks/cron-clean", "php clean.php\n");
    server.write("etc/systemd/system/site-cron-clean.timer", "[Timer]\nOnCalendar=*:0/10\n");
    server.write("etc/php/8.4/fpm/conf.d/90-one-server-web.ini", "upload_max_filesize = 64M\n");
    server.write(
      "etc/nginx/one-server-web/active.conf",
      `upstream site_app {\n    server unix:/run/site-green/app.sock;\n}\n\nmap $host $site_release {\n    default "${release}";\n}\n`,
    );
    for (const name of [release, "0123456789ab"]) {
      server.write(`srv/www/releases/${name}/index.php`, "");
      server.write(`var/lib/one-server-web/releases/${name}.ready`, "");
    }
    server.run(`point "$COLOURS/green" "$RELEASES/${release}"`);
  }

  it("gives each of its releases what provisioning had put under the live one", () => {
    old();
    server.prints(
      `read_settings; adopt; contract_defaults
       for name in ${release} 0123456789ab; do read_contract "$name"; printf '%s\n' "$DOCUMENT_ROOT $HEALTH_PATH $MIGRATE $SHARED_PATHS $REQUEST_TIMEOUT $MAXIMUM_UPLOAD_MIB" "$WORKERS" "$CRON"; done
       readlink "$COLOURS/green.env" | sed 's|.*/||'; grep -A1 site_root "$(front_file lemp)" | tail -n 1`,
      [
        ...Array(2).fill(
          "web /up php bin/migrate.php uploads 90 64\nmail\tphp mail.php 'all'\nclean\t*:0/10\tphp clean.php",
        ),
        `${release}.env`,
        `    default "/srv/www/releases/${release}/web";`,
      ].join("\n"),
    );
    assert.match(read(`${state}.env`), /^TOKEN="a \\\$b"\nMODE="live"\nSITE_REQUEST_TIMEOUT=90\n/);
    assert.doesNotMatch(read(`${state}.env`), /DATABASE|SITE_URL/);
  });

  it("keeps what a release has already, when provisioning was interrupted and runs again", () => {
    old();
    server.prints(
      `read_settings; store_contract ${release} "HEALTH_PATH='/own'"; read_settings; adopt; read_contract ${release}; echo "$HEALTH_PATH"; adopt; contract_value 0123456789ab HEALTH_PATH`,
      "/own\n/up",
    );
  });

  for (const [start, application, way] of [
    ["exec \"$gunicorn\" --config x 'site:app'\n", "site:app", "wsgi"],
    ["exec \"$gunicorn\" --config x 'one_server_web_asgi:application'\n", "project.asgi:application", "asgi"],
  ] as const) {
    it(`gives a Python release its application, ${way}`, () => {
      old();
      server.write("usr/local/lib/one-server-web/start-python", start);
      server.write(
        "usr/local/lib/one-server-web/python/one_server_web_asgi.py",
        'module, name = "project.asgi:application".split(":")\n',
      );
      server.prints(
        `read_settings; adopt; contract_defaults; read_contract ${release}; echo "$APPLICATION $INTERFACE"`,
        `${application} ${way}`,
      );
    });
  }
});
