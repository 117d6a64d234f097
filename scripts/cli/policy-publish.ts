import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";
import { WorkspaceError } from "./project/workspace";

const usage = `usage: npm run policy:publish -- [ORGANIZATION]

Publishes the policy pack to an organization of Pulumi Cloud with your own Pulumi and login (npx pulumi login). The engine that
\`npm start\` made isn't used: it has a home of its own and never sees your login. Raise the version in policy/package.json first.
To enforce the pack then, for all stacks of the default policy group:

  npx pulumi policy enable ORGANIZATION/one-server-web latest --policy-group default-policy-group`;

void runProgram(usage, {}, async ({ positionals }) => {
  const [organization, ...rest] = positionals;
  if (organization === undefined || rest.length > 0) throw new WorkspaceError(usage);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(organization))
    throw new WorkspaceError(`${organization}: expected an organization of Pulumi Cloud, such as acme`);
  const cli = join(projectFolder, "node_modules", ".bin", "pulumi");
  const child = spawn(cli, ["policy", "publish", organization], {
    cwd: join(projectFolder, "policy"),
    stdio: "inherit",
  });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
});
