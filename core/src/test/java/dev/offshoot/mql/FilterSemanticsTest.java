package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of filter, document and outcome, as MongoDB answers them. */
class FilterSemanticsTest {
    static Doc doc(String json) {
        return Doc.of(new RawBsonDocument(BsonDocument.parse(json), new BsonDocumentCodec())
                .getByteBuffer()
                .array());
    }

    private static void check(String filter, String document, boolean matches) {
        assertThat(Filter.compile(doc(filter)).matches(doc(document)))
                .as("%s on %s", filter, document)
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                     | {a: 1}                          | true",
                "{a: 1}                 | {a: 1}                          | true",
                "{a: 1}                 | {a: {$numberLong: '1'}}         | true",
                "{a: 1}                 | {a: 1.0}                        | true",
                "{a: 1}                 | {a: {$numberDecimal: '1.0'}}    | true",
                "{a: 1}                 | {a: 1.5}                        | false",
                "{a: 1}                 | {a: '1'}                        | false",
                "{a: 1}                 | {b: 1}                          | false",
                "{a: 1}                 | {a: [3, 1]}                     | true",
                "{a: 1}                 | {a: [[1]]}                      | false",
                "{a: [1, 2]}            | {a: [1, 2]}                     | true",
                "{a: [1, 2]}            | {a: [[1, 2], 3]}                | true",
                "{a: [1, 2]}            | {a: [2, 1]}                     | false",
                "{a: []}                | {a: []}                         | true",
                "{a: []}                | {a: [[]]}                       | true",
                "{a: {b: 1, c: 2}}      | {a: {b: 1, c: 2}}               | true",
                "{a: {b: 1, c: 2}}      | {a: {c: 2, b: 1}}               | false",
                "{a: {b: 1}}            | {a: {b: 1, c: 2}}               | false",
                "{a: {b: 1}}            | {a: {b: 1.0}}                   | true",
                "{a: {}}                | {a: {}}                         | true",
                "{a: {}}                | {a: {b: 1}}                     | false",
                "{a: {$eq: {b: 1}}}     | {a: [{b: 1}]}                   | true",
                "{a: NaN}               | {a: NaN}                        | true",
                "{a: NaN}               | {a: {$numberDecimal: 'NaN'}}    | true",
                "{a: -0.0}              | {a: 0}                          | true",
                "{a: {$numberLong: '9007199254740993'}} | {a: 9007199254740992.0} | false",
                "{a: {$oid: '5f0000000000000000000001'}} | {a: {$oid: '5f0000000000000000000001'}} | true",
                "{a: {$oid: '5f0000000000000000000001'}} | {a: {$oid: '5f0000000000000000000002'}} | false",
                "{a: {$ref: 'c', $id: 1}} | {a: {$ref: 'c', $id: 1}}      | true",
            })
    void equality(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a.b': 1}             | {a: {b: 1}}                     | true",
                "{'a.b': 1}             | {a: [{b: 2}, {b: 1}]}           | true",
                "{'a.b': 1}             | {a: [[{b: 1}]]}                 | false",
                "{'a.b': 1}             | {a: {b: [0, 1]}}                | true",
                "{'a.b': 1}             | {a: [{b: [0, 1]}]}              | true",
                "{'a.0': 1}             | {a: [1, 2]}                     | true",
                "{'a.1': 1}             | {a: [1, 2]}                     | false",
                "{'a.0': 1}             | {a: {'0': 1}}                   | true",
                "{'a.0': 1}             | {a: [{'0': 1}]}                 | true",
                "{'a.0': 1}             | {a: [[1]]}                      | false",
                "{'a.0': [1]}           | {a: [[1]]}                      | true",
                "{'a.0.0': 1}           | {a: [[1]]}                      | true",
                "{'a.0.b': 1}           | {a: [{b: 1}, {b: 2}]}           | true",
                "{'a.1.b': 1}           | {a: [{b: 1}, {b: 2}]}           | false",
                "{'a.1.b': 4}           | {a: [5, [{b: 4}]]}              | true",
                "{'a.b.c': 1}           | {a: [{b: [{c: 1}]}]}            | true",
                "{'a.b': 1, 'a.c': 2}   | {a: [{b: 1}, {c: 2}]}           | true",
                "{'a.b': 1, 'a.c': 2}   | {a: {b: 1, c: 2}}               | true",
                "{'a.b': 1, 'a.c': 2}   | {a: {b: 1, c: 3}}               | false",
                "{a: {b: 1}, 'a.b': 1}  | {a: {b: 1}}                     | true",
                "{'abcdefgh.x': 1}      | {abcdefgh: {x: 1}}              | true",
                "{abcdefgh: 1}          | {abcdefghi: 1}                  | false",
                "{abcdefg: 1}           | {abcdefgh: 1, abcdefg: 1}       | true",
                "{abcdefghijkl: 1}      | {abcdefghijkm: 1, abcdefghijkl: 1} | true",
            })
    void paths(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: null}              | {a: null}                       | true",
                "{a: null}              | {}                              | true",
                "{a: null}              | {a: {$undefined: true}}         | false",
                "{a: null}              | {a: 1}                          | false",
                "{a: null}              | {a: []}                         | false",
                "{a: null}              | {a: [1, null]}                  | true",
                "{'a.b': null}          | {a: 1}                          | true",
                "{'a.b': null}          | {a: {}}                         | true",
                "{'a.b': null}          | {a: [1, 2]}                     | false",
                "{'a.b': null}          | {a: []}                         | false",
                "{'a.b': null}          | {a: [{b: 1}, {}]}               | true",
                "{'a.b': null}          | {a: [{b: 1}]}                   | false",
                "{a: {$ne: null}}       | {}                              | false",
                "{a: {$ne: null}}       | {a: 1}                          | true",
                "{a: {$gte: null}}      | {}                              | true",
                "{a: {$gt: null}}       | {a: null}                       | false",
                "{a: {$in: [null, 1]}}  | {}                              | true",
                "{a: {$nin: [null]}}    | {}                              | false",
                "{a: {$exists: true}}   | {a: null}                       | true",
                "{a: {$exists: true}}   | {a: []}                         | true",
                "{a: {$exists: false}}  | {}                              | true",
                "{a: {$exists: 0}}      | {a: 1}                          | false",
                "{'a.b': {$exists: false}} | {a: [1]}                     | true",
                "{'a.b': {$exists: true}}  | {a: [{}, {b: 1}]}            | true",
            })
    void null_and_missing(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: {$gt: 1}}          | {a: 2}                          | true",
                "{a: {$gt: 1}}          | {a: 1}                          | false",
                "{a: {$gt: 1}}          | {a: 'x'}                        | false",
                "{a: {$gt: 1}}          | {a: [0, 5]}                     | true",
                "{a: {$gt: 1, $lt: 5}}  | {a: [0, 9]}                     | true",
                "{a: {$gt: 1}}          | {a: {$numberDecimal: '1.1'}}    | true",
                "{a: {$gt: 1}}          | {a: {$numberDecimal: 'NaN'}}    | false",
                "{a: {$lt: 1}}          | {a: {$numberDecimal: 'NaN'}}    | false",
                "{a: {$lt: 1}}          | {a: NaN}                        | false",
                "{a: {$lte: NaN}}       | {a: NaN}                        | true",
                "{a: {$gte: NaN}}       | {a: 1}                          | false",
                "{a: {$lt: NaN}}        | {a: NaN}                        | false",
                "{a: {$gte: 'b'}}       | {a: 'b'}                        | true",
                "{a: {$lt: 'b'}}        | {a: 'a'}                        | true",
                "{a: {$lt: 'b'}}        | {a: 1}                          | false",
                "{a: {$gt: [1]}}        | {a: [2]}                        | true",
                "{a: {$gt: {b: 1}}}     | {a: {b: 2}}                     | true",
                "{a: {$lt: true}}       | {a: false}                      | true",
                "{a: {$gt: {$minKey: 1}}} | {a: 1}                        | true",
                "{a: {$lt: {$minKey: 1}}} | {a: 1}                        | false",
                "{a: {$lt: {$maxKey: 1}}} | {a: 'x'}                      | true",
                "{a: {$gte: {$maxKey: 1}}} | {a: {$maxKey: 1}}            | true",
                "{a: {$gt: {$date: '2020-01-01T00:00:00Z'}}} | {a: {$date: '2021-01-01T00:00:00Z'}} | true",
                "{a: {$gt: {$date: '2020-01-01T00:00:00Z'}}} | {a: 99}    | false",
                "{a: {$ne: 1}}          | {a: [1, 2]}                     | false",
                "{a: {$ne: 1}}          | {}                              | true",
                "{a: {$in: [1, 'x']}}   | {a: 'x'}                        | true",
                "{a: {$in: [1, 'x']}}   | {a: [3, 1]}                     | true",
                "{a: {$in: []}}         | {a: 1}                          | false",
                "{a: {$in: [/^x/]}}     | {a: 'xy'}                       | true",
                "{a: {$in: [[1]]}}      | {a: [1]}                        | true",
                "{a: {$nin: [1]}}       | {a: 2}                          | true",
                "{a: {$nin: [1]}}       | {}                              | true",
                "{a: {$not: {$gt: 1}}}  | {}                              | true",
                "{a: {$not: {$gt: 1}}}  | {a: [0, 2]}                     | false",
                "{a: {$not: {$gt: 1, $lt: 3}}} | {a: 5}                   | true",
                "{a: {$not: /x/}}       | {a: 'y'}                        | true",
            })
    void comparison(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{$and: [{a: 1}, {b: 2}]} | {a: 1, b: 2}                  | true",
                "{$or: [{a: 1}, {b: 2}]}  | {b: 2}                        | true",
                "{$or: [{a: 1}, {b: 2}]}  | {c: 2}                        | false",
                "{$nor: [{a: 1}, {b: 2}]} | {c: 2}                        | true",
                "{$nor: [{a: 1}, {b: 2}]} | {a: 1}                        | false",
                "{a: 1, $or: [{b: 1}, {b: 2}], $comment: 'why'} | {a: 1, b: 2} | true",
                "{a: {$type: 'number'}} | {a: {$numberLong: '1'}}         | true",
                "{a: {$type: 'string'}} | {a: [1, 'x']}                   | true",
                "{a: {$type: 'array'}}  | {a: []}                         | true",
                "{a: {$type: ['int', 2]}} | {a: 'x'}                      | true",
                "{a: {$type: -1}}       | {a: {$minKey: 1}}               | true",
                "{a: {$type: 127}}      | {a: {$maxKey: 1}}               | true",
                "{a: {$type: 10}}       | {}                              | false",
                "{a: {$size: 2}}        | {a: [1, 2]}                     | true",
                "{a: {$size: 2}}        | {a: [[1, 2]]}                   | false",
                "{a: {$size: 0}}        | {a: []}                         | true",
                "{'a.b': {$size: 1}}    | {a: [{b: [1, 2]}, {b: [1]}]}    | true",
                "{'a.0': {$size: 1}}    | {a: [[1]]}                      | true",
                "{a: {$mod: [4, 1]}}    | {a: 5.9}                        | true",
                "{a: {$mod: [4, -1]}}   | {a: -5}                         | true",
                "{a: {$mod: [4, 1]}}    | {a: 'x'}                        | false",
                "{a: {$mod: [4, 1]}}    | {a: {$numberDecimal: '5.5'}}    | true",
                "{a: {$elemMatch: {$gt: 1, $lt: 5}}} | {a: [0, 9]}        | false",
                "{a: {$elemMatch: {$gt: 1, $lt: 5}}} | {a: [0, 3]}        | true",
                "{a: {$elemMatch: {$gt: 1}}} | {a: 3}                     | false",
                "{a: {$elemMatch: {b: 1, c: 2}}} | {a: [{b: 1}, {c: 2}]}  | false",
                "{a: {$elemMatch: {b: 1, c: 2}}} | {a: [{b: 1, c: 2}]}    | true",
                "{a: {$elemMatch: {$or: [{b: 1}, {c: 2}]}}} | {a: [{c: 2}]} | true",
                "{a: {$elemMatch: {}}}  | {a: [{}]}                       | true",
                "{a: {$elemMatch: {}}}  | {a: [1]}                        | false",
                "{a: {$elemMatch: {'0': 1}}} | {a: [[1]]}                 | true",
                "{a: {$elemMatch: {$elemMatch: {$gt: 1}}}} | {a: [[2]]}   | true",
                "{a: {$elemMatch: {$not: {$gt: 1}}}} | {a: [2, 0]}        | true",
                "{a: {$elemMatch: {$nin: [1, 2]}}} | {a: [1, 2]}          | false",
                "{a: {$not: {$elemMatch: {b: 1}}}} | {a: [{b: 2}]}        | true",
                "{a: {$all: [1, 2]}}    | {a: [2, 3, 1]}                  | true",
                "{a: {$all: [1, 2]}}    | {a: [1]}                        | false",
                "{a: {$all: [1]}}       | {a: 1}                          | true",
                "{a: {$all: []}}        | {a: []}                         | false",
                "{a: {$all: [[1]]}}     | {a: [1]}                        | true",
                "{a: {$all: [/x/, 1]}}  | {a: ['xx', 1]}                  | true",
                "{a: {$all: [{$elemMatch: {b: 1}}, {$elemMatch: {b: 2}}]}} | {a: [{b: 1}, {b: 2}]} | true",
                "{a: {$all: [{$elemMatch: {b: 1}}, {$elemMatch: {b: 3}}]}} | {a: [{b: 1}, {b: 2}]} | false",
                "{a: {$bitsAllSet: 5}}  | {a: 7}                          | true",
                "{a: {$bitsAllSet: [0, 2]}} | {a: 3}                      | false",
                "{a: {$bitsAllClear: 8}} | {a: 7}                         | true",
                "{a: {$bitsAnySet: 6}}  | {a: 2}                          | true",
                "{a: {$bitsAnyClear: 6}} | {a: 6}                         | false",
                "{a: {$bitsAllSet: [200]}} | {a: -1}                      | true",
                "{a: {$bitsAllSet: 1}}  | {a: 1.5}                        | false",
                "{a: {$bitsAllSet: [9]}} | {a: {$binary: {base64: 'AAI=', subType: '00'}}} | true",
            })
    void logic_types_and_arrays(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{a: /b/}                                | {a: 'abc'}       | true",
                "{a: /B/}                                | {a: 'abc'}       | false",
                "{a: /B/i}                               | {a: 'abc'}       | true",
                "{a: /B/i}                               | {a: ['x', 'abc']} | true",
                "{a: /b/}                                | {a: /b/}         | true",
                "{a: /b/}                                | {a: /b/i}        | false",
                "{a: {$eq: /b/}}                         | {a: 'b'}         | false",
                "{a: {$eq: /b/}}                         | {a: /b/}         | true",
                "{a: {$regex: 'B', $options: 'i'}}       | {a: 'abc'}       | true",
                "{a: {$regex: '^b', $options: 'm'}}      | {a: 'a\\nb'}     | true",
                "{a: {$regex: '^b'}}                     | {a: 'a\\nb'}     | false",
                "{a: {$regex: 'a.b'}}                    | {a: 'a\\nb'}     | false",
                "{a: {$regex: 'a.b', $options: 's'}}     | {a: 'a\\nb'}     | true",
                "{a: {$regex: 'a.b'}}                    | {a: 'a\\rb'}     | true",
                "{a: {$regex: 'a b # c', $options: 'x'}} | {a: 'ab'}        | true",
                "{a: {$regex: '[ ]', $options: 'x'}}     | {a: ' '}         | true",
                "{a: {$regex: '^[[:alpha:]]+$'}}         | {a: 'abc'}       | true",
                "{a: {$regex: '^[^[:digit:]]+$'}}        | {a: 'ab1'}       | false",
                "{a: {$regex: '^[[a]+$'}}                | {a: 'a['}        | true",
                "{a: {$regex: '^[]a]+$'}}                | {a: 'a]'}        | true",
                "{a: {$regex: '^[a&&b]+$'}}              | {a: 'a&b'}       | true",
                "{a: {$regex: 'a{'}}                     | {a: 'a{'}        | true",
                "{a: {$regex: '^a{2}$'}}                 | {a: 'aa'}        | true",
                "{a: {$regex: '(?P<x>a)(?P=x)'}}         | {a: 'aa'}        | true",
                "{a: {$regex: '(?i)A'}}                  | {a: 'a'}         | true",
                "{a: {$regex: 'É', $options: 'i'}}       | {a: 'é'}         | true",
                "{a: {$not: {$regex: 'b'}}}              | {a: 'abc'}       | false",
                "{a: {$regex: 'b', $ne: 'abc'}}          | {a: 'abc'}       | false",
            })
    void regular_expressions(String filter, String document, boolean matches) {
        check(filter, document, matches);
    }
}
