import { z } from "zod";
import { cronLines, workerLines } from "./formats";
import { setting } from "./setting";
import { choice, flag, json, line, oneOf, taskName, text, timeOfDay, wholeNumber } from "./values";

/** How a server is set up, on every platform. */
export const serverTable = {
  stack: setting(choice({ lemp: "nginx", lamp: "Apache" }), {
    about: "The web server; the other one is removed when it changes.",
    default: "lemp",
    example: "lemp",
    server: { roles: ["nginx", "apache", "site", "exporters"] },
  }),
  phpVersion: setting(
    text(/^[0-9]\.[0-9]{1,2}$/, "a version of PHP that the server's distribution has, two numbers"),
    {
      about: "The version of PHP, where the server's distribution has several; its default one when empty.",
      example: "8.4",
      only: { runtime: ["php"] },
      server: { roles: ["php-fpm", "valkey"] },
    },
  ),
  phpExtensions: setting(
    json(
      z.array(z.string().regex(/^[a-z0-9]{1,30}$/)).max(50),
      "a list of PHP extensions as the distribution names their packages, without php-",
    ),
    {
      about: "PHP extensions besides mysql, such as curl, gd, mbstring and xml.",
      default: [],
      example: '["curl", "gd", "mbstring", "xml"]',
      only: { runtime: ["php"] },
      server: { roles: ["php-fpm"] },
    },
  ),
  sessionLifetime: setting(wholeNumber("minutes", 1, 525600), {
    about: "How long a PHP session is kept after its last request, in minutes.",
    // PHP's own default, https://www.php.net/session.gc-maxlifetime
    default: 24,
    example: "120",
    only: { runtime: ["php"] },
    server: { roles: ["php-fpm"], name: "SESSION_SECONDS", format: (minutes) => String(minutes * 60) },
  }),
  application: setting(
    text(
      /^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$/,
      "a Python module, a colon and the name of the application in it",
    ),
    {
      about: "The Python application.",
      default: "wsgi:application",
      example: "wsgi:application",
      only: { runtime: ["python"] },
      scope: "release",
      server: { roles: [] },
    },
  ),
  interface: setting(oneOf(["wsgi", "asgi"]), {
    about: "How the Python application is called.",
    default: "wsgi",
    example: "wsgi",
    only: { runtime: ["python"] },
    scope: "both",
    server: { roles: ["python"] },
  }),
  maximumUpload: setting(wholeNumber("MiB", 1, 10240), {
    about: "How much one request may upload, in MiB.",
    default: 32,
    example: "32",
    scope: "both",
    server: { roles: ["nginx", "apache"], name: "MAXIMUM_UPLOAD_MIB" },
  }),
  appProcesses: setting(wholeNumber("requests", 1, 1024), {
    about:
      "How many requests the app server works on at the same time, as far as memory allows. When empty, by memory and cores, up to 32 a core, for pages that wait; pages that compute are faster with 5 a core.",
    example: "10",
    server: { roles: ["php-fpm", "python"] },
  }),
  requestTimeout: setting(wholeNumber("seconds", 5, 3600), {
    about: "How long one request may take, in seconds, also while releases are switched.",
    default: 60,
    example: "120",
    scope: "both",
    server: { roles: ["nginx", "apache", "php-fpm", "python", "site"] },
  }),
  pageCache: setting(text(/^[1-9][0-9]{0,4}[smh]$/, "a number of seconds, minutes or hours: 10s, 5m or 1h"), {
    about: "How long pages without cookies are served from memory; not at all when empty.",
    example: "10s",
    only: { stack: ["lemp"] },
    elsewhere: "refused",
    server: { roles: ["nginx", "site"] },
  }),
  http3: setting(flag, {
    about:
      "Whether HTTP/3 is offered as well; a deployment closes its connections, which browsers then reopen.",
    default: false,
    example: "true",
    only: { stack: ["lemp"] },
    elsewhere: "refused",
    server: { roles: ["nginx"] },
  }),
  rebootWindow: setting(z.union([timeOfDay, z.literal("never")]).describe("a time of day, HH:MM, or never"), {
    about: "When a security upgrade that needs it may restart the server, by the server's clock.",
    default: "03:30",
    example: "03:30",
    server: { roles: ["hardening", "site"] },
  }),
  cache: setting(choice({ none: "files", valkey: "a Unix socket, CACHE_SOCKET in the environment" }), {
    about: "Where PHP's sessions and the site's own cached objects are kept.",
    default: "none",
    example: "valkey",
    server: { roles: ["valkey", "site", "watch"], format: (cache) => (cache === "none" ? "" : cache) },
  }),
  workers: setting(
    json(
      z.record(taskName, line),
      "an object of command lines by names of lower-case letters, digits and hyphens",
    ),
    {
      about: "Command lines that run all the time beside the site; each release restarts them.",
      default: {},
      example: '{"mail": "php bin/worker.php"}',
      scope: "release",
      server: { roles: ["tasks"], format: workerLines },
    },
  ),
  cron: setting(
    json(
      z.record(taskName, z.strictObject({ schedule: line, command: line })),
      "an object of jobs by names of lower-case letters, digits and hyphens, each with a schedule and a command line",
    ),
    {
      about: "Command lines that run at times which systemd.time knows, such as hourly or *:0/10.",
      default: {},
      example: '{"clean": {"schedule": "*:0/10", "command": "php bin/clean.php"}}',
      scope: "release",
      server: { roles: ["tasks"], format: cronLines },
    },
  ),
  exporters: setting(flag, {
    about:
      "Whether Prometheus' exporters of machine, web server, app server and database listen on the server's loopback address.",
    default: false,
    example: "true",
    server: { roles: ["exporters", "mysql"] },
  }),
};
