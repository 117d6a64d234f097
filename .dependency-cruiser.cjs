// The directions that imports may take (docs/architecture.md). `npm test -- --only project` checks them.

/** From a folder, nothing of these folders. */
function mayNotImport(name, comment, from, to) {
  return { name, comment, severity: "error", from: { path: from }, to: { path: to } };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Data flows one way: take what both need out into a file of its own.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    mayNotImport(
      "production-without-tests",
      "Production code imports nothing from test/ or bench/.",
      "^(index\\.ts|components|policy|scripts)(/|$)",
      "^(test|bench)/",
    ),
    mayNotImport("tests-without-bench", "Test helpers stand in test/support.", "^test/", "^bench/"),
    mayNotImport(
      "policy-alone",
      "The pack is published by itself: vocabulary.ts is the ground floor that all others import.",
      "^policy/",
      "^(index\\.ts$|components/|scripts/)",
    ),
    mayNotImport(
      "program-without-programs",
      "The Pulumi program knows nothing of the command line around it.",
      "^(index\\.ts$|components/)",
      "^scripts/",
    ),
    mayNotImport(
      "settings-first",
      "Settings know no platform, rung, role or server.",
      "^components/settings/",
      "^components/(platforms|rungs|roles|servers|site\\.ts)",
    ),
    mayNotImport(
      "roles-are-values",
      "What a server is set up as follows from the settings alone, however it gets there.",
      "^components/roles/",
      "^components/(platforms|rungs|servers|site\\.ts)",
    ),
    mayNotImport(
      "platforms-without-rungs",
      "A platform knows nothing of rungs.",
      "^components/platforms/",
      "^components/(rungs|site\\.ts)",
    ),
    mayNotImport(
      "rungs-without-platforms",
      "A rung knows only the interfaces of platform.ts.",
      "^components/rungs/",
      "^components/platforms/(?!platform\\.ts$)",
    ),
    mayNotImport(
      "engine-without-programs",
      "The engine is got by programs, it starts none.",
      "^scripts/engine/",
      "^scripts/cli/",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
