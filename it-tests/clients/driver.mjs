// node driver.mjs URI PHASE: the mongodb package, as .ci/run uses it before (write) and after (check) kill -9.
import { MongoClient } from 'mongodb';

const [uri, phase] = process.argv.slice(2);

function ok(condition, what) {
  console.log(`${condition ? 'ok' : 'not ok'} - Node driver: ${what}`);
  if (!condition) throw new Error(what);
}

async function failure(work) {
  try {
    await work();
  } catch (e) {
    return e;
  }
  throw new Error('no error');
}

async function write(client) {
  const started = [];
  client.on('commandStarted', e => started.push(e));
  await client.connect();
  ok((await client.db('admin').command({ hello: 1 })).msg === 'isdbgrid', 'connects without options and finds a mongos');

  const branch = client.db('shop~feature-x').collection('node');
  const main = client.db('shop').collection('node');
  await branch.insertMany(Array.from({ length: 5000 }, (_, i) => ({ _id: i, text: 'x'.repeat(100) })));
  const inserts = started.filter(e => e.commandName === 'insert');
  ok(inserts.length > 0 && inserts.every(e => e.command.txnNumber !== undefined), 'writes are sent as retryable');

  const read = await branch.find().batchSize(1000).toArray();
  const pages = started.filter(e => e.commandName === 'getMore').length;
  ok(read.length === 5000 && pages >= 4, `pages through 5,000 documents with ${pages} getMore`);

  const updated = await branch.updateOne({ _id: 7 }, { $inc: { stock: -1 } });
  ok(updated.modifiedCount === 1 && (await branch.findOne({ stock: -1 }))._id === 7, 'updates a document and finds it');
  const after = await branch.findOneAndUpdate({ _id: 8 }, { $set: { seen: true } }, { returnDocument: 'after' });
  ok(after.seen === true, 'findOneAndUpdate answers the new document');
  const bulk = await branch.bulkWrite([{ deleteOne: { filter: { _id: 4999 } } }, { insertOne: { document: { _id: 4999 } } }]);
  ok(bulk.deletedCount === 1 && bulk.insertedCount === 1, 'bulkWrite');
  ok((await failure(() => branch.insertOne({ _id: 7 }))).code === 11000, 'a duplicate key is error 11000');

  ok((await main.countDocuments()) === 0, 'main does not see what the branch wrote');
  await main.insertOne({ _id: 'main' });
  ok((await branch.findOne({ _id: 'main' })) === null, 'the branch does not see what main wrote');

  const unknown = await failure(() => client.db('shop~feature-y').collection('node').findOne());
  ok(/feature-y.*feature-x/.test(unknown.message), `an unknown branch is an error: ${unknown.message}`);
  const session = client.startSession();
  const refused = await failure(() => session.withTransaction(() => main.insertOne({ _id: 't' }, { session })));
  await session.endSession();
  ok(/[Tt]ransactions are not supported/.test(refused.message), `a transaction is refused: ${refused.message}`);
}

async function check(client) {
  const branch = client.db('shop~feature-x').collection('node');
  ok((await branch.countDocuments()) === 5000, 'after kill -9 the branch has its 5,000 documents');
  ok((await branch.findOne({ _id: 7 })).stock === -1, 'after kill -9 the update is there');
  ok((await client.db('shop').collection('node').countDocuments()) === 1, 'after kill -9 main has its own document only');
}

const client = new MongoClient(uri, { monitorCommands: true });
try {
  await (phase === 'write' ? write(client) : check(client));
} finally {
  await client.close();
}
