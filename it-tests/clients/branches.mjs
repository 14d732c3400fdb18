// node branches.mjs URI SPECS BRANCH: a project and a branch of it for every database that the specification tests name.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';

const [uri, specs, branch] = process.argv.slice(2);
const names = new Set(['bson_corpus']);
for (const entry of readdirSync(specs, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && entry.name.endsWith('.json')) {
    const text = readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8');
    for (const [, name] of text.matchAll(/"database(?:Name)?": *"([^"]+)"/g)) names.add(name);
  }
}
['admin', 'config', 'local', '$external'].forEach(name => names.delete(name));

const client = new MongoClient(uri);
try {
  const { projects } = await client.db('admin').command({ listProjects: 1 });
  const there = new Set(projects.map(project => project.name));
  for (const name of names) {
    if (!/^[A-Za-z0-9_-]+$/.test(name)) continue;
    if (!there.has(name)) await client.db('admin').command({ createProject: name });
    await client.db(name).command({ createBranch: branch, from: 'main' });
  }
  console.log(`${names.size} databases have a branch '${branch}'`);
} finally {
  await client.close();
}
