import assert from "node:assert/strict";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { guardRails } from "../../../policy/guardRails";
import { UNKNOWN } from "../../../policy/resources";
import { secretIn } from "../../../policy/secrets/texts";
import { collector } from "../../support/violations";

type Case = readonly [type: string, name: string, inputs: Record<string, unknown>];

function said([type, name, props]: Case): string[] {
  const { found, take } = collector();
  const rail = guardRails.find((one) => one.name === "secret-in-user-data-or-command");
  assert.ok(typeof rail?.validateResource === "function");
  const args = { type, name, urn: `urn::${name}`, props, opts: { protect: false }, getConfig: () => ({}) };
  void rail.validateResource(args as unknown as ResourceValidationArgs, take);
  return found.map(({ message }) => message);
}

const secrets: readonly string[] = [
  // Shells.
  "DB_PASSWORD=correct-horse-battery",
  "export DB_PASSWORD='pa$word-x'",
  "docker run -e MYSQL_ROOT_PASSWORD=root -p 3306:3306 mysql",
  "kubectl create secret generic db --from-literal=password=hunter22",
  "mysql -u root -phunter2 shop < dump.sql",
  "cd /tmp && mysqldump -phunter2 shop",
  "docker exec db mysql -uroot -phunter2 -e 'select 1'",
  "mysqladmin -u root password 'newpass'",
  "mysql --user=root --password=hunter2 shop",
  "PGPASSWORD=hunter2 psql -h db",
  "redis-cli -a hunter2 ping",
  "echo 'ubuntu:hunter2' | chpasswd",
  "echo 'mysql-server mysql-server/root_password password hunter2' | debconf-set-selections",
  "sed -i 's/password_here/hunter2/' wp-config.php",
  "htpasswd -bc /etc/nginx/users admin hunter2",
  "curl -H 'token: 0123456789abcdef' https://example.com",
  "curl -H 'Authorization: Bearer 0123456789abcdef' https://example.com",
  "wp core config --dbname=shop --dbpass=hunter2",
  "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef",
  "git clone https://deploy:hunter2@git.example.com/shop",
  // SQL.
  "CREATE USER shop IDENTIFIED BY 'hunter2';",
  "ALTER USER root IDENTIFIED WITH mysql_native_password BY 'hunter2';",
  "CREATE USER shop WITH PASSWORD 'hunter2';",
  // Files and programs.
  "define( 'DB_PASSWORD', 'hunter2' );",
  "$settings = ['password' => 'hunter2'];",
  '{ "password": "hunter2" }',
  "password: hunter2",
  "#cloud-config\npassword: correcthorse",
  "requirepass hunter2",
  "DATABASE_URL=postgres://shop:hunter2@db.example.com/shop",
  "<password>hunter2</password>",
  "spring.datasource.password=hunter2",
  // Whatever is unknown or harmless beside it.
  `HOST=${UNKNOWN}\nDB_PASSWORD=hunter2`,
  "DB_PASSWORD=$1\nADMIN_PASSWORD=hunter2",
  "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
  "-----BEGIN OPENSSH PRIVATE KEY-----",
];

const harmless: readonly string[] = [
  // As the issue names them.
  "password: process.env.DB_PASSWORD",
  "password = json.loads(response)['password']",
  "docker run --name mysql -p3306:3306",
  // Variables and calls.
  "PASSWORD=$PASSWORD",
  'PASSWORD="$(aws secretsmanager get-secret-value --secret-id db)"',
  "PASSWORD=`openssl rand -hex 12`",
  'mysql -u root -p"$DB_PASSWORD" shop',
  "mysql -u root -p$DB_PASSWORD shop",
  "mysql -h db -P3306 -u root -p < dump.sql",
  'TOKEN=`curl -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600"`',
  'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data',
  "connect(host=host, password=password, user=user)",
  "const client = new Client({ password: dbPassword, user })",
  "password: dbPassword,",
  "password = os.environ['DB_PASSWORD']",
  "password=os.getenv('DB_PASSWORD')",
  "password = secret.password",
  "token = response.json()['token']",
  "password: config.requireSecret('db')",
  "password = var.db_password",
  "DATABASE_URL=postgres://shop:$DB_PASSWORD@db.example.com/shop",
  `DATABASE_URL=postgres://shop:\${password}@db.example.com/shop`,
  `git clone https://x-access-token:\${TOKEN}@github.com/shop/shop`,
  "curl -u $USER:$PASSWORD https://example.com",
  "password: {{ db_password }}",
  "password: <%= ENV['DB_PASSWORD'] %>",
  `password: '\${DB_PASSWORD}'`,
  `mysql -u root -p${UNKNOWN} shop`,
  `DB_PASSWORD=${UNKNOWN}`,
  // Names of secrets, places, types, masks.
  "DB_PASSWORD_FILE=/run/secrets/db",
  "password=/run/secrets/db_password",
  "DB_SECRET=arn:aws:secretsmanager:eu-west-1:1:secret:db",
  "SECRET_NAME=prod-db",
  "interface Login { user: string; password: string }",
  "password: ********",
  "password: <your password>",
  "max_token = 4096",
  "token: 3600",
  'if [ -z "$PASSWORD" ]; then exit 1; fi',
  'if (password === "") return',
  "read -s -p 'Password: ' password",
  "echo 'Your password: look into the e-mail'",
  "aws ssm get-parameter --name /shop/db/password --with-decryption",
  "proxy_pass http://127.0.0.1:8080;",
  "PasswordAuthentication=no",
  "sed -i 's/#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config",
  "docker pull registry.example.com:5000/shop@sha256:0123",
  "apt-get install -y mysql-server && mkdir -p/srv",
  "jdbc:mysql://db.example.com:3306/shop?user=a@b",
  'labels: { password: "Password", token: "Token" }',
];

describe("secrets in a text", () => {
  for (const text of secrets) it(`finds one in ${text}`, () => assert.ok(secretIn(text)));
  for (const text of harmless) it(`finds none in ${text}`, () => assert.equal(secretIn(text), undefined));
});

const task = "aws:ecs/taskDefinition:TaskDefinition";
const fn = "aws:lambda/function:Function";
const beanstalk = "aws:elasticbeanstalk/environment:Environment";
const runner = "aws:apprunner/service:Service";
const container = (more: object) => ({ containerDefinitions: JSON.stringify([{ name: "web", ...more }]) });
const runnerEnvironment = (variables: object) => ({
  sourceConfiguration: {
    imageRepository: { imageConfiguration: { runtimeEnvironmentVariables: variables } },
  },
});

const inEnvironments: readonly (readonly [...Case, RegExp])[] = [
  [
    task,
    "shop",
    container({ environment: [{ name: "DB_PASSWORD", value: "hunter2" }] }),
    /environment of container web .*\(DB_PASSWORD\).*secrets/,
  ],
  [task, "shop", container({ command: ["sh", "-c", "mysql -phunter2"] }), /command of container web/],
  [
    task,
    "shop",
    container({ environment: [{ name: "DATABASE_URL", value: "mysql://shop:hunter2@db/shop" }] }),
    /\(DATABASE_URL\)/,
  ],
  [
    fn,
    "api",
    { environment: { variables: { STRIPE_SECRET_KEY: "not-so-secret" } } },
    /\(STRIPE_SECRET_KEY\)/,
  ],
  [
    fn,
    "api",
    { environment: { variables: { HOST: UNKNOWN, DB_PASSWORD: "hunter2" } } },
    /\(DB_PASSWORD\).*ARN/,
  ],
  [
    beanstalk,
    "web",
    {
      settings: [
        { namespace: "aws:elasticbeanstalk:application:environment", name: "DB_PASSWORD", value: "hunter2" },
        { namespace: UNKNOWN, name: "X", value: UNKNOWN },
      ],
    },
    /the option .*\(DB_PASSWORD\)/,
  ],
  [
    beanstalk,
    "web",
    { settings: [{ namespace: "aws:rds:dbinstance", name: "DBPassword", value: "hunter2" }] },
    /\(DBPassword\)/,
  ],
  [runner, "web", runnerEnvironment({ API_TOKEN: "0123456789abcdef" }), /runtimeEnvironmentSecrets/],
  [
    "aws:codebuild/project:Project",
    "build",
    { environment: { environmentVariables: [{ name: "NPM_TOKEN", value: "abc-def" }] } },
    /\(NPM_TOKEN\).*SECRETS_MANAGER/,
  ],
  [
    "aws:batch/jobDefinition:JobDefinition",
    "nightly",
    { containerProperties: JSON.stringify({ environment: [{ name: "DB_PASS", value: "hunter2" }] }) },
    /\(DB_PASS\)/,
  ],
  [
    "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
    "web",
    { containers: [{ containerName: "web", environment: { DB_PASSWORD: "hunter2" } }] },
    /container web/,
  ],
  ["aws:cloudformation/stack:Stack", "old", { parameters: { DBPassword: "hunter2" } }, /\(DBPassword\)/],
  ["aws:lightsail/instance:Instance", "web", { userData: "DB_PASSWORD=hunter2" }, /userData/],
];

const keptElsewhere: readonly Case[] = [
  [task, "shop", container({ secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:x" }] })],
  [
    task,
    "shop",
    container({ environment: [{ name: "DB_PASSWORD_SECRET_ARN", value: "arn:aws:secretsmanager:x" }] }),
  ],
  [task, "shop", container({ environment: [{ name: "DB_PASSWORD", value: UNKNOWN }] })],
  [task, "shop", { containerDefinitions: UNKNOWN }],
  [task, "shop", container({ environment: [{ name: "TOKEN_EXPIRY", value: "3600" }] })],
  [fn, "api", { environment: { variables: { DB_SECRET: "prod-db-credentials", REGION: "eu-west-1" } } }],
  [fn, "api", { environment: { variables: { STRIPE_PUBLISHABLE_KEY: "pk_live_1234" } } }],
  [fn, "api", { environment: { variables: { SECRET: "arn:aws:secretsmanager:eu-west-1:1:secret:a" } } }],
  [fn, "api", { environment: UNKNOWN }],
  [fn, "api", {}],
  [
    beanstalk,
    "web",
    {
      settings: [
        {
          namespace: "aws:elasticbeanstalk:application:environmentsecrets",
          name: "DB_PASSWORD",
          value: "arn:aws:secretsmanager:x",
        },
      ],
    },
  ],
  [runner, "web", runnerEnvironment({ LOG_LEVEL: "info" })],
  [
    "aws:codebuild/project:Project",
    "build",
    {
      environment: {
        environmentVariables: [{ name: "NPM_TOKEN", value: "npm-token", type: "SECRETS_MANAGER" }],
      },
    },
  ],
];

describe("secrets in the environment of containers and functions", () => {
  for (const [type, name, inputs, says] of inEnvironments)
    it(`finds one in ${JSON.stringify([type, name, inputs])}`, () => {
      const lines = said([type, name, inputs]);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", says);
      assert.doesNotMatch(lines[0] ?? "", /hunter2|not-so-secret|0123456789|abc-def/);
    });
  for (const one of keptElsewhere)
    it(`finds none in ${JSON.stringify(one)}`, () => assert.deepEqual(said(one), []));
});
