import { join } from "node:path";
import { runProcess } from "../engine/runProcess";
import { WrongUse } from "./project/faults";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";

const usage = `usage: npm run policy:publish -- ORGANIZATION

Publishes the policy pack to an organization of Pulumi Cloud with your own Pulumi and login (npx pulumi login). The engine that
\`npm start\` made isn't used: it has a home of its own and never sees your login. Raise the version in policy/package.json first.
To enforce the pack then, for all stacks of the default policy group:

  npx pulumi policy enable ORGANIZATION/one-server-web latest --policy-group default-policy-group`;

void runProgram(
  usage,
  {},
  async ({ positionals: [organization] }) => {
    if (organization === undefined)
      throw new WrongUse("Say which organization of Pulumi Cloud, such as acme");
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(organization))
      throw new WrongUse(`${organization}: expected an organization of Pulumi Cloud, such as acme`);
    const cli = join(projectFolder, "node_modules", ".bin", "pulumi");
    const { code } = await runProcess(cli, ["policy", "publish", organization], {
      cwd: join(projectFolder, "policy"),
      inherit: true,
    });
    return code;
  },
  1,
);
