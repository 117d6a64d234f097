import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  const log = (text: string): string =>
    `---- one-server-web: apt-get update\nErr:1 http://other old\n---- one-server-web: apt-get\n${text}`;
  /** Runs a piece of shell with these lines as the log of packages. */
  function withLog(text: string, script: string) {
    const folder = mkdtempSync(join(tmpdir(), "packages-"));
    try {
      writeFileSync(join(folder, "log"), log(text));
      return runShell(["lib/log", "lib/packages"], script, {
        PACKAGE_LOG: join(folder, "log"),
        FOLDER: folder,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("name who holds the lock, in apt's words and in dpkg's", () => {
    const held = (line: string) => withLog(line, "is_locked; lock_holder").output.trim();
    assert.equal(
      held("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4194304 (cloud-init)\n"),
      "process 4194304 (cloud-init)",
    );
    assert.match(
      held(`dpkg: error: dpkg frontend lock was locked by another process with pid ${process.pid}\n`),
      new RegExp(`^process ${process.pid} \\(.*node`),
    );
    assert.equal(held("E: Unable to acquire the dpkg frontend lock\n"), "another program");
    assert.equal(withLog("E: something else\n", "is_locked").code, 1);
  });

  it("wait for a first boot that holds the lock for minutes, and say for whom", () => {
    const { code, output } = withLog(
      "",
      `sleep() { SECONDS=$((SECONDS + 20)); }
       package_progress() { cat; }
       work() {
         [[ -e $FOLDER/count ]] || echo 0 >"$FOLDER/count"
         echo $(($(<"$FOLDER/count") + 1)) >"$FOLDER/count"
         (($(<"$FOLDER/count") > 20)) || { echo "E: Could not get lock /x. It is held by process 4194304 (cloud-init)"; return 100; }
       }
       package_progress() { local line code=0; while read -r line; do [[ $line != code:* ]] || code=\${line#code:}; done; return "$code"; }
       SECONDS=0; env() { "$@"; }
       try_apt work && echo "done after $SECONDS s"`,
    );
    assert.equal(code, 0);
    assert.match(output, /process 4194304 \(cloud-init\) holds the package lock: waiting for it/);
    assert.match(output, /done after 4\d\d s/);
  });

  const broken = `Get:2 http://deb.debian.org/debian bookworm InRelease [151 kB]
Err:1 http://broken.example/apt stable InRelease
  Could not resolve 'broken.example'
E: Some index files failed to download. They have been ignored, or old ones used instead.
`;
  const sources = (text: string, lists: string) =>
    withLog(
      text,
      `apt-config() { echo x; }
       try_apt() { return 100; }
       apt-get() { [[ $1 != indextargets ]] || printf '%s\n' "${lists}"; }
       refresh_packages && echo went on`,
    );

  it("are not missed where somebody else's package source is broken: it is named", () => {
    const ran = sources(broken, "http://deb.debian.org/debian/|Debian");
    assert.equal(ran.code, 0, ran.error);
    assert.match(
      ran.output,
      /these package sources can't be used and are left out: http:\/\/broken\.example\/apt stable/,
    );
    assert.match(ran.output, /went on/);
  });

  it("end the run where the distribution's own source is broken", () => {
    const own = broken.replaceAll("broken.example", "mirror.example");
    const ran = sources(own, "http://mirror.example/apt/|Debian");
    assert.equal(ran.code, 1);
    assert.match(
      ran.error,
      /^error: the package source http:\/\/mirror\.example\/apt stable can't be used: /,
    );
    assert.equal(sources(broken, "").code, 1, "no lists at all");
    assert.equal(
      sources(broken.replaceAll("broken.example", "security.debian.org"), "http://m/|Debian").code,
      1,
    );
  });
});
