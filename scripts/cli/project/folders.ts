import { dirname, join } from "node:path";

/** The folder of this clone. */
export const projectFolder = dirname(dirname(dirname(__dirname)));

/** What `npm start` makes for this clone and git ignores: passphrase, backend, Pulumi home. */
export const localFolder = join(projectFolder, ".local");
