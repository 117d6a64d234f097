import assert from "node:assert/strict";
import { runShell } from "../support/shell";

const run = (script: string, environment: Record<string, string> = {}) =>
  runShell(
    ["lib/log", "lib/files"],
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
    assert.match(output, /^pending \n.*role: changed .*file\npending reload:nginx\n$/s);
  });

  it("tell it, and are counted, also when their text comes through a pipe", () => {
    const { output } = run(
      `echo text | install_file role $folder/file 0644 $me replace:app >/dev/null; echo "$FILE_CHANGED $CHANGES \${!PENDING[*]}"`,
    );
    assert.equal(output, "yes 1 replace:app\n");
  });

  it("tell it the next run when theirs fails before it has happened", () => {
    const { output } = run(
      `PENDING_FILE=$folder/pending
       install_file role $folder/file 0644 $me reload:nginx restart:mysql <<<text >/dev/null
       PENDING=(); read_pending; printf '%s\\n' "\${!PENDING[@]}" | sort`,
    );
    assert.equal(output, "reload:nginx\nrestart:mysql\n");
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
