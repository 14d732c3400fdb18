package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateTest {
    private final AtomicLong timestamps = new AtomicLong(100);
    private final UpdateContext context = new UpdateContext(1_000_000L, timestamps::incrementAndGet, new Random(1));

    private Doc apply(String update, Doc before) {
        return Update.compile(Json.value(update), false).apply(before, context);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 1, a: 1}         | {$set: {a: 2}}                  | {_id: 1, a: 2}
                    {_id: 1}               | {$set: {c: 1, b: 2, a: 3}}      | {_id: 1, a: 3, b: 2, c: 1}
                    {_id: 1, x: {}}        | {$set: {'x.10': 1, 'x.9': 2}}   | {_id: 1, x: {'9': 2, '10': 1}}
                    {_id: 1, c: 0, a: 0}   | {$set: {a: 1, b: 2, c: 3}}      | {_id: 1, c: 3, a: 1, b: 2}
                    {_id: 1}               | {$set: {'a.b.c': 1, 'a.d': 2}}  | {_id: 1, a: {b: {c: 1}, d: 2}}
                    {_id: 1, a: [1, 2]}    | {$set: {'a.1': 9}}              | {_id: 1, a: [1, 9]}
                    {_id: 1, a: [1]}       | {$set: {'a.3': 9}}              | {_id: 1, a: [1, null, null, 9]}
                    {_id: 1, a: [{b: 1}]}  | {$set: {'a.0.b': 2, 'a.1.b': 3}} | {_id: 1, a: [{b: 2}, {b: 3}]}
                    {_id: 1, a: 1}         | {$set: {}}                      | {_id: 1, a: 1}
                    {_id: 1, a: 1, b: 2}   | {$unset: {a: ''}}               | {_id: 1, b: 2}
                    {_id: 1, a: [1, 2, 3]} | {$unset: {'a.1': 1}}            | {_id: 1, a: [1, null, 3]}
                    {_id: 1, a: 5}         | {$unset: {'a.b': 1}}            | {_id: 1, a: 5}
                    {_id: 1, a: {b: 1}}    | {$unset: {'a.b': 1}}            | {_id: 1, a: {}}
                    {_id: 1, a: 1}         | {$inc: {a: 2}}                  | {_id: 1, a: 3}
                    {_id: 1}               | {$inc: {a: 2.5}}                | {_id: 1, a: 2.5}
                    {_id: 1, a: 2147483647} | {$inc: {a: 1}}                 | {_id: 1, a: {$numberLong: '2147483648'}}
                    {_id: 1, a: {$numberLong: '1'}} | {$inc: {a: 1}}         | {_id: 1, a: {$numberLong: '2'}}
                    {_id: 1, a: 1}         | {$inc: {a: 1.5}}                | {_id: 1, a: 2.5}
                    {_id: 1, a: 1}         | {$inc: {a: {$numberDecimal: '0.1'}}} | {_id: 1, a: {$numberDecimal: '1.1'}}
                    {_id: 1, a: 0.1}       | {$inc: {a: {$numberDecimal: '0.2'}}} | {_id: 1, a: {$numberDecimal: '0.300000000000000'}}
                    {_id: 1, a: 3}         | {$mul: {a: 4}}                  | {_id: 1, a: 12}
                    {_id: 1}               | {$mul: {a: {$numberLong: '4'}}} | {_id: 1, a: {$numberLong: '0'}}
                    {_id: 1}               | {$mul: {a: 1.5}}                | {_id: 1, a: 0.0}
                    {_id: 1, a: 65536}     | {$mul: {a: 65536}}              | {_id: 1, a: {$numberLong: '4294967296'}}
                    {_id: 1, a: 5}         | {$min: {a: 3}}                  | {_id: 1, a: 3}
                    {_id: 1, a: 5}         | {$max: {a: 9}, $min: {b: 1}}    | {_id: 1, a: 9, b: 1}
                    {_id: 1, a: [1]}       | {$push: {a: 2}}                 | {_id: 1, a: [1, 2]}
                    {_id: 1}               | {$push: {a: {$each: [1, 2]}}}   | {_id: 1, a: [1, 2]}
                    {_id: 1}               | {$push: {a: {$each: []}}}       | {_id: 1, a: []}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [8, 9], $position: 1}}}  | {_id: 1, a: [1, 8, 9, 2]}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [8, 9], $position: -1}}} | {_id: 1, a: [1, 8, 9, 2]}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [8], $position: -9}}}    | {_id: 1, a: [8, 1, 2]}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [3], $slice: -2}}}       | {_id: 1, a: [2, 3]}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [3], $slice: 2}}}        | {_id: 1, a: [1, 2]}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [], $slice: 0}}}         | {_id: 1, a: []}
                    {_id: 1, a: [3, 1]}    | {$push: {a: {$each: [2], $sort: 1}}}         | {_id: 1, a: [1, 2, 3]}
                    {_id: 1, a: [{b: 1}]}  | {$push: {a: {$each: [{b: 2}, {b: 0}], $sort: {b: -1}, $slice: 2}}} | {_id: 1, a: [{b: 2}, {b: 1}]}
                    {_id: 1, a: [1]}       | {$push: {a: {b: 1}}}            | {_id: 1, a: [1, {b: 1}]}
                    {_id: 1, a: [1]}       | {$addToSet: {a: 2}}             | {_id: 1, a: [1, 2]}
                    {_id: 1, a: [1]}       | {$addToSet: {a: 1.0}}           | {_id: 1, a: [1]}
                    {_id: 1}               | {$addToSet: {a: {$each: [1, 2, 1]}}} | {_id: 1, a: [1, 2]}
                    {_id: 1, a: [1]}       | {$addToSet: {a: {$each: [2, 1, 2]}}} | {_id: 1, a: [1, 2]}
                    {_id: 1, a: [1, 2, 3]} | {$pop: {a: 1}}                  | {_id: 1, a: [1, 2]}
                    {_id: 1, a: [1, 2, 3]} | {$pop: {a: -1}}                 | {_id: 1, a: [2, 3]}
                    {_id: 1, a: []}        | {$pop: {a: -1, b: 1}}           | {_id: 1, a: []}
                    {_id: 1, a: [1, 2, 1.0]} | {$pull: {a: 1}}               | {_id: 1, a: [2]}
                    {_id: 1, a: [1, 5, 9]} | {$pull: {a: {$gt: 4}}}          | {_id: 1, a: [1]}
                    {_id: 1, a: [{b: 1, c: 2}, {b: 2}, 3]} | {$pull: {a: {b: 1}}} | {_id: 1, a: [{b: 2}, 3]}
                    {_id: 1, a: [1, 2, 3, 1]} | {$pullAll: {a: [1, 3]}}      | {_id: 1, a: [2]}
                    {_id: 1, a: 1, b: 2}   | {$rename: {a: 'c'}}             | {_id: 1, b: 2, c: 1}
                    {_id: 1, a: 1, b: 2}   | {$rename: {a: 'b'}}             | {_id: 1, b: 1}
                    {_id: 1, a: {b: 1}}    | {$rename: {'a.b': 'c.d'}}       | {_id: 1, a: {}, c: {d: 1}}
                    {_id: 1, b: 2}         | {$rename: {a: 'b'}}             | {_id: 1, b: 2}
                    {_id: 1, b: 2}         | {$rename: {a: 'c.d'}}           | {_id: 1, b: 2}
                    {_id: 1, a: 13}        | {$bit: {a: {and: 10}}}          | {_id: 1, a: 8}
                    {_id: 1}               | {$bit: {a: {or: {$numberLong: '5'}}}} | {_id: 1, a: {$numberLong: '5'}}
                    {_id: 1}               | {$setOnInsert: {a: 1}}          | {_id: 1}
                    {_id: 1, a: 5}         | {$setOnInsert: {'a.b': 1}}      | {_id: 1, a: 5}
                    {_id: 1}               | {$currentDate: {a: true}}       | {_id: 1, a: {$date: {$numberLong: '1000000'}}}
                    {_id: 1}               | {$currentDate: {a: {$type: 'timestamp'}}} | {_id: 1, a: {$timestamp: {t: 0, i: 101}}}
                    {_id: 1, a: 1}         | {b: 2}                          | {_id: 1, b: 2}
                    {_id: 1, a: 1}         | {b: 2, _id: 1}                  | {_id: 1, b: 2}
                    {_id: 1, a: 1}         | {}                              | {_id: 1}
                    {_id: 1, a: 1}         | {t: {$timestamp: {t: 0, i: 0}}} | {_id: 1, t: {$timestamp: {t: 0, i: 101}}}
                    {_id: {x: 1}}          | {$set: {'_id.x': 1}}            | {_id: {x: 1}}
                    """)
    void an_update_gives_what_mongodb_gives(String before, String update, String expected) {
        assertThat(Json.text(apply(update, Json.doc(before)))).isEqualTo(Json.text(Json.doc(expected)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 1, a: 1}         | {$set: {a: 1}}
                    {_id: 1, a: 1.0}       | {$inc: {a: 0}}
                    {_id: 1, a: 1}         | {$mul: {a: 1}}
                    {_id: 1, a: 1}         | {$min: {a: 1.0}}
                    {_id: 1, a: 1}         | {$unset: {b: 1, 'a.b': 1, 'c.d': 1}}
                    {_id: 1, a: [1]}       | {$pull: {a: 2}}
                    {_id: 1, a: [1]}       | {$addToSet: {a: 1}}
                    {_id: 1, a: [1]}       | {$push: {a: {$each: []}}}
                    {_id: 1, a: [1, 2]}    | {$push: {a: {$each: [], $sort: 1}}}
                    {_id: 1, a: []}        | {$pop: {a: 1}}
                    {_id: 1, a: 1}         | {$rename: {b: 'c'}}
                    {_id: 1, a: 6}         | {$bit: {a: {or: 2}}}
                    {_id: 1, a: 1}         | {a: 1}
                    {_id: 1, a: 1}         | {_id: 1, a: 1}
                    {_id: 1, a: 1}         | {$setOnInsert: {b: 1}}
                    {_id: 1, a: {b: 2}}    | {$set: {'a.b': 2, _id: 1}}
                    """)
    void an_update_that_changes_nothing_returns_the_same_instance(String json, String update) {
        Doc before = Json.doc(json);
        assertThat(apply(update, before)).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 1, a: 1}   | {$set: {_id: 2}}           | 66 | Performing an update on the path '_id' would modify the immutable field '_id'
                    {_id: 1, a: 1}   | {$unset: {_id: 1}}         | 66 | Performing an update on the path '_id' would modify the immutable field '_id'
                    {_id: {x: 1}}    | {$set: {'_id.x': 2}}       | 66 | Performing an update on the path '_id.x' would modify the immutable field '_id'
                    {_id: 1}         | {_id: 2}                   | 66 | After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2
                    {_id: 1, a: 1}   | {$rename: {_id: 'b'}}      | 66 | Performing an update on the path '_id' would modify the immutable field '_id'
                    {_id: 1, a: 1}   | {$set: {a: 1}, $inc: {a: 1}} | 40 | Updating the path 'a' would create a conflict at 'a'
                    {_id: 1, a: 1}   | {$set: {a: 1, 'a.b': 1}}   | 40 | Updating the path 'a.b' would create a conflict at 'a'
                    {_id: 1, a: 1}   | {$set: {'a.b': 1, a: 1}}   | 40 | Updating the path 'a' would create a conflict at 'a'
                    {_id: 1, a: 1}   | {$set: {'a.b': 1}}         | 28 | Cannot create field 'b' in element {a: 1}
                    {_id: 1, a: null} | {$set: {'a.b.c': 1}}      | 28 | Cannot create field 'b' in element {a: null}
                    {_id: 1, a: ['x']} | {$set: {'a.b': 1}}       | 28 | Cannot create field 'b' in element {a: [ "x" ]}
                    {_id: 1, a: 'x'} | {$pop: {'a.b': 1}}         | 28 | Cannot use the part (b) of (a.b) to traverse the element {a: "x"}
                    {_id: 1, a: 1}   | {$set: {'': 1}}            | 56 | An empty update path is not valid.
                    {_id: 1, a: 1}   | {$set: {'a..b': 1}}        | 56 | The update path 'a..b' contains an empty field name, which is not allowed.
                    {_id: 1, a: 1}   | {$set: {'a.': 1}}          | 56 | The update path 'a.' contains an empty field name, which is not allowed.
                    {_id: 1, a: 1}   | {$set: {'$a': 1}}          | 52 | The dollar ($) prefixed field '$a' in '$a' is not allowed in the context of an update's replacement document.
                    {_id: 1, a: 'x'} | {$inc: {a: 1}}             | 14 | Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string
                    {_id: 1, a: {b: []}} | {$mul: {'a.b': 1}}     | 14 | Cannot apply $mul to a value of non-numeric type. {_id: 1} has the field 'b' of non-numeric type array
                    {_id: 1}         | {$inc: {a: 'x'}}           | 14 | Cannot increment with non-numeric argument: {a: "x"}
                    {_id: 1}         | {$mul: {a: 'x'}}           | 14 | Cannot multiply with non-numeric argument: {a: "x"}
                    {_id: 1, a: {$numberLong: '9223372036854775807'}} | {$inc: {a: 1}} | 2 | Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}
                    {_id: 1, a: 1}   | {$push: {a: 1}}            | 2  | The field 'a' must be an array but is of type int in document {_id: 1}
                    {_id: 1, a: 1}   | {$addToSet: {a: 1}}        | 2  | Cannot apply $addToSet to non-array field. Field named 'a' has non-array type int
                    {_id: 1, a: 1}   | {$pop: {a: 1}}             | 14 | Path 'a' contains an element of non-array type 'int'
                    {_id: 1, a: 1}   | {$pull: {a: 1}}            | 2  | Cannot apply $pull to a non-array value
                    {_id: 1}         | {$pullAll: {a: 1}}         | 2  | $pullAll requires an array argument but was given a int
                    {_id: 1}         | {$push: {a: {$each: 1}}}   | 2  | The argument to $each in $push must be an array but it was of type: int
                    {_id: 1}         | {$push: {a: {$each: [], $foo: 1}}} | 2 | Unrecognized clause in $push: $foo
                    {_id: 1}         | {$push: {a: {$each: [], $sort: 2}}} | 2 | The $sort element value must be either 1 or -1
                    {_id: 1}         | {$addToSet: {a: {$each: 1}}} | 14 | The argument to $each in $addToSet must be an array but it was of type int
                    {_id: 1}         | {$pop: {a: 2}}             | 9  | $pop expects 1 or -1, found: 2
                    {_id: 1}         | {$foo: {a: 1}}             | 9  | Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array
                    {_id: 1}         | {$set: {a: 1}, b: 1}       | 9  | Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array
                    {_id: 1}         | {$set: 5}                  | 9  | Modifiers operate on fields but we found type int instead. For example: {$mod: {<field>: ...}} not {$set: 5}
                    {_id: 1}         | {a: 1, $set: {b: 1}}       | 52 | The dollar ($) prefixed field '$set' in '$set' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.
                    {_id: 1}         | {$currentDate: {a: 1}}     | 2  | int is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).
                    {_id: 1}         | {$bit: {a: {not: 1}}}      | 2  | The $bit modifier only supports 'and', 'or', and 'xor', not 'not' which is an unknown operator: {not: 1}
                    {_id: 1}         | {$rename: {a: 'a'}}        | 2  | The source and target field for $rename must differ: a: "a"
                    {_id: 1, a: [{b: 1}]} | {$rename: {'a.b': 'c'}} | 2 | The source field cannot be an array element, 'a.b' in doc with _id: 1 has an array field called 'a'
                    {_id: 1, b: 1, a: [{b: 1}]} | {$rename: {b: 'a.0.c'}} | 2 | The destination field cannot be an array element, 'a.0.c' in doc with _id: 1 has an array field called 'a'
                    {_id: 1, a: [1]} | {$set: {'a.$': 1}}         | 2   | The positional operator did not find the match needed from the query.
                    {_id: 1, a: [1]} | {$set: {'$.a': 1}}         | 2   | Cannot have positional (i.e. '$') element in the first position in path '$.a'
                    {_id: 1, a: 1}   | {$set: {'a.$[]': 1}}       | 2   | Cannot apply array updates to non-array element a: 1
                    {_id: 1, a: [1]} | {$set: {'a.$[x].b': 1}}    | 2   | No array filter found for identifier 'x' in path 'a.$[x].b'
                    {_id: 1, a: [1]} | {$set: {'a.2000000': 1}}   | 15891 | can't backfill more than 1500000 elements
                    """)
    void a_wrong_update_answers_mongodbs_error(String before, String update, int code, String message) {
        assertError(() -> apply(update, Json.doc(before)), code, message);
    }

    @Test
    void a_replacement_cannot_change_many() {
        assertError(
                () -> Update.compile(Json.value("{a: 1}"), true),
                9,
                "multi update is not supported for replacement-style update");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {b: 1, a: 2}        | {$set: {c: 3}}                           | {a: 2, b: 1, c: 3}
                    {a: 2, _id: 7}      | {$inc: {a: 3}}                           | {_id: 7, a: 5}
                    {a: 2}              | {$setOnInsert: {_id: 9, b: 1}}           | {_id: 9, a: 2, b: 1}
                    {'a.b': 1, 'a.c': 2} | {$set: {'a.d': 3}}                      | {a: {b: 1, c: 2, d: 3}}
                    {}                  | {$push: {a: 1}, $inc: {n: 1}}            | {a: [1], n: 1}
                    {_id: 1}            | {$set: {_id: 1}}                         | {_id: 1}
                    {_id: 5, a: 1}      | {b: 2}                                   | {_id: 5, b: 2}
                    {a: 1}              | {b: 2}                                   | {b: 2}
                    {a: 1}              | {b: 2, _id: 3}                           | {_id: 3, b: 2}
                    {_id: 3}            | {_id: 3, b: 2}                           | {_id: 3, b: 2}
                    """)
    void an_upsert_starts_from_the_equalities_of_the_filter(String equalities, String update, String expected) {
        Doc upserted = Update.compile(Json.value(update), false).upsert(fields(equalities), context);
        assertThat(Json.text(upserted)).isEqualTo(Json.text(Json.doc(expected)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {a: 1, 'a.b': 2} | {$set: {c: 3}}   | 54 | cannot infer query fields to set, both paths 'a.b' and 'a' are matched
                    {_id: 1}         | {$set: {_id: 2}} | 66 | Performing an update on the path '_id' would modify the immutable field '_id'
                    {_id: 1}         | {_id: 2, a: 1}   | 66 | After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2
                    """)
    void an_upsert_refuses_what_contradicts_its_filter(String equalities, String update, int code, String message) {
        Update compiled = Update.compile(Json.value(update), false);
        assertError(() -> compiled.upsert(fields(equalities), context), code, message);
    }

    @Test
    void an_upsert_refuses_a_field_that_its_filter_names_twice() {
        List<Doc.Field> twice = new ArrayList<>(fields("{a: 1}"));
        twice.addAll(fields("{a: 2}"));
        assertError(
                () -> Update.compile(Json.value("{$set: {b: 1}}"), false).upsert(twice, context),
                54,
                "cannot infer query fields to set, path 'a' is matched twice");
    }

    private static List<Doc.Field> fields(String json) {
        List<Doc.Field> fields = new ArrayList<>();
        Json.doc(json).forEach(fields::add);
        return fields;
    }

    static void assertError(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int code, String message) {
        CommandException e = catchThrowableOfType(CommandException.class, call);
        assertThat(e).as("an error " + code + " " + message).isNotNull();
        assertThat(e.message()).contains(message);
        assertThat(e.code().number()).isEqualTo(code);
    }
}
