// node mongoose.mjs URI PHASE: a shop in Mongoose on a branch, as .ci/run uses it before (write) and after (check) kill -9.
import mongoose from 'mongoose';

const [uri, phase] = process.argv.slice(2);

function ok(condition, what) {
  console.log(`${condition ? 'ok' : 'not ok'} - Mongoose: ${what}`);
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

const { Schema } = mongoose;
const authorSchema = new Schema({
  name: { first: { type: String, required: true, trim: true }, last: { type: String, required: true } },
  email: { type: String, unique: true, lowercase: true, match: /.+@.+/ },
});
authorSchema.virtual('full').get(function full() {
  return `${this.name.first} ${this.name.last}`;
});
const bookSchema = new Schema(
  {
    title: { type: String, required: true, index: true },
    author: { type: Schema.Types.ObjectId, ref: 'Author', required: true },
    price: { type: mongoose.Types.Decimal128, required: true },
    tags: [String],
    reviews: [{ who: String, stars: { type: Number, min: 1, max: 5 } }],
    stock: { type: Map, of: Number },
  },
  { timestamps: true, optimisticConcurrency: true },
);
bookSchema.index({ author: 1, title: 1 }, { unique: true });
let saved = 0;
bookSchema.pre('save', () => {
  saved += 1;
});
bookSchema.statics.cheap = function cheap(limit) {
  return this.find({ price: { $lt: limit } }).sort('title');
};
const Author = mongoose.model('Author', authorSchema);
const Book = mongoose.model('Book', bookSchema);
const EBook = Book.discriminator('EBook', new Schema({ format: { type: String, enum: ['pdf', 'epub'] } }));

async function write() {
  await Author.init();
  await Book.init();
  const indexes = (await Book.collection.indexes()).map(i => i.name);
  ok(indexes.includes('title_1') && indexes.includes('author_1_title_1'), `makes its indexes: ${indexes}`);

  const [ada, bob] = await Author.create([
    { name: { first: ' Ada ', last: 'Byron' }, email: 'ADA@x.org' },
    { name: { first: 'Bob', last: 'Hall' }, email: 'bob@x.org' },
  ]);
  ok(ada.name.first === 'Ada' && ada.email === 'ada@x.org' && ada.full === 'Ada Byron', 'setters and virtuals');
  const invalid = await failure(() => Author.create({ name: { first: 'X' }, email: 'none' }));
  ok(invalid.name === 'ValidationError' && Object.keys(invalid.errors).length === 2, 'validation happens before anything is sent');
  const twice = await failure(() => Author.create({ name: { first: 'A', last: 'B' }, email: 'ada@x.org' }));
  ok(twice.code === 11000 && twice.keyValue.email === 'ada@x.org', 'a unique index answers 11000 with keyValue');

  await Book.insertMany(
    Array.from({ length: 40 }, (_, i) => ({ title: `book ${String(i).padStart(2, '0')}`, author: i % 2 ? ada : bob, price: `${i}.50`, tags: [`t${i % 3}`] })),
  );
  const pdf = await EBook.create({ title: 'screen', author: ada, price: '1.25', format: 'pdf', stock: { shelf: 3 } });
  ok(saved === 1 && pdf.createdAt instanceof Date, 'middleware and timestamps');
  ok((await Book.countDocuments()) === 41 && (await EBook.countDocuments()) === 1, 'discriminators');
  ok((await Book.cheap('3')).map(b => b.title).join() === 'book 00,book 01,book 02,screen', 'statics, Decimal128 in a filter, sort');

  const one = await Book.findOne({ title: 'book 07' }).populate('author').exec();
  ok(one.author.full === 'Ada Byron', 'populate');
  const lean = await Book.find({ tags: 't1' }).select('title -_id').sort({ title: -1 }).skip(2).limit(3).lean();
  ok(lean.length === 3 && Object.keys(lean[0]).join() === 'title', 'select, sort, skip, limit, lean');

  one.reviews.push({ who: 'c', stars: 4 }, { who: 'd', stars: 2 });
  one.tags.addToSet('new');
  await one.save();
  await Book.updateOne({ _id: one._id, 'reviews.who': 'd' }, { $set: { 'reviews.$.stars': 5 } });
  await Book.updateOne({ _id: one._id }, { $inc: { 'reviews.$[r].stars': -1 } }, { arrayFilters: [{ 'r.who': 'c' }] });
  const after = await Book.findById(one._id);
  ok(after.reviews.map(r => r.stars).join() === '3,5' && after.tags.length === 2, 'arrays: push, addToSet, $ and $[r]');
  const stale = await Book.findById(one._id);
  after.title = 'book seven';
  await after.save();
  stale.title = 'book 7';
  ok((await failure(() => stale.save())).name === 'VersionError', 'optimistic concurrency');

  const upserted = await Book.findOneAndUpdate({ title: 'upserted', author: bob }, { price: '9' }, { upsert: true, returnDocument: 'after' });
  ok(upserted.title === 'upserted' && upserted.createdAt instanceof Date, 'findOneAndUpdate with upsert');
  const bulk = await Book.bulkWrite([
    { updateMany: { filter: { tags: 't2' }, update: { $push: { tags: 'bulk' } } } },
    { deleteOne: { filter: { title: 'book 39' } } },
  ]);
  ok(bulk.modifiedCount === 13 && bulk.deletedCount === 1, `bulkWrite: ${bulk.modifiedCount}, ${bulk.deletedCount}`);
  const byAuthor = await Book.aggregate([
    { $group: { _id: '$author', books: { $sum: 1 }, value: { $sum: '$price' } } },
    { $lookup: { from: 'authors', localField: '_id', foreignField: '_id', as: 'who' } },
    { $unwind: '$who' },
    { $project: { _id: 0, name: '$who.name.first', books: 1 } },
    { $sort: { name: 1 } },
  ]);
  ok(JSON.stringify(byAuthor) === '[{"books":20,"name":"Ada"},{"books":21,"name":"Bob"}]', `aggregate with $lookup: ${JSON.stringify(byAuthor)}`);
  let walked = 0;
  for await (const book of Book.find().cursor({ batchSize: 7 })) walked += book.title ? 1 : 0;
  ok(walked === 41, 'a cursor');
  ok((await Book.distinct('tags')).sort().join() === 'bulk,new,t0,t1,t2', 'distinct');
  ok((await Book.exists({ 'stock.shelf': { $gte: 3 } })) !== null, 'maps');
}

async function check() {
  ok((await Book.countDocuments()) === 41, 'after kill -9 the branch has its 41 books');
  ok((await Book.findOne({ title: 'book seven' }).populate('author')).author.email === 'ada@x.org', 'after kill -9 populate finds the author');
  const main = mongoose.connection.useDb('shop').collection('books');
  ok((await main.countDocuments()) === 0, 'main has no books');
}

const address = new URL(uri);
address.pathname = '/shop~feature-x';
try {
  await mongoose.connect(address.toString());
  await (phase === 'write' ? write() : check());
} finally {
  await mongoose.disconnect();
}
