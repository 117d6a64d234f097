import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databasePorts } from "../../components/rungs/databaseClients";
import { eventually } from "../support/eventually";
import { serverScripts } from "../support/shell";
import { freePort } from "../support/sshServer";
import { runWithSystemctl } from "../support/systemctl";

const roles = join(serverScripts, "roles");

/** Runs a function of a role; what it installs is printed. */
function inRole(role: string, script: string) {
  return runWithSystemctl(
    `ROLES='haproxy ${role}'; load_roles
     install_template() { printf '%s\n' "$*"; }
     install_file() { printf '%s\n' "$*"; cat; }
     ${script}`,
    ["lib/assignments"],
  );
}

describe("the site's way to a database on other servers", () => {
  it("goes to each by its name, and to those that take no writes for reads", () => {
    const { output } = inRole(
      "database-proxy",
      `DATABASE_SERVERS=$'database-1 10.0.0.5\ndatabase-2 10.0.0.6'
       database_members; database_readers; readable_members`,
    );
    assert.deepEqual(output.trimEnd().split("\n"), [
      "    server database-1 10.0.0.5:3307 verifyhost database-1 check port 3308 on-marked-up shutdown-backup-sessions",
      "    server database-2 10.0.0.6:3307 verifyhost database-2 check port 3308 on-marked-up shutdown-backup-sessions",
      "    server database-1-read 10.0.0.5:3307 verifyhost database-1 track readable/database-1 backup",
      "    server database-2-read 10.0.0.6:3307 verifyhost database-2 track readable/database-2 backup",
      "    server database-1 10.0.0.5:3307 verifyhost database-1 check port 3308",
      "    server database-2 10.0.0.6:3307 verifyhost database-2 check port 3308",
    ]);
  });

  it("keeps the password in a file that root alone reads, quoted as its clients want it", () => {
    const { output } = inRole(
      "database-proxy",
      `DATABASE_SERVERS='database-1 10.0.0.5' DATABASE_USER=site DATABASE_PASSWORD='a"b\\c' DATABASE_SOCKET=/s WITH_EXPORTERS=no
       database-proxy_configure`,
    );
    assert.match(output, /^database-proxy \/etc\/one-server-web\/database-client\.cnf 0600 root:root\n/m);
    assert.ok(output.includes('[client]\nuser=site\npassword="a\\"b\\\\c"\nsocket=/s\n'), output);
  });

  it("has the ports that the firewall opens", () => {
    const { connections, state } = databasePorts;
    const endpoint = readFileSync(join(roles, "database-endpoint/haproxy.cfg"), "utf8");
    assert.match(
      endpoint,
      new RegExp(`^    bind \\{\\{PRIVATE_ADDRESS\\}\\}:${connections} ssl .* verify required$`, "m"),
    );
    assert.match(
      endpoint,
      new RegExp(`^    bind \\{\\{PRIVATE_ADDRESS\\}\\}:${state} ssl .* verify required$`, "m"),
    );
  });
});

describe("what a database server says of its database", () => {
  const folder = mkdtempSync(join(tmpdir(), "state-"));
  let child: ChildProcess;
  let port: number;
  const database = (state: string) => writeFileSync(join(folder, "state"), state);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, (await response.text()).trim()];
  };

  before(async () => {
    // A driver whose answers a file holds, and whose connections end where that says "gone".
    writeFileSync(
      join(folder, "pymysql.py"),
      `
class MySQLError(Exception):
    pass

def state():
    with open("${folder}/state") as file:
        text = file.read()
    if text == "gone":
        raise MySQLError("gone")
    return text

class Cursor:
    def __enter__(self):
        return self
    def __exit__(self, *_):
        pass
    def execute(self, _):
        pass
    def fetchone(self):
        return (state(),)

class Connection:
    open = True
    def __init__(self):
        self.used = state() == "restarted"
    def cursor(self):
        if state() == "restarted" and not self.used:
            raise MySQLError("this connection is from before the restart")
        return RestartedCursor() if self.used else Cursor()
    def close(self):
        self.open = False

class RestartedCursor(Cursor):
    def fetchone(self):
        return ("0",)

def connect(**options):
    assert options["unix_socket"] == "/a/socket", options
    return Connection()
`,
    );
    database("0");
    port = await freePort();
    child = spawn("python3", ["-B", join(roles, "database-endpoint/state.py"), "/a/socket", String(port)], {
      env: { ...process.env, PYTHONPATH: folder },
      stdio: "inherit",
    });
    await eventually("the responder to answer", 20, async () => (await ask("/").catch(() => [0]))[0] === 404);
  });
  after(async () => {
    if (child.kill()) await once(child, "exit");
    rmSync(folder, { recursive: true });
  });

  const cases: readonly (readonly [state: string, primary: number, member: number, says: string])[] = [
    ["0", 200, 200, "primary"],
    ["1", 503, 200, "member"],
    ["gone", 503, 503, "unavailable"],
    ["0", 200, 200, "primary"],
    // A connection that was kept from before a restart is no reason to say that the database is down.
    ["restarted", 200, 200, "primary"],
  ];
  for (const [state, primary, member, says] of cases) {
    it(`is whether it takes writes and whether it answers: ${state}`, async () => {
      database(state);
      assert.deepEqual(await ask("/primary"), [primary, says]);
      assert.deepEqual(await ask("/member"), [member, says]);
    });
  }

  it("is nothing else", async () => assert.deepEqual((await ask("/etc/passwd"))[0], 404));
});
