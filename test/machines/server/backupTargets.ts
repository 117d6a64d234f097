import assert from "node:assert/strict";
import { parseFacts } from "../../../scripts/cli/status/facts";
import type { ReleaseServer } from "../../support/load/server";
import { S3Service } from "../../support/s3/s3";

type Settings = Readonly<Record<string, string>>;

/** A place for backups elsewhere, as the server is told of it, and with what it is refused there. */
interface Target {
  readonly name: string;
  readonly settings: () => Settings;
  readonly wrong: readonly {
    readonly what: string;
    readonly settings: () => Settings;
    readonly says: RegExp;
  }[];
}

/** The tests of backups to S3, SFTP, restic's own protocol and rclone: rclone's servers on the machine itself, an S3 service on this host. */
export function testBackupTargets(server: ReleaseServer): void {
  const host = server.target.address.replace(/\.\d+$/, ".1");
  const s3 = new S3Service(host);
  const keys = "/srv/targets/keys";
  const read = (name: string) => server.on(`cat ${keys}/${name}`).trim();
  const publicHalf = (name: string) => read(`${name}.pub`).split(" ").slice(0, 2).join(" ");
  // A target that is not there, or refuses a key, is tried for a while; here for a shorter one.
  const environment = (variables: Settings) =>
    Object.entries({ ...variables, TARGET_SECONDS: "6" })
      .map((parts) => parts.join("="))
      .join("\n");
  const s3Settings = (more: Settings = {}) => ({
    BACKUP_REPOSITORY: `s3:${s3.url}/backups`,
    BACKUP_AUTHORITY: s3.authority,
    BACKUP_ENVIRONMENT: environment({ ...s3.keys, ...more }),
  });
  const restSettings = (password = "for-this-test") => ({
    BACKUP_REPOSITORY: "rest:https://127.0.0.2:9444/site/",
    BACKUP_AUTHORITY: read("tls.crt"),
    BACKUP_ENVIRONMENT: environment({ RESTIC_REST_USERNAME: "site", RESTIC_REST_PASSWORD: password }),
  });
  const sftpSettings = (key = "client", hostKey = "host") => ({
    BACKUP_REPOSITORY: "sftp://backups@127.0.0.2:9445/site",
    BACKUP_PRIVATE_KEY: read(key),
    BACKUP_HOST_KEY: publicHalf(hostKey),
    BACKUP_ENVIRONMENT: environment({}),
  });

  const targets: readonly Target[] = [
    {
      name: "an S3 bucket",
      settings: s3Settings,
      wrong: [
        {
          what: "a wrong secret key",
          settings: () => s3Settings({ AWS_SECRET_ACCESS_KEY: "another" }),
          says: /can't be used: Stat: The request signature we calculated does not match/,
        },
        {
          what: "an authority that signed another certificate",
          settings: () => ({ ...s3Settings(), BACKUP_AUTHORITY: read("tls.crt") }),
          says: /can't be used: .*certificate signed by unknown authority/,
        },
      ],
    },
    {
      name: "restic's REST server",
      settings: restSettings,
      wrong: [
        {
          what: "a wrong password",
          settings: () => restSettings("another"),
          says: /can't be used: unable to open config file: .*401 Unauthorized/,
        },
        {
          what: "another password for the encryption",
          settings: () => ({ ...restSettings(), BACKUP_PASSWORD: "another-for-this-test" }),
          says: /can't be used: wrong password or no key found/,
        },
      ],
    },
    {
      name: "an SFTP server",
      settings: sftpSettings,
      wrong: [
        {
          what: "a key that it doesn't let in",
          settings: () => sftpSettings("host"),
          says: /can't be used: backups@127\.0\.0\.2: Permission denied/,
        },
        {
          what: "a host key that is not the server's",
          settings: () => sftpSettings("client", "client"),
          says: /can't be used: its host key is not the one in BACKUP_HOST_KEY/,
        },
      ],
    },
    {
      name: "what rclone knows",
      settings: () => ({
        BACKUP_REPOSITORY: "rclone:box:/srv/targets/rclone",
        BACKUP_ENVIRONMENT: environment({ RCLONE_CONFIG_BOX_TYPE: "local" }),
      }),
      wrong: [],
    },
  ];

  before(async () => {
    server.on(`apt-get install --yes -q --no-install-recommends rclone openssh-client`);
    server.on(startServers(keys));
    server.on(`echo '${host} ${s3.hostname}' >>/etc/hosts`);
    await s3.start();
  });
  after(async () => {
    await s3.remove();
    server.on("systemctl stop target-rest target-sftp");
    server.provision();
  });

  const entries = () =>
    server.on("mysql --batch --skip-column-names site -e 'SELECT COUNT(*) FROM entries'").trim();
  const sign = (name: string) =>
    server.on(`mysql site -e "INSERT INTO entries (author, message) VALUES ('${name}', 'was here')"`);
  const alarm = "/var/lib/one-server-web/alerts/one-server-web-backup";

  for (const { name, settings, wrong } of targets) {
    it(`brings a deleted database back from ${name}, which settles an alarm`, () => {
      server.provision(settings());
      sign("before the backup");
      server.on("systemctl start one-server-web-backup");
      assert.doesNotMatch(parseFacts(server.on("/opt/one-server-web/status.sh")).alerts.join(), /backup/);
      sign("after the backup");
      const acknowledged = entries();
      server.on("mysql -e 'DROP DATABASE site'");
      server.on("/opt/one-server-web/backup.sh restore --to latest");
      assert.equal(entries(), acknowledged);
      const check =
        "set -a; . /etc/one-server-web/backup.env; PATH=/usr/local/lib/one-server-web/backup:$PATH; restic check 2>&1";
      assert.match(server.on(check), /no errors were found/);
    });

    for (const fault of wrong) {
      it(`says in one line, as an alarm, that ${name} refuses ${fault.what}`, () => {
        server.provision(fault.settings());
        server.on(`rm -f ${alarm}`);
        assert.throws(() => server.on("systemctl start one-server-web-backup"));
        const said = server.on(`timeout 20 sh -c 'until [ -s ${alarm} ]; do sleep 0.1; done'; cat ${alarm}`);
        assert.match(said, fault.says);
        assert.equal(said.trimEnd().split("\n").length, 1);
      });
    }
  }
}

/** The shell commands that start rclone's servers for restic and SFTP, with fresh keys in a folder. */
function startServers(keys: string): string {
  const serve = (protocol: string, port: number, ...options: readonly string[]) =>
    `systemd-run --quiet --unit=target-${protocol} rclone serve ${protocol === "rest" ? "restic" : protocol} --addr 127.0.0.2:${port} ${options.join(" ")} /srv/targets/${protocol}`;
  return [
    `mkdir -p ${keys} /srv/targets/rest /srv/targets/sftp && cd ${keys}`,
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=backups -addext subjectAltName=IP:127.0.0.2 2>/dev/null",
    "ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f client",
    serve("rest", 9444, `--user site --pass for-this-test --cert ${keys}/tls.crt --key ${keys}/tls.key`),
    serve("sftp", 9445, `--key ${keys}/host --authorized-keys ${keys}/client.pub`),
    "timeout 20 bash -c 'until ss -Hltn | grep -q 127.0.0.2:9444 && ss -Hltn | grep -q 127.0.0.2:9445; do sleep 0.1; done'",
  ].join("\n");
}
