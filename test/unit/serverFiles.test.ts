import assert from "node:assert/strict";
import { runShell } from "../support/shell";

const run = (script: string, environment: Record<string, string> = {}) =>
  runShell(
    ["lib/log", "lib/settings", "lib/systemd", "lib/undo", "lib/files"],
    `cd "$(mktemp -d)"; me=$(id -un):$(id -gn); folder=$PWD\n${script}`,
    environment,
  );

describe("files on a server", () => {
  it("are written once, and not again when they are the same", () => {
    const { output } = run(
      `install_file role $folder/a/file 0640 $me reload:nginx <<<text; echo "$FILE_CHANGED"
       install_file role $folder/a/file 0640 $me reload:nginx <<<text; echo "$FILE_CHANGED $CHANGES"; stat -c %a a/file; ls a`,
    );
    assert.match(output, /role: wrote .*\/a\/file\nyes\nno 1\n640\nfile\n$/);
  });

  it("tell who depends on them, only when they changed", () => {
    const { output } = run(
      `echo text >file; chmod 0644 file
       install_file role $folder/file 0644 $me reload:nginx <<<text; echo "pending \${!PENDING[*]}"
       install_file role $folder/file 0644 $me reload:nginx <<<other; echo "pending \${!PENDING[*]}"`,
    );
    assert.match(output, /^pending \n.*role: changed .*file\npending reload:nginx\.service\n$/s);
  });

  it("tell it, and are counted, also when their text comes through a pipe", () => {
    const { output } = run(
      `echo text | install_file role $folder/file 0644 $me replace:app >/dev/null; echo "$FILE_CHANGED $CHANGES \${!PENDING[*]}"`,
    );
    assert.equal(output, "yes 1 replace:app\n");
  });

  it("are removed when no role names them any more, and what depends on them is notified", () => {
    const { output } = run(
      `ROLES='one two'
       install_file one $folder/a/one-server-web/kept 0644 $me reload:nginx <<<x
       install_file two $folder/b/one-server-web/gone 0644 $me restart:two daemon-reload <<<x
       install_file three $folder/c/other 0644 $me reload:three <<<x
       create_file one $folder/left 0644 $me <<<x
       list_files >list; PENDING=() NAMED_FILES=()
       echo "# next run"
       echo own >left; read_former_files list
       install_file one $folder/a/one-server-web/kept 0644 $me reload:nginx <<<x
       create_file one $folder/left 0644 $me <<<x
       remove_former_files present; printf '%s\\n' "\${!PENDING[@]}" | sort; ls
       remove_former_files absent; ls; cat left`,
    );
    assert.match(
      output,
      /# next run\n.*two: removed .*gone\ndaemon-reload\nrestart:two\.service\na\nb\nc\nleft\nlist\n.*three: removed .*other\na\nb\nc\nleft\nlist\nown\n$/s,
    );
  });

  it("are written again when only their mode differs", () => {
    assert.match(
      run(`echo x >file; chmod 0666 file; install_file r $folder/file 0600 $me <<<x; stat -c %a file`).output,
      /600\n$/,
    );
  });

  it("take values into templates as they are", () => {
    const { output } = run(
      `mkdir -p roles/r; echo 'name={{NAME}};' >roles/r/t; SCRIPTS=$folder NAME='a&b\\1{$x}'
       install_template r t $folder/out 0644 $me >/dev/null; cat out`,
    );
    assert.equal(output, "name=a&b\\1{$x};\n");
  });

  it("name the variable that a template lacks", () => {
    const { code, error } = run(
      `mkdir -p roles/r; echo '{{NOBODY}}' >roles/r/t; SCRIPTS=$folder install_template r t $folder/out 0644 $me`,
    );
    assert.equal(code, 1);
    assert.match(error, /roles\/r\/t names {{NOBODY}}, which is not set/);
  });

  it("replace a link at one instant, and only when it points elsewhere", () => {
    const { output } = run(
      `ensure_link r /one $folder/l; ensure_link r /one $folder/l; ensure_link r /two $folder/l; readlink l; echo $CHANGES`,
    );
    assert.match(output, /\/two\n2\n$/);
  });
});
