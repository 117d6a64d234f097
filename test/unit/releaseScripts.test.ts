import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ReleaseRoot } from "../support/releaseRoot";
import type { ShellResult } from "../support/shell";

describe("the release scripts", () => {
  let server: ReleaseRoot;
  let root: string;
  beforeEach(() => {
    server = new ReleaseRoot();
    root = server.folder;
  });
  afterEach(() => server.remove());

  const run = (script: string): ShellResult => server.run(script);
  const prints = (script: string, expected: string): void => server.prints(script, expected);

  for (const stack of ["lemp", "lamp"]) {
    for (const colour of ["blue", "green"]) {
      it(`read back what they wrote for the web server of ${stack}: ${colour}`, () => {
        prints(
          `STACK=${stack}; front_text "$STACK" ${colour} 95274b356bd9 >"$(front_file "$STACK")"; active_colour; active_release`,
          `${colour}\n95274b356bd9`,
        );
      });
    }
    it(`see no release in the maintenance of ${stack}, and the seconds until it ends`, () => {
      prints(
        `STACK=${stack}; front_text "$STACK" blue '' 900 >"$(front_file "$STACK")"; active_release; grep -c '[ |"]900' "$(front_file "$STACK")"; active_colour`,
        "1\nblue",
      );
    });
  }

  for (const [stack, file, before] of [
    [
      "lemp",
      "etc/nginx/one-server-web/active.conf",
      'upstream site_app {\n    server unix:/run/site-green/app.sock;\n}\n\nmap $host $site_release {\n    default "95274b356bd9";\n}\n\nmap $host $site_retry_after {\n    default 45;\n}\n',
    ],
    ["lamp", "etc/apache2/one-server-web/active.map", "# Written whole\nlive green/95274b356bd9/45\n"],
  ] as const) {
    it(`bring what version 0.1.0 wrote for the web server of ${stack} up to date, once`, () => {
      writeFileSync(join(root, file), before);
      prints(
        `STACK=${stack}; file=$(front_file "$STACK"); active_colour; active_release
         front_upgrade "$STACK" "$file"; check=$(front_check "$file")
         active_colour; active_release; grep -c '[ |/"]45' "$file"; grep -cx '[0-9a-f-]\\{36\\}' <<<"$check"
         front_upgrade "$STACK" "$file"; [[ $(front_check "$file") == "$check" ]] && echo as it was`,
        `green\n95274b356bd9\ngreen\n95274b356bd9\n${stack === "lamp" ? 2 : 1}\n1\nas it was`,
      );
    });
  }

  /** What curl shows of three answers, each of a status, a release and a colour. */
  const answers = (...headers: readonly string[]) =>
    headers
      .map((header) => `HTTP/1.1 ${header.replaceAll("; ", "\\r\\n")}\\r\\nserver: x\\r\\n\\r\\n`)
      .join("");
  const right = "200 OK; x-release: 95274b356bd9; X-Release-Check: green";
  for (const [title, headers, code, last] of [
    ["three right answers", [right, right, right], 0, "200 95274b356bd9 by green"],
    [
      "an answer by the other colour",
      [right, right, right.replace("green", "blue")],
      1,
      "200 95274b356bd9 by blue",
    ],
    [
      "an answer of an earlier configuration of the same release",
      [right, "200 OK; x-release: 95274b356bd9", right.replace("; X-Release-Check: green", "")],
      1,
      "200 95274b356bd9 by an earlier configuration",
    ],
    [
      "another release",
      [right, right, right.replace("95274b356bd9", "000000000000")],
      1,
      "200 000000000000 by green",
    ],
    [
      "an error",
      [right, right, "502 Bad Gateway; x-release: 95274b356bd9; x-release-check: green"],
      1,
      "502 95274b356bd9 by green",
    ],
    ["a connection that fails", [right, right], 1, "200 95274b356bd9 by green"],
    ["nothing", [], 1, "no answer"],
  ] as const) {
    it(`confirm a switch by ${title}: ${code === 0 ? "yes" : "no"}`, () => {
      prints(
        `DOMAIN=localhost HEALTH_PATH=/healthz CONFIRM_SECONDS=0; front_text lemp green 95274b356bd9 >"$(front_file lemp)"
         ask_public() { [[ "$*" == *"X-Release-Check: $(front_check "$(front_file lemp)")"* ]] && printf '${answers(...headers)}'; }
         status=0; confirm 95274b356bd9 || status=$?; echo "$status $PUBLIC"`,
        `${code} ${last}`,
      );
    });
  }

  it("do not confirm a switch while a process of an earlier configuration takes connections", () => {
    prints(
      `DOMAIN=localhost HEALTH_PATH=/healthz CONFIRM_SECONDS=0; front_text lemp green 95274b356bd9 >"$(front_file lemp)"
       ask_public() { for _ in 1 2 3; do printf '${answers(right)}'; done; }
       mkdir -p "$RUN" "$ROOT/run"; (exec -a 'nginx: worker process' sleep 9) & worker=$!
       echo "$worker $(front_start "$worker")" >"$FRONT_BEFORE"
       confirm 95274b356bd9 || echo "not yet"; old_front_processes
       kill "$worker"; wait "$worker" || true; confirm 95274b356bd9 && echo confirmed; old_front_processes
       (exec -a 'nginx: worker process is shutting down' sleep 9) & worker=$!
       echo "$worker $(front_start "$worker")" >"$FRONT_BEFORE"
       confirm 95274b356bd9 && echo confirmed; old_front_processes; kill "$worker"`,
      "not yet\n1\nconfirmed\n0\nconfirmed\n1",
    );
  });

  it("see no release where there is no file yet", () => {
    prints('active_release; active_colour; echo "nothing"', "nothing");
  });

  for (const [text, json] of [
    ['a "quoted" word', '"a \\"quoted\\" word"'],
    ["back\\slash", '"back\\\\slash"'],
    ["two\nlines", '"two\\nlines"'],
    ["a\ttab", '"a tab"'],
    ["\u001b[31mred", '"?[31mred"'],
  ] as const) {
    it(`write ${JSON.stringify(text)} as JSON`, () => {
      const { output } = server.run('json_text "$TEXT"', { TEXT: text });
      assert.equal(output, json);
      assert.doesNotThrow(() => JSON.parse(output));
    });
  }

  for (const [name, accepted] of [
    ["95274b356bd9", true],
    ["2026-11-23.1", true],
    ["../etc", false],
    ["-rf", false],
    ["abc", false],
    ["A1B2C3D4", false],
    ["a b c d e", false],
    ["", false],
  ] as const) {
    it(`${accepted ? "take" : "refuse"} "${name}" as a release's name`, () => {
      const { code, error } = run(`check_release_name '${name}'`);
      assert.equal(code, accepted ? 0 : 1, error);
      if (!accepted) assert.match(error, /is not a valid name of a release: expected/);
    });
  }

  for (const [answer, status] of [
    ["HTTP/1.1 200 OK\\r\\n", "200"],
    ["HTTP/2 503", "503"],
    ["no answer: refused", "000"],
    ["", "000"],
  ] as const) {
    it(`read the status ${status} of "${answer}"`, () => prints(`status_of $'${answer}'`, status));
  }

  /** Releases on the server: name → the marks beside it, each with its time. */
  function releases(marks: Record<string, Record<string, number>>): void {
    for (const [name, times] of Object.entries(marks)) {
      mkdirSync(join(root, "srv/www/releases", name));
      for (const [mark, seconds] of Object.entries(times)) {
        const file = join(root, "var/lib/one-server-web/releases", `${name}.${mark}`);
        writeFileSync(file, "");
        run(`touch -d @${seconds} '${file}'`);
      }
      run(`store_contract ${name} ""`);
    }
  }

  it("go back to what was live before, not to what failed or was never live", () => {
    releases({
      "now-live": { ready: 10, live: 100 },
      "never-live": { ready: 99 },
      "failed-once": { ready: 50, live: 95, failed: 96 },
      "live-before": { ready: 20, live: 90 },
      "long-ago": { ready: 1, live: 30 },
    });
    prints("ACTIVE_RELEASE=now-live; previous_release", "live-before");
    prints("ACTIVE_RELEASE=live-before; previous_release", "now-live");
  });

  it("have nothing to go back to after the first release", () => {
    releases({ "now-live": { ready: 10, live: 100 } });
    prints("ACTIVE_RELEASE=now-live; previous_release; echo none", "none");
  });

  it("keep the last releases and those that app servers stand on", () => {
    releases({
      "r-one": { ready: 1, live: 1 },
      "r-two": { ready: 2, live: 2 },
      "r-three": { ready: 3, live: 3 },
      "r-four": { ready: 4, live: 4 },
      "half-unpacked": {},
    });
    prints(
      'KEEP_RELEASES=2; front_text "$STACK" blue r-one >"$(front_file "$STACK")"; point "$COLOURS/blue" "$RELEASES/r-one"; prune >/dev/null; ls "$RELEASES"; ls "$STATE"/*.{settings,env} | sed "s|.*/||" | sort',
      "r-four\nr-one\nr-three\nr-four.env\nr-four.settings\nr-one.env\nr-one.settings\nr-three.env\nr-three.settings",
    );
  });

  it("keep as many good releases as asked for, whatever fails after them, and the last that failed", () => {
    releases({
      "r-good": { ready: 1, live: 1 },
      "r-better": { ready: 2, live: 2 },
      "r-bad": { ready: 3, failed: 3 },
      "r-worse": { ready: 4, failed: 4 },
      "r-worst": { ready: 5, failed: 5 },
    });
    prints(
      'KEEP_RELEASES=2; front_text "$STACK" blue r-better >"$(front_file "$STACK")"; point "$COLOURS/blue" "$RELEASES/r-better"; prune >/dev/null; ls "$RELEASES"',
      "r-better\nr-good\nr-worst",
    );
  });

  for (const stack of ["lemp", "lamp"]) {
    it(`close the web server of ${stack} for visitors and open it again as it was`, () => {
      prints(
        `STACK=${stack}; file=$(front_file "$STACK"); front_text "$STACK" green 95274b356bd9 >"$file"
         close_front "$STACK" "$STATE/maintenance" 900; active_release; active_colour; grep -c '[ |"]900' "$file"
         open_front "$STACK" "$STATE/maintenance"; active_release; active_colour; ls "$STATE"`,
        "green\n1\n95274b356bd9\ngreen",
      );
    });
  }

  for (const [own, release, seconds] of [
    ["", "", 65],
    ["REQUEST_TIMEOUT='120'", "", 125],
    ["REQUEST_TIMEOUT='120'", "DRAIN_SECONDS=3", 3],
  ] as const) {
    it(`give requests in flight ${seconds} s with "${own}" and "${release}"`, () => {
      server.write("etc/one-server-web/site.conf", "");
      server.write("etc/one-server-web/release.conf", release);
      prints(
        `read_settings; store_contract 95274b356bd9 "${own}"; point "$COLOURS/blue" "$RELEASES/95274b356bd9"; contract_defaults; drain_seconds blue`,
        String(seconds),
      );
    });
  }

  for (const [age, waits] of [
    [5, /^$/],
    [-60, /^1\.00$/],
    [0, /^(1\.0[01]|0\.\d\d)$/],
  ] as const) {
    it(`wait until a file is a second old when it is ${age} s old`, () => {
      const { output, error } = run(
        `sleep() { echo "$1"; }; touch -d "@$(($(date +%s) - ${age}))" "$STATE/file"; [[ ${age} != 0 ]] || touch "$STATE/file"; await_age "$STATE/file" 1000`,
      );
      assert.match(output.trim(), waits, error);
    });
  }

  it("begin a new line after a record that a full disk cut off", () => {
    prints(
      [
        "RUN_ID=now; LOG=/dev/null",
        'printf \'{"time":"20\' >"$RECORDS"',
        "record now deploy 95274b356bd9 live finish 1.00 ann@desk ''",
        "record now deploy 95274b356bd9 live finish 1.00 ann@desk ''",
        'grep -c \'^{"time":"[^"]*","id":"now"\' "$RECORDS"; wc -l <"$RECORDS"',
      ].join("\n"),
      "2\n3",
    );
  });

  it("say that a file can't be written, on one line, and leave what was there", () => {
    const { code, error, output } = run(
      `echo before >"$STATE/file"; (ulimit -f 0; write_file "$STATE/file" < <(echo after)) || status=$?; cat "$STATE/file"; ls "$STATE"; exit "$status"`,
    );
    assert.equal(code, 1);
    assert.match(error, /^error: \S+\/file can't be written: is the disk full or read-only\?.*\n$/);
    assert.equal(output, "before\nfile\n");
  });

  for (const [name, way] of [
    ["nginx", "front"],
    ["nginx-common", "front"],
    ["php8.4-fpm", "app"],
    ["gunicorn", "app"],
    ["mysql-server", "database"],
    ["mariadb-server-core", "database"],
    ["linux-image-amd64", "reboot"],
    ["curl", "online"],
  ] as const) {
    it(`upgrade ${name} by the way "${way}"`, () => prints(`upgrade_way ${name}`, way));
  }

  it("log in to a database on another server as the site, to one on this as its administrator", () => {
    const login = `DATABASE_SOCKET=/s; database_login; echo "\${LOGIN[*]}" | sed "s|$ETC|ETC|"`;
    prints(login, "--defaults-file=/dev/null --user=root --socket=/s");
    server.write("etc/one-server-web/database-client.cnf", "[client]");
    prints(login, "--defaults-file=ETC/database-client.cnf");
  });

  it("end with the command whose output they show, and not a sign of life later", () => {
    const began = performance.now();
    prints("RUN_ID=now; LOG=/dev/null; STEP=migrate; run_logged echo done | sed 's/.*] *//'", "done");
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds < 4, `whoever reads the output waits ${seconds} s for its end`);
  });

  it("note a run that was killed, with its step", () => {
    prints(
      [
        "RUN_ID=now; LOG=/dev/null",
        "printf '%s\\n' old deploy 95274b356bd9 migrate 1795423291.5 ann@desk >\"$RUNNING\"",
        "note_interrupted >/dev/null",
        'grep -o \'"result":"[a-z]*","step":"[a-z]*"\' "$RECORDS"; grep -o \'"who":"[^"]*"\' "$RECORDS"; ls "$RUNNING" 2>/dev/null || true',
      ].join("\n"),
      '"result":"interrupted","step":"migrate"\n"who":"ann@desk"',
    );
  });
});
