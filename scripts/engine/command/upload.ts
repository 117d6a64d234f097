import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper } from "ssh2";

/** How many files of a folder are on their way at a time. */
const FILES_AT_ONCE = 16;

/** What to copy: a text, or what lies at a path of this machine. */
export type Content = { text: string } | { path: string };

/**
 * Copies to `remotePath` over SFTP, overwriting what is there:
 *
 * | source | is a folder there          | is nothing there | is a file there |
 * | ------ | -------------------------- | ---------------- | --------------- |
 * | file   | into it                    | becomes it       | replaces it     |
 * | dir    | into it, with its own name | made, then so    | error           |
 * | dir/   | its content into it        | made, then so    | error           |
 * | text   | error                      | becomes it       | replaces it     |
 */
export async function upload(client: Client, content: Content, remotePath: string): Promise<void> {
  const sftp = await promisify(client.sftp.bind(client) as (callback: SftpCallback) => void)();
  const lost = new Promise<never>((_, reject) =>
    client.once("close", () => reject(new Error("the connection was lost"))),
  );
  lost.catch(() => undefined);
  await Promise.race([new Upload(sftp).put(content, remotePath), lost]);
}

type SftpCallback = (error: Error | undefined, sftp: SFTPWrapper) => void;

/** What lies at a path of the machine. */
type Kind = "folder" | "file" | "nothing";

class Upload {
  constructor(readonly sftp: SFTPWrapper) {}

  async put(content: Content, remotePath: string): Promise<void> {
    const there = await this.#kind(remotePath);
    if ("text" in content) {
      if (there === "folder") throw new Error(`${remotePath} is a folder; a text needs the path of a file`);
      return this.#writeText(content.text, remotePath);
    }
    const { path } = content;
    if (!existsSync(path)) throw new Error(`${path} does not exist on this machine`);
    if (!statSync(path).isDirectory()) {
      return this.#putFile(path, there === "folder" ? posix.join(remotePath, basename(path)) : remotePath);
    }
    await this.#folder(remotePath, there);
    const target = path.endsWith("/") ? remotePath : posix.join(remotePath, basename(path));
    if (target !== remotePath) await this.#folder(target, await this.#kind(target));
    await this.#putFolder(path, target);
  }

  async #putFolder(path: string, target: string): Promise<void> {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
      const local = join(entry.parentPath, entry.name);
      // Links count as what they lead to, as when the folder is read.
      return {
        local,
        remote: posix.join(target, local.slice(join(path, "/").length)),
        folder: statSync(local).isDirectory(),
      };
    });
    for (const { remote, folder } of entries.sort((one, other) => one.remote.length - other.remote.length)) {
      if (folder) await this.#folder(remote, await this.#kind(remote));
    }
    const files = entries.filter(({ folder }) => !folder);
    const next = async (): Promise<void> => {
      for (let file = files.pop(); file; file = files.pop()) await this.#putFile(file.local, file.remote);
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, next));
  }

  async #kind(path: string): Promise<Kind> {
    return new Promise((resolve, reject) => {
      this.sftp.stat(path, (error, stats) => {
        if (!error) resolve(stats.isDirectory() ? "folder" : "file");
        else if ((error as { code?: number }).code === 2)
          resolve("nothing"); // SSH_FX_NO_SUCH_FILE
        else reject(new Error(`cannot look at ${path}: ${error.message}`));
      });
    });
  }

  async #folder(path: string, there: Kind): Promise<void> {
    if (there === "file") throw new Error(`${path} is a file there, but a folder is to be copied`);
    if (there === "folder") return;
    await this.#done(`cannot make the folder ${path}`, (callback) => this.sftp.mkdir(path, callback));
  }

  async #putFile(local: string, remote: string): Promise<void> {
    await this.#done(`cannot write ${remote} (does its folder exist?)`, (callback) =>
      this.sftp.fastPut(local, remote, { concurrency: 64 }, callback),
    );
  }

  async #writeText(text: string, remote: string): Promise<void> {
    await this.#done(`cannot write ${remote} (does its folder exist?)`, (callback) =>
      this.sftp.writeFile(remote, text, callback),
    );
  }

  #done(failure: string, act: (callback: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      act((error) => (error ? reject(new Error(`${failure}: ${error.message}`)) : resolve()));
    });
  }
}
