import assert from "node:assert/strict";
import fc from "fast-check";
import { agentConfiguration, logFiles } from "../../components/platforms/aws/agent";
import {
  type AlarmPlan,
  certificateAlarm,
  planServerAlarms,
  siteAlarm,
} from "../../components/platforms/aws/alarms";
import { dashboardBody } from "../../components/platforms/aws/dashboard";
import { planEgress, planIngress, type Rule } from "../../components/platforms/aws/firewall";
import { imageParameter } from "../../components/platforms/aws/image";
import { architectureOf, isBurstable } from "../../components/platforms/aws/instanceType";
import { bucketName, dashboardName, type Naming, stem, tagsOf } from "../../components/platforms/aws/names";
import { resizeText } from "../../components/platforms/aws/resizeNotice";
import { splitPair } from "../../components/platforms/aws/sshKey";
import { chooseZones, ipv6Subnet, planSubnets, zoneIndex } from "../../components/platforms/aws/subnets";
import { userData, volumeDevice } from "../../components/platforms/aws/userData";
import { caaRecords, timeToLive } from "../../components/platforms/aws/zone";
import { visitors } from "../../components/rungs/visitors";

const naming: Naming = { stack: "prod", domain: "www.foobar.com", rung: "single", tags: {} };

describe("AWS subnets", () => {
  const cases: [string, string[]][] = [
    ["10.0.0.0/16", ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20"]],
    ["10.7.128.0/17", ["10.7.128.0/21", "10.7.136.0/21", "10.7.144.0/21"]],
    ["192.168.16.0/20", ["192.168.16.0/24", "192.168.17.0/24", "192.168.18.0/24"]],
  ];
  for (const [network, subnets] of cases) {
    it(`cuts ${network} into sixteenths and uses three`, () => {
      assert.deepEqual(
        planSubnets(network).map(({ cidr }) => cidr),
        subnets,
      );
    });
  }

  it("numbers IPv6 subnets within the network's block", () => {
    assert.equal(ipv6Subnet("2600:1f18:1234:5600::/56", 0), "2600:1f18:1234:5600::/64");
    assert.equal(ipv6Subnet("2600:1f18:1234:5600::/56", 2), "2600:1f18:1234:5602::/64");
  });

  it("takes the first three zones that are open and offer the type", () => {
    const open = ["us-east-1d", "us-east-1a", "us-east-1c", "us-east-1b"];
    const offering = ["us-east-1c", "us-east-1b", "us-east-1d", "us-east-1f"];
    const expected = ["us-east-1b", "us-east-1c", "us-east-1d"];
    assert.deepEqual(chooseZones("us-east-1", open, { "t4g.small": offering }), expected);
    const both = { "t4g.small": [...open], "r8g.large": offering };
    assert.deepEqual(chooseZones("us-east-1", open, both), expected, "every type is offered");
  });

  it("says what to do where a type is offered in too few zones", () => {
    assert.throws(
      () => chooseZones("us-west-1", ["us-west-1a", "us-west-1c"], { "m8g.large": ["us-west-1a"] }),
      /us-west-1 offers m8g.large in 1 of its zones \(us-west-1a\), and 3 are needed: take another instanceType/,
    );
  });
});

describe("an AWS server's zone", () => {
  it("follows from the number in its name, so that none moves when another one comes or goes", () => {
    assert.deepEqual(
      ["web-1", "web-2", "web-3", "web-4", "database-1", "load-balancer-2"].map((name) => zoneIndex(name, 3)),
      [0, 1, 2, 0, 0, 1],
    );
    assert.throws(() => zoneIndex("web", 3), /"web" is not a server's name: expected .* such as web-1/);
  });
});

describe("AWS names", () => {
  it("are short enough for S3 with Pulumi's suffix, whatever the domain", () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$/);
    const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
    const stack = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);
    fc.assert(
      fc.property(domain, stack, (name, stackName) => {
        const named = { ...naming, domain: name, stack: stackName };
        assert.match(`${bucketName(named)}-1234567`, /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        assert.match(dashboardName(named, "web-1"), /^[A-Za-z0-9_-]{1,255}$/);
        assert.match(stem(named), /^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
  });

  it("tag everything with what, whose and by what, and let the user's tags win", () => {
    const tags = tagsOf({ ...naming, tags: { Team: "web", Stack: "live" } }, "web-1", { Tiers: "web app" });
    assert.deepEqual(tags, {
      Name: "www.foobar.com web-1",
      Site: "www.foobar.com",
      Stack: "live",
      Rung: "single",
      Project: "one-server-web",
      ManagedBy: "Pulumi",
      Tiers: "web app",
      Team: "web",
    });
  });
});

describe("EC2 instance types", () => {
  const cases: [string, string, boolean][] = [
    ["t4g.small", "arm64", true],
    ["m7g.large", "arm64", false],
    ["c7gn.xlarge", "arm64", false],
    ["im4gn.large", "arm64", false],
    ["is4gen.medium", "arm64", false],
    ["a1.medium", "arm64", false],
    ["t3.small", "amd64", true],
    ["t3a.medium", "amd64", true],
    ["g5.xlarge", "amd64", false],
    ["g4dn.xlarge", "amd64", false],
    ["m7i-flex.large", "amd64", false],
  ];
  for (const [type, architecture, burstable] of cases) {
    it(`${type} is ${architecture}${burstable ? " and burstable" : ""}`, () => {
      assert.equal(architectureOf(type), architecture);
      assert.equal(isBurstable(type), burstable);
    });
  }

  it("start from Canonical's image for their processor", () => {
    assert.equal(
      imageParameter("26.04", "current", "arm64"),
      "/aws/service/canonical/ubuntu/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
    );
  });
});

describe("a security group", () => {
  const peer = (rule: Rule) => ("cidr" in rule.peer ? rule.peer.cidr : rule.peer.tier);

  it("lets visitors in from anywhere and logins from the named networks alone", () => {
    const rules = planIngress(visitors(false), ["203.0.113.0/24", "2001:db8::/32"]);
    assert.deepEqual(
      rules.map((rule) => `${rule.port} ${peer(rule)}`),
      ["80 0.0.0.0/0", "80 ::/0", "443 0.0.0.0/0", "443 ::/0", "22 203.0.113.0/24", "22 2001:db8::/32"],
    );
  });

  it("opens a database to the servers that use it and to logins, and no port to visitors", () => {
    const database = {
      name: "mysql",
      description: "The site's database",
      from: "app",
      protocol: "tcp",
      port: 3306,
    } as const;
    assert.deepEqual(
      planIngress([database], ["203.0.113.0/24"]).map((rule) => `${rule.name} ${rule.port} ${peer(rule)}`),
      ["mysql-app 3306 app", "ssh-203-0-113-0-24 22 203.0.113.0/24"],
    );
  });

  it("lets visitors in by UDP where HTTP/3 is offered alone", () => {
    const udp = (http3: boolean) =>
      planIngress(visitors(http3), []).flatMap((rule) =>
        rule.protocol === "udp" ? `${rule.port} ${peer(rule)}` : [],
      );
    assert.deepEqual(udp(false), []);
    assert.deepEqual(udp(true), ["443 0.0.0.0/0", "443 ::/0"]);
  });

  it("describes each rule and names no two alike", () => {
    const ssh = ["203.0.113.0/24", "2001:db8::/32", "203.0.113.0/25"];
    const rules = [...planIngress(visitors(true), ssh), ...planEgress()];
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    for (const { description } of rules) assert.match(description, /^[A-Z][a-zA-Z0-9 ,./-]{10,254}$/);
  });
});

describe("a server's alarms", () => {
  const byName = (type: string) =>
    new Map<string, AlarmPlan>(planServerAlarms(type, true).map((plan) => [plan.name, plan]));

  it("watch status, processor, memory and disks; credits where the type has some", () => {
    const always = ["cpu", "disk-data", "disk-root", "memory"];
    const status = ["status-instance", "status-system", "status-volume"];
    assert.deepEqual([...byName("m7g.large").keys()].sort(), [...always, ...status].sort());
    assert.deepEqual([...byName("t4g.small").keys()].sort(), [...always, "credits", ...status].sort());
  });

  it("watch a data volume only where the server has one", () => {
    const without = planServerAlarms("t4g.small", false).map(({ name }) => name);
    assert.deepEqual([...without, "disk-data"].sort(), [...byName("t4g.small").keys()].sort());
  });

  it("ring at a tenth of the credits that the size can hold", () => {
    assert.equal(byName("t4g.small").get("credits")?.threshold, 58);
    assert.equal(byName("t4g.2xlarge").get("credits")?.threshold, 461);
  });

  it("recover by themselves from failing hardware and from a hanging system", () => {
    assert.equal(byName("t4g.small").get("status-system")?.action, "recover");
    assert.equal(byName("t4g.small").get("status-instance")?.action, "reboot");
  });

  it("ring when nobody reports memory, disks, the certificate or the site any more", () => {
    const silent = [...planServerAlarms("t4g.small", true), certificateAlarm, siteAlarm]
      .filter(({ treatMissingData }) => treatMissingData === "breaching")
      .map(({ name }) => name);
    assert.deepEqual(silent.sort(), ["certificate", "disk-data", "disk-root", "memory", "site"]);
  });

  it("look back no further than CloudWatch can", () => {
    const plans = [...planServerAlarms("t4g.small", true), certificateAlarm, siteAlarm];
    for (const { name, period, evaluationPeriods } of plans) {
      assert.ok(period % 60 === 0, name);
      assert.ok(period * evaluationPeriods <= (period < 3600 ? 86_400 : 604_800), name);
    }
  });

  it("name the metrics and dimensions that the agent sends", () => {
    const configuration = JSON.parse(agentConfiguration("/logs"));
    const disk = byName("t4g.small").get("disk-data");
    assert.equal(disk?.namespace, configuration.metrics.namespace);
    assert.deepEqual(Object.keys(disk?.dimensions ?? {}), ["path"]);
    assert.ok(configuration.metrics.metrics_collected.disk.resources.includes(disk?.dimensions?.path));
    assert.ok(
      configuration.metrics.aggregation_dimensions.some(
        (names: string[]) => names.join() === "InstanceId,path",
      ),
    );
  });
});

describe("the CloudWatch agent", () => {
  it("is configured in a standard parameter's 4096 characters and ships every log", () => {
    const text = agentConfiguration("/one-server-web/www-foobar-com-prod");
    assert.ok(text.length <= 4096, String(text.length));
    const files = JSON.parse(text).logs.logs_collected.files.collect_list as { log_group_name: string }[];
    assert.deepEqual(
      files.map(({ log_group_name }) => log_group_name.split("/").pop()),
      logFiles.map(({ group }) => group),
    );
  });
});

describe("the dashboard", () => {
  it("fits its widgets side by side into 24 columns", () => {
    const body = dashboardBody({
      region: "eu-central-1",
      instanceId: "i-1",
      healthCheckId: "check",
      alarmArns: ["arn:1"],
      webLogGroup: "/logs/nginx",
      certificateMetric: "CertificateDaysLeft-x",
      disks: ["/", "/srv/data"],
    });
    const { widgets } = JSON.parse(body) as {
      widgets: { x: number; y: number; width: number; height: number; properties: { region?: string } }[];
    };
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      assert.ok(x + width <= 24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          assert.ok(!taken.has(`${column},${row}`), `two widgets at ${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
    // Route 53's metrics are in one region alone.
    assert.deepEqual([...new Set(widgets.flatMap(({ properties }) => properties.region ?? []))].sort(), [
      "eu-central-1",
      "us-east-1",
    ]);
  });
});

describe("user data", () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY-----\n";

  it("give the server its host key and leave all else to provisioning", () => {
    assert.equal(
      userData("web-1", key, "ssh-ed25519 CCCC"),
      `#cloud-config
hostname: web-1
disable_root: true
ssh_pwauth: false
ssh_deletekeys: true
ssh_keys:
  ed25519_private: |
    -----BEGIN OPENSSH PRIVATE KEY-----
    AAAA
    BBBB
    -----END OPENSSH PRIVATE KEY-----
  ed25519_public: ssh-ed25519 CCCC
`,
    );
  });

  it("name a volume's device as udev does on Nitro", () => {
    assert.equal(
      volumeDevice("vol-0123456789abcdef0"),
      "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0",
    );
  });

  it("take a printed key pair apart, and say so when it is none", () => {
    assert.deepEqual(splitPair(`${key}ssh-ed25519 CCCC one-server-web\n`), {
      privateKey: key,
      publicKey: "ssh-ed25519 CCCC",
    });
    assert.throws(() => splitPair("sh: ssh-keygen: not found"), /is OpenSSH's client installed/);
  });
});

describe("Route 53 records", () => {
  it("live a minute before a move and five minutes else", () => {
    assert.equal(timeToLive(true), 60);
    assert.equal(timeToLive(false), 300);
  });

  it("name the authority, allow no wildcards and tell where refusals go", () => {
    assert.deepEqual(caaRecords(["letsencrypt.org"], "admin@foobar.com"), [
      '0 issue "letsencrypt.org"',
      '0 issuewild ";"',
      '0 iodef "mailto:admin@foobar.com"',
    ]);
  });
});

describe("a resize", () => {
  it("is told beforehand, and nothing else is", () => {
    assert.match(
      resizeText("web-1", "t4g.small", "t4g.medium") ?? "",
      /web-1 is resized in place from t4g.small to t4g.medium: .* the site is down for about a minute/,
    );
    assert.equal(resizeText("web-1", "t4g.small", "t4g.small"), undefined);
    assert.equal(resizeText("web-1", undefined, "t4g.small"), undefined);
  });
});
