// Compiles the contracts of this folder with the pinned compiler and writes artifacts/<Contract>.json.
// With a folder as its argument it writes there instead, so that a test can compare.
// NODE_MODULES names the folder of the pinned packages when they are not beside this file.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.NODE_MODULES ?? join(here, "node_modules");
const target = process.argv[2] ?? join(here, "artifacts");
const solc = createRequire(join(modules, "package.json"))("solc");

const names = readdirSync(here).filter((name) => name.endsWith(".sol")).sort();
const input = {
  language: "Solidity",
  sources: Object.fromEntries(names.map((name) => [name, { content: readFileSync(join(here, name), "utf8") }])),
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 10000 },
    // Without the hash of the metadata, comments and paths do not change the bytecode.
    metadata: { bytecodeHash: "none" },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
  },
};

const output = JSON.parse(
  solc.compile(JSON.stringify(input), {
    import: (path) => ({ contents: readFileSync(join(path.startsWith("@") ? modules : here, path), "utf8") }),
  }),
);
for (const problem of output.errors ?? []) console.error(problem.formattedMessage);
if ((output.errors ?? []).length > 0) process.exit(1);

mkdirSync(target, { recursive: true });
for (const name of names) {
  const contract = name.slice(0, -".sol".length);
  const { abi, evm } = output.contracts[name][contract];
  if (evm.bytecode.object === "") continue;
  const lines = abi.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  writeFileSync(
    join(target, `${contract}.json`),
    `{\n  "abi": [\n${lines}\n  ],\n  "bytecode": "0x${evm.bytecode.object}",\n` +
      `  "deployedBytecode": "0x${evm.deployedBytecode.object}"\n}\n`,
  );
}
