import { type DatabaseCase, testDatabaseAlone, testWebServerAlone } from "./provisioning/parts";
import { testRefusals, type WebCase } from "./provisioning/refusals";

const webServers: readonly WebCase[] = [
  {
    name: "nginx and MySQL",
    network: "t-prov-n",
    suite: "sid",
    stack: "lemp",
    role: "nginx",
    site: "/etc/nginx/one-server-web/site.conf",
    database: "mysql",
  },
  {
    name: "Apache and MariaDB",
    network: "t-prov-a",
    suite: "trixie",
    stack: "lamp",
    role: "apache",
    site: "/etc/apache2/one-server-web/site.conf",
    database: "mariadb",
  },
];
for (const web of webServers) describe(`a provisioning of ${web.name}`, () => testRefusals(web));

const databases: readonly DatabaseCase[] = [
  { engine: "mysql", suite: "sid" },
  { engine: "mariadb", suite: "trixie" },
];
for (const database of databases)
  describe(`a server that is a ${database.engine} alone`, () => testDatabaseAlone(database));
describe("a server that is a web server without a database", testWebServerAlone);
