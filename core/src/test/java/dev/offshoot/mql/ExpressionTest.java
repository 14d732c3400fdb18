package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
    private static final Doc DOC = Json.doc("""
            {_id: 1, i: 7, n: null, s: 'Hello', u: 'h\u00e9llo', d: 2.5, big: {$numberLong: '9223372036854775807'},
             dec: {$numberDecimal: '1.10'}, t: {$date: '2024-02-29T13:14:15.678Z'}, b: true,
             a: [1, 2, 3], e: [], docs: [{x: 1, y: 'p'}, {x: 2}, 5], o: {x: 1, y: {z: 2}},
             id: {$oid: '65e07c000000000000000000'}, max: 2147483647, min: {$numberLong: '-9223372036854775808'},
             re: {$regularExpression: {pattern: '^h', options: 'i'}}}
            """);

    private static String evaluate(String expression) {
        Value value = Expression.compile(Json.value(expression)).evaluate(DOC, Json.context());
        return value == null
                ? "missing"
                : Json.text(new DocBuilder().append("v", value).buildDoc());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    '$i'                              | 7
                    '$o.y.z'                          | 2
                    '$docs.x'                         | [1, 2]
                    '$docs.none'                      | []
                    '$none'                           | missing
                    '$none.x'                         | missing
                    '$i.x'                            | missing
                    '$a.0'                            | []
                    'plain'                           | 'plain'
                    '$$ROOT.i'                        | 7
                    '$$CURRENT.o.x'                   | 1
                    '$$REMOVE'                        | missing
                    '$$NOW'                           | {$date: {$numberLong: '1000000'}}
                    {$literal: '$i'}                  | '$i'
                    {x: '$i', y: '$none'}             | {x: 7}
                    ['$i', '$none']                   | [7, null]
                    {}                                | {}
                    {$add: [1, 2]}                    | 3
                    {$add: ['$i', '$d']}              | 9.5
                    {$add: ['$max', 1]}               | {$numberLong: '2147483648'}
                    {$add: ['$big', 1]}               | 9.223372036854775807E18
                    {$add: ['$dec', 1]}               | {$numberDecimal: '2.10'}
                    {$add: ['$t', 1000]}              | {$date: '2024-02-29T13:14:16.678Z'}
                    {$add: ['$i', '$n']}              | null
                    {$add: []}                        | 0
                    {$subtract: [5, '$i']}            | -2
                    {$subtract: ['$t', '$t']}         | {$numberLong: '0'}
                    {$subtract: ['$t', 678]}          | {$date: '2024-02-29T13:14:15Z'}
                    {$subtract: ['$i', '$none']}      | null
                    {$multiply: [2, 3.0]}             | 6.0
                    {$multiply: ['$max', 2]}          | {$numberLong: '4294967294'}
                    {$divide: [7, 2]}                 | 3.5
                    {$divide: [6, 3]}                 | 2.0
                    {$divide: [{$numberDecimal: '1'}, 4]} | {$numberDecimal: '0.25'}
                    {$mod: [7, 3]}                    | 1
                    {$mod: [-7, 3]}                   | -1
                    {$mod: [7.5, 2]}                  | 1.5
                    {$abs: -3}                        | 3
                    {$abs: {$numberDecimal: '-1.5'}}  | {$numberDecimal: '1.5'}
                    {$ceil: 2.1}                      | 3.0
                    {$floor: -2.1}                    | -3.0
                    {$ceil: '$i'}                     | 7
                    {$round: 2.5}                     | 2.0
                    {$round: [1.2345, 2]}             | 1.23
                    {$round: [1250, -2]}              | 1200
                    {$round: [{$numberDecimal: '2.55'}, 1]} | {$numberDecimal: '2.6'}
                    {$trunc: [-2.78, 1]}              | -2.7
                    {$sqrt: 9}                        | 3.0
                    {$pow: [2, 10]}                   | 1024
                    {$pow: [2, 40]}                   | {$numberLong: '1099511627776'}
                    {$pow: [2, -1]}                   | 0.5
                    {$pow: [{$numberDecimal: '1.5'}, 2]} | {$numberDecimal: '2.250000000000000000000000000000000'}
                    {$exp: 0}                         | 1.0
                    {$ln: 1}                          | 0.0
                    {$log10: 1000}                    | 3.0
                    {$log: [8, 2]}                    | 3.0
                    {$abs: null}                      | null
                    {$eq: ['$i', 7.0]}                | true
                    {$eq: ['$none', null]}            | false
                    {$lt: ['$none', null]}            | true
                    {$gt: ['$s', '$i']}               | true
                    {$cmp: [1, 2]}                    | -1
                    {$lte: ['$a', [1, 2, 3]]}         | true
                    {$ne: ['$i', 8]}                  | true
                    {$and: [1, '$i', true]}           | true
                    {$and: [1, 0]}                    | false
                    {$and: []}                        | true
                    {$or: []}                         | false
                    {$or: ['$none', '$n', 'x']}       | true
                    {$not: ['$e']}                    | false
                    {$not: '$n'}                      | true
                    {$cond: ['$b', 1, 2]}             | 1
                    {$cond: {if: '$none', then: 1, else: '$i'}} | 7
                    {$ifNull: ['$none', '$n', 3]}     | 3
                    {$switch: {branches: [{case: false, then: 1}, {case: '$b', then: 2}], default: 3}} | 2
                    {$switch: {branches: [{case: false, then: 1}], default: 3}} | 3
                    {$concat: ['$s', '-', 'x']}       | 'Hello-x'
                    {$concat: ['$s', '$n']}           | null
                    {$toLower: '$s'}                  | 'hello'
                    {$toUpper: '$u'}                  | 'H\u00e9LLO'
                    {$toUpper: '$n'}                  | ''
                    {$strLenCP: '$u'}                 | 5
                    {$strLenBytes: '$u'}              | 6
                    {$substrCP: ['$u', 1, 2]}         | '\u00e9l'
                    {$substrBytes: ['$s', 1, -1]}     | 'ello'
                    {$substr: [123, 0, 2]}            | '12'
                    {$indexOfCP: ['$u', 'l']}         | 2
                    {$indexOfBytes: ['$u', 'l']}      | 3
                    {$indexOfCP: ['$s', 'l', 4]}      | -1
                    {$indexOfCP: ['$n', 'l']}         | null
                    {$split: ['a,b,,c', ',']}         | ['a', 'b', '', 'c']
                    {$trim: {input: '  x '}}          | 'x'
                    {$ltrim: {input: 'xxaxx', chars: 'x'}} | 'axx'
                    {$rtrim: {input: 'xxaxx', chars: 'x'}} | 'xxa'
                    {$replaceOne: {input: 'aaa', find: 'a', replacement: 'b'}} | 'baa'
                    {$replaceAll: {input: 'aaa', find: 'a', replacement: 'b'}} | 'bbb'
                    {$regexMatch: {input: '$s', regex: '^H'}} | true
                    {$regexMatch: {input: '$s', regex: '$re'}} | true
                    {$regexMatch: {input: '$s', regex: '^h'}} | false
                    {$regexMatch: {input: '$n', regex: '^h'}} | false
                    {$regexFind: {input: '$u', regex: 'l(l)(x)?'}} | {match: 'll', idx: 2, captures: ['l', null]}
                    {$regexFindAll: {input: 'abab', regex: 'b'}} | [{match: 'b', idx: 1, captures: []}, {match: 'b', idx: 3, captures: []}]
                    {$strcasecmp: ['ABC', 'abd']}     | -1
                    {$size: '$a'}                     | 3
                    {$arrayElemAt: ['$a', -1]}        | 3
                    {$arrayElemAt: ['$a', 9]}         | missing
                    {$first: '$a'}                    | 1
                    {$last: '$a'}                     | 3
                    {$first: '$e'}                    | missing
                    {$slice: ['$a', 2]}               | [1, 2]
                    {$slice: ['$a', -2]}              | [2, 3]
                    {$slice: ['$a', 1, 5]}            | [2, 3]
                    {$slice: ['$a', -9, 1]}           | [1]
                    {$concatArrays: ['$a', [4]]}      | [1, 2, 3, 4]
                    {$in: [2.0, '$a']}                | true
                    {$in: ['x', '$a']}                | false
                    {$filter: {input: '$a', as: 'v', cond: {$gt: ['$$v', 1]}}} | [2, 3]
                    {$filter: {input: '$a', cond: {$gt: ['$$this', 1]}, limit: 1}} | [2]
                    {$map: {input: '$a', as: 'v', in: {$add: ['$$v', '$i']}}} | [8, 9, 10]
                    {$map: {input: '$n', in: 1}}      | null
                    {$reduce: {input: '$a', initialValue: 0, in: {$add: ['$$value', '$$this']}}} | 6
                    {$reverseArray: '$a'}             | [3, 2, 1]
                    {$isArray: ['$a']}                | true
                    {$isArray: '$i'}                  | false
                    {$range: [0, 6, 2]}               | [0, 2, 4]
                    {$range: [3, 0, -1]}              | [3, 2, 1]
                    {$indexOfArray: ['$a', 3]}        | 2
                    {$sortArray: {input: [3, 1, 2], sortBy: -1}} | [3, 2, 1]
                    {$sortArray: {input: [{k: 2}, {k: 1}], sortBy: {k: 1}}} | [{k: 1}, {k: 2}]
                    {$allElementsTrue: ['$a']}        | true
                    {$anyElementTrue: ['$e']}         | false
                    {$setUnion: ['$a', [3, 4]]}       | [1, 2, 3, 4]
                    {$setIntersection: ['$a', [3.0, 1, 9]]} | [1, 3]
                    {$setDifference: ['$a', [1]]}     | [2, 3]
                    {$setIsSubset: [[1, 1], '$a']}    | true
                    {$setEquals: [[1, 2, 1], [2, 1]]} | true
                    {$type: '$i'}                     | 'int'
                    {$type: '$none'}                  | 'missing'
                    {$type: '$id'}                    | 'objectId'
                    {$isNumber: '$d'}                 | true
                    {$toString: '$d'}                 | '2.5'
                    {$toString: 1.0}                  | '1'
                    {$toString: '$t'}                 | '2024-02-29T13:14:15.678Z'
                    {$toString: '$id'}                | '65e07c000000000000000000'
                    {$toString: '$b'}                 | 'true'
                    {$toInt: '42'}                    | 42
                    {$toInt: -2.9}                    | -2
                    {$toLong: '$t'}                   | {$numberLong: '1709212455678'}
                    {$toDouble: '1.5'}                | 1.5
                    {$toDecimal: '$d'}                | {$numberDecimal: '2.50000000000000'}
                    {$toBool: 'x'}                    | true
                    {$toBool: 0}                      | false
                    {$toDate: {$numberLong: '0'}}     | {$date: {$numberLong: '0'}}
                    {$toDate: '$id'}                  | {$date: '2024-02-29T12:43:44Z'}
                    {$toDate: '2024-01-02'}           | {$date: '2024-01-02T00:00:00Z'}
                    {$toDate: '2024-01-02T03:04:05.6+01:00'} | {$date: '2024-01-02T02:04:05.600Z'}
                    {$toObjectId: '65e07c000000000000000000'} | {$oid: '65e07c000000000000000000'}
                    {$toInt: '$n'}                    | null
                    {$convert: {input: 'x', to: 'int', onError: 'bad'}} | 'bad'
                    {$convert: {input: '$none', to: 'int', onNull: 0}} | 0
                    {$convert: {input: '7', to: 16}}  | 7
                    {$year: '$t'}                     | 2024
                    {$month: '$t'}                    | 2
                    {$dayOfMonth: '$t'}               | 29
                    {$dayOfYear: '$t'}                | 60
                    {$dayOfWeek: '$t'}                | 5
                    {$hour: {date: '$t', timezone: '+02:00'}} | 15
                    {$hour: {date: '$t', timezone: 'America/New_York'}} | 8
                    {$minute: '$t'}                   | 14
                    {$second: '$t'}                   | 15
                    {$millisecond: ['$t']}            | 678
                    {$week: '$t'}                     | 8
                    {$isoWeek: '$t'}                  | 9
                    {$isoWeekYear: '$t'}              | {$numberLong: '2024'}
                    {$isoDayOfWeek: '$t'}             | 4
                    {$year: '$n'}                     | null
                    {$dateToString: {date: '$t'}}     | '2024-02-29T13:14:15.678Z'
                    {$dateToString: {date: '$t', format: '%d.%m.%Y %H:%M %j %b %%'}} | '29.02.2024 13:14 060 Feb %'
                    {$dateToString: {date: '$t', format: '%H%z', timezone: '-0330'}} | '09-0330'
                    {$dateToString: {date: '$n', onNull: 'x'}} | 'x'
                    {$mergeObjects: ['$o', {x: 9}, null]} | {x: 9, y: {z: 2}}
                    {$objectToArray: '$o.y'}          | [{k: 'z', v: 2}]
                    {$arrayToObject: [[['k', 1], ['l', 2]]]} | {k: 1, l: 2}
                    {$arrayToObject: {$literal: [{k: 'z', v: 2}]}} | {z: 2}
                    {$getField: 's'}                  | 'Hello'
                    {$getField: {field: 'x', input: '$o'}} | 1
                    {$let: {vars: {v: '$i', w: 2}, in: {$multiply: ['$$v', '$$w']}}} | 14
                    {$sum: '$a'}                      | 6
                    {$sum: ['$i', '$s', '$d']}        | 9.5
                    {$avg: '$a'}                      | 2.0
                    {$max: ['$i', '$d']}              | 7
                    {$min: '$e'}                      | null
                    """)
    void an_expression_gives_what_mongodb_gives(String expression, String expected) {
        String wanted = expected.equals("missing")
                ? "missing"
                : Json.text(new DocBuilder().append("v", Json.value(expected)).buildDoc());
        assertThat(evaluate(expression)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {$foo: 1}                   | 168   | Unrecognized expression '$foo'
                    '$'                         | 16872 | '$' by itself is not a valid FieldPath
                    '$a.'                       | 40353 | FieldPath must not end with a '.'.
                    '$a..b'                     | 15998 | FieldPath field names may not be empty strings.
                    '$$x'                       | 17276 | Use of undefined variable: x
                    '$$_x'                      | 9     | '_x' starts with an invalid character for a user variable name
                    {$add: 1, $subtract: 2}     | 15983 | An object representing an expression must have exactly one field: { $add: 1, $subtract: 2 }
                    {a: 1, $add: 2}             | 16410 | FieldPath field names may not start with '$'. Consider using $getField or $setField.
                    {'a.b': 1}                  | 16412 | FieldPath field names may not contain '.'. Consider using $getField or $setField.
                    {$add: ['$s', 1]}           | 14    | $add only supports numeric or date types, not string
                    {$add: ['$t', '$t']}        | 16612 | only one date allowed in an $add expression
                    {$subtract: [1]}            | 16020 | Expression $subtract takes exactly 2 arguments. 1 were passed in.
                    {$subtract: [1, '$s']}      | 14    | can't $subtract string from int
                    {$multiply: ['$s']}         | 14    | $multiply only supports numeric types, not string
                    {$divide: [1, 0]}           | 2     | can't $divide by zero
                    {$mod: [1, 0]}              | 16610 | can't $mod by zero
                    {$abs: '$s'}                | 28765 | $abs only supports numeric types, not string
                    {$abs: '$min'}              | 28680 | can't take $abs of long long min
                    {$sqrt: -1}                 | 28714 | $sqrt's argument must be greater than or equal to 0
                    {$ln: 0}                    | 28766 | $ln's argument must be a positive number, but is 0
                    {$round: [1, 101]}          | 51083 | cannot apply $round with precision value 101 value must be in [-20, 100]
                    {$cond: {if: 1, then: 2}}   | 17082 | Missing 'else' parameter to $cond
                    {$cond: [1, 2]}             | 16020 | Expression $cond takes exactly 3 arguments. 2 were passed in.
                    {$ifNull: [1]}              | 1257300 | $ifNull needs at least two arguments, had: 1
                    {$switch: {branches: []}}   | 40068 | $switch requires at least one branch.
                    {$switch: {branches: [{case: '$n', then: 1}]}} | 40066 | $switch could not find a matching branch for an input, and no default was specified.
                    {$concat: ['$i']}           | 16702 | $concat only supports strings, not int
                    {$strLenCP: '$n'}           | 34471 | $strLenCP requires a string argument, found: null
                    {$split: ['$s', '']}        | 40087 | $split requires a non-empty separator
                    {$trim: {input: 1}}         | 50699 | $trim requires its input to be a string, got 1 (of type int) instead.
                    {$replaceOne: {input: 1, find: 'x', replacement: 'y'}} | 51746 | $replaceOne requires that 'input' be a string, found: 1
                    {$regexMatch: {input: 1, regex: 'x'}} | 51104 | $regexMatch needs 'input' to be of type string
                    {$substrBytes: ['$u', 2, 1]} | 28656 | $substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.
                    {$size: '$i'}               | 17124 | The argument to $size must be an array, but was of type: int
                    {$size: '$none'}            | 17124 | The argument to $size must be an array, but was of type: missing
                    {$arrayElemAt: ['$i', 0]}   | 28689 | $arrayElemAt's first argument must be an array, but is int
                    {$slice: ['$a', 1, 0]}      | 28729 | Third argument to $slice must be positive: 0
                    {$slice: ['$a']}            | 28667 | Expression $slice takes at least 2 arguments, and at most 3, but 1 were passed in.
                    {$in: [1, '$i']}            | 40081 | $in requires an array as a second argument, found: int
                    {$filter: {input: '$i', cond: 1}} | 28651 | input to $filter must be an array not int
                    {$map: {input: '$i', in: 1}} | 16883 | input to $map must be an array not int
                    {$reduce: {input: '$i', initialValue: 0, in: 1}} | 40080 | $reduce requires that 'input' be an array, found: 7
                    {$range: [0, 1, 0]}         | 34449 | $range requires a non-zero step value
                    {$toInt: 'x'}               | 241   | Failed to parse number 'x' in $convert with no onError value: Did not consume whole string.
                    {$toInt: '$big'}            | 241   | Conversion would overflow target type in $convert with no onError value:
                    {$toInt: '$id'}             | 241   | Unsupported conversion from objectId to int in $convert with no onError value
                    {$toObjectId: 'x'}          | 241   | Failed to parse objectId 'x' in $convert with no onError value: Invalid string length for parsing to OID, expected 24 but found 1
                    {$toDate: '?'}              | 241   | Error parsing date string '?'
                    {$year: '$s'}               | 16006 | can't convert from BSON type string to Date
                    {$hour: {date: '$t', timezone: 'Nowhere'}} | 40485 | unrecognized time zone identifier: "Nowhere"
                    {$mergeObjects: ['$i']}     | 40400 | $mergeObjects requires object inputs, but input 7 is of type int
                    {$arrayToObject: '$i'}      | 40386 | $arrayToObject requires an array input, found: int
                    {$setUnion: ['$i']}         | 17043 | All operands of $setUnion must be arrays.
                    {$rand: [1]}                | 3040501 | $rand does not currently accept arguments
                    """)
    void a_wrong_expression_answers_mongodbs_error(String expression, int code, String message) {
        assertError(() -> evaluate(expression), code, message);
    }

    @Test
    void chance_comes_from_the_context_alone() {
        Expression rand = Expression.compile(Json.value("{$rand: {}}"));
        Value first = Objects.requireNonNull(rand.evaluate(DOC, PipelineContext.of(0, new Random(3))));
        Value second = rand.evaluate(DOC, PipelineContext.of(0, new Random(3)));
        assertThat(first).isEqualTo(second);
        assertThat(first.asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void an_inner_variable_hides_an_outer_one_of_its_name() {
        assertThat(evaluate("{$let: {vars: {v: 1}, in: {$let: {vars: {v: 2}, in: '$$v'}}}}"))
                .isEqualTo("{\"v\": {\"$numberInt\": \"2\"}}");
        assertThat(evaluate("{$map: {input: [[1, 2], [3]], as: 'r', in: {$sum: '$$r'}}}"))
                .isEqualTo("{\"v\": [{\"$numberInt\": \"3\"}, {\"$numberInt\": \"3\"}]}");
    }
}
