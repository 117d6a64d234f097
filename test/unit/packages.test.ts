import assert from "node:assert/strict";
import { runShell } from "../support/shell";

const failedLog = `Setting up php8.4-fpm (8.4.11-1) ...
Setting up mysql-server (8.4.6-1) ...
Job for mysql.service failed because a timeout was exceeded.
dpkg: error processing package mysql-server (--configure):
 installed mysql-server package post-installation script subprocess returned error exit status 1
Setting up nginx (1.28.0-2) ...
Errors were encountered while processing:
 mysql-server
E: Sub-process /usr/bin/dpkg returned an error code (1)
`;

/** install_packages with apt replaced: its first attempt fails, the second one ends with `second`. */
function install(scriptFailed: boolean, second: number) {
  return runShell(
    ["lib/system", "lib/packages"],
    `df() { echo Avail; echo 9000; }
     step() { echo "step: $2"; }
     fail() { echo "error: $1" >&2; exit 1; }
     script_failed() { ${scriptFailed}; }
     explain_package_failure() { echo "why"; }
     attempts=0
     try_apt() { attempts=$((attempts + 1)); echo "try: $1"; ((attempts == 2)) && return ${second} || return 100; }
     install_packages nginx
     echo installed`,
  );
}

describe("packages that can't be installed", () => {
  it("name the package whose script failed, and what that script said", () => {
    const { output } = runShell(["lib/system", "lib/packages"], 'package_script_failure <<<"$LOG"', {
      LOG: failedLog,
    });
    assert.equal(
      output,
      "package mysql-server: installed mysql-server package post-installation script subprocess returned error exit status 1: Job for mysql.service failed because a timeout was exceeded.\n",
    );
  });

  it("are set up once more when a package's script failed, for example on a busy server", () => {
    const { code, output } = install(true, 0);
    assert.equal(code, 0);
    assert.equal(output, "try: apt-get\nstep: why: trying once more\ntry: dpkg\ninstalled\n");
  });

  it("end the run when the second attempt fails too, and at once for any other reason", () => {
    const again = install(true, 1);
    assert.equal(again.code, 1);
    assert.equal(again.error, "error: why\n");
    const other = install(false, 0);
    assert.equal(other.code, 1);
    assert.equal(other.output, "try: apt-get\n");
    assert.equal(other.error, "error: why\n");
  });
});
