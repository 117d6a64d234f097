/**
 * The networks that tests and benches make on this host, each with 256 addresses: no two share a name or an address, for two files of
 * tests run at once, and a person's own stacks run beside them (`npm start`: the network `local`, 10.88.0.0/24). Names have at most 10
 * characters.
 */
const subnets = {
  // npm start's stack in a copy of this clone
  "t-npm": "10.92.7.0/24",
  "t-drift": "10.97.2.0/24",
  "t-settings": "10.97.3.0/24",
  "t-single": "10.97.1.0/24",
  "t-old": "10.94.26.0/24",
  // a stack on scripts/host alone
  locs: "10.94.40.0/24",
  locmoved: "10.94.41.0/24",
  locother: "10.94.42.0/24",
  "t-split": "10.97.6.0/24",
  "t-split-py": "10.97.7.0/24",

  // scripts/host
  loca: "10.94.11.0/24",
  locb: "10.94.12.0/24",
  locc: "10.94.13.0/24",
  locm: "10.94.10.0/24",
  locn: "10.94.20.0/24",
  // machines that stand for those of ssh and aws
  "ha-ssh": "10.94.1.0/24",
  "ha-aws": "10.94.2.0/24",
  "ha-split": "10.97.8.0/24",
  "t-foreign": "10.94.3.0/24",
  // servers without Pulumi around them
  hbapps: "10.94.23.0/24",
  security: "10.94.15.0/24",
  serving: "10.94.16.0/24",
  srvtest: "10.91.5.0/24",
  "t-prov-n": "10.91.6.0/24",
  "t-prov-a": "10.91.7.0/24",
  "t-back-my": "10.91.9.0/24",
  "t-back-ma": "10.91.10.0/24",
  "t-convert": "10.91.11.0/24",
  "t-http-ng": "10.91.12.0/24",
  "t-http-ap": "10.91.13.0/24",
  "t-parts": "10.91.8.0/24",
  "t-rollout": "10.91.19.0/24",
  "t-deps-php": "10.92.10.0/24",
  "t-deps-py": "10.92.8.0/24",
  "t-faults": "10.92.2.0/24",
  "t-lamp-php": "10.92.5.0/24",
  "t-lamp-py": "10.92.6.0/24",
  "t-lemp-php": "10.92.3.0/24",
  "t-lemp-py": "10.92.4.0/24",
  "t-whole": "10.92.32.0/24",
  "t-night": "10.92.31.0/24",
  "t-upgrades": "10.92.9.0/24",
  // benches
  benchf: "10.96.1.0/24",
  benchp: "10.96.2.0/24",
  benchd: "10.96.3.0/24",
  benchs: "10.96.4.0/24",
  bsrv1: "10.91.1.0/24",
  bsrv2: "10.91.2.0/24",
} as const;

export type TestNetwork = keyof typeof subnets;

/** A network's name and addresses, as `network.sh create` and the settings `network` and `subnet` take them. */
export function testNetwork(network: TestNetwork): {
  readonly network: TestNetwork;
  readonly subnet: string;
} {
  return { network, subnet: subnets[network] };
}

/** All networks of tests and benches. */
export const testNetworks = Object.keys(subnets).map((name) => testNetwork(name as TestNetwork));
