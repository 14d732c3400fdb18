// node counts.mjs URI WHEN: the imported data on main and on a branch. The numbers are those of ../shared/data/README.md.
import { MongoClient } from 'mongodb';

const FACTS = [
  ['countries', {}, 250],
  ['countries', { region: 'Europe' }, 53],
  ['countries', { landlocked: true }, 45],
  ['countries', { borders: 'DEU' }, 9],
  ['countries', { area: { $gt: 1e6 } }, 31],
  ['movies', {}, 3201],
  ['movies', { 'Major Genre': 'Drama' }, 789],
  ['movies', { 'Major Genre': 'Comedy' }, 675],
  ['movies', { 'Major Genre': 'Action' }, 420],
  ['movies', { 'Major Genre': null }, 275],
  ['movies', { 'IMDB Rating': { $gt: 8 } }, 157],
  ['cities', {}, 171075],
  ['cities', { country: 'US' }, 17343],
  ['cities', { country: 'IT' }, 10053],
  ['cities', { country: 'MX' }, 8947],
];

const [uri, when] = process.argv.slice(2);
const client = new MongoClient(uri);
let wrong = 0;
try {
  for (const database of ['atlas', 'atlas~exp']) {
    for (const [collection, filter, expected] of FACTS) {
      const found = await client.db(database).collection(collection).countDocuments(filter);
      console.log(`${found === expected ? 'ok' : 'not ok'} - ${when}: ${database}.${collection} ${JSON.stringify(filter)} ${found}`);
      if (found !== expected) wrong += 1;
    }
  }
} finally {
  await client.close();
}
process.exitCode = wrong;
