// Run by mongosh in .ci/run: what a person types. The collection's name comes with --eval.
/* global db, use, collection, phase */
const MAIN = 'shop';
const BRANCH = 'shop@feature-x';

function ok(condition, what) {
  print(`${condition ? 'ok' : 'not ok'} - mongosh: ${what}`);
  if (!condition) throw new Error(what);
}

if (phase === 'write') {
  const hello = db.hello();
  ok(hello.msg === 'isdbgrid' && hello.isWritablePrimary, 'connects without options and finds a mongos');

  use(BRANCH);
  ok(db.getName() === BRANCH, `use ${BRANCH}`);
  db[collection].insertMany(Array.from({ length: 5000 }, (_, i) => ({ _id: i, text: 'x'.repeat(100) })));
  ok(db[collection].find().batchSize(1000).toArray().length === 5000, 'pages through 5,000 documents with getMore');

  db[collection].updateOne({ _id: 7 }, { $inc: { stock: -1 }, $set: { 'a.b': [1, 2] } });
  const changed = db[collection].findOne({ 'a.b': 2 });
  ok(changed._id === 7 && changed.stock === -1, 'updates a document and finds it by an element of an array');
  const counted = db[collection].aggregate([{ $match: { _id: { $lt: 10 } } }, { $group: { _id: null, n: { $sum: 1 } } }]).toArray();
  ok(counted[0].n === 10, 'aggregates');
  db[collection].createIndex({ stock: 1 });
  ok(db[collection].getIndexes().length === 2, 'makes an index');

  use(MAIN);
  ok(db[collection].countDocuments() === 0, 'main does not see what the branch wrote');
  db[collection].insertOne({ _id: 'main' });
  use('shop~feature-x');
  ok(db[collection].countDocuments({ _id: 'main' }) === 0, 'the branch does not see what main wrote');
  ok(db.adminCommand({ listDatabases: 1 }).databases.some(d => d.name === 'shop~feature-x'), 'listDatabases names the branch');

  use('shop@feature-y');
  let message = '';
  try {
    db[collection].findOne();
  } catch (e) {
    message = e.message;
  }
  ok(message.includes('feature-y') && message.includes('feature-x'), `an unknown branch is an error: ${message}`);
} else {
  use(BRANCH);
  ok(db[collection].countDocuments() === 5000, 'after kill -9 the branch has its 5,000 documents');
  ok(db[collection].findOne({ _id: 7 }).stock === -1, 'after kill -9 the update is there');
  use(MAIN);
  ok(db[collection].countDocuments() === 1, 'after kill -9 main has its own document only');
}
