package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 1, a: 1, b: 2, c: 3}       | {}                    | {_id: 1, a: 1, b: 2, c: 3}
                    {_id: 1, a: 1, b: 2, c: 3}       | {c: 1, a: true}       | {_id: 1, a: 1, c: 3}
                    {_id: 1, a: 1, b: 2}             | {_id: 0, b: 1}        | {b: 2}
                    {_id: 1, a: 1, b: 2}             | {_id: 1}              | {_id: 1}
                    {_id: 1, a: 1, b: 2}             | {_id: 0}              | {a: 1, b: 2}
                    {_id: 1, a: 1, b: 2}             | {a: 0}                | {_id: 1, b: 2}
                    {_id: 1, a: 1, b: 2}             | {a: 0, _id: 1}        | {_id: 1, b: 2}
                    {_id: 1, a: 1, b: 2}             | {a: 0, _id: 0}        | {b: 2}
                    {_id: 1, a: 1}                   | {x: 1}                | {_id: 1}
                    {_id: 1, a: {b: 1, c: 2}}        | {'a.b': 1}            | {_id: 1, a: {b: 1}}
                    {_id: 1, a: {b: 1, c: 2}}        | {'a.b': 0}            | {_id: 1, a: {c: 2}}
                    {_id: 1, a: {b: 1, c: 2}}        | {a: {b: 1}}           | {_id: 1, a: {b: 1}}
                    {_id: 1, a: 5}                   | {'a.b': 1}            | {_id: 1}
                    {_id: 1, a: 5}                   | {'a.b': 0}            | {_id: 1, a: 5}
                    {_id: 1, a: [{b: 1, c: 2}, 5, [{b: 3, c: 4}]]} | {'a.b': 1} | {_id: 1, a: [{b: 1}, [{b: 3}]]}
                    {_id: 1, a: [{b: 1, c: 2}, 5, [{b: 3, c: 4}]]} | {'a.b': 0} | {_id: 1, a: [{c: 2}, 5, [{c: 4}]]}
                    {_id: 1, a: [1, 2, 3], b: 1}     | {a: {$slice: 2}}      | {_id: 1, a: [1, 2], b: 1}
                    {_id: 1, a: [1, 2, 3], b: 1}     | {a: {$slice: -2}}     | {_id: 1, a: [2, 3], b: 1}
                    {_id: 1, a: [1, 2, 3], b: 1}     | {a: {$slice: [1, 1]}} | {_id: 1, a: [2], b: 1}
                    {_id: 1, a: [1, 2, 3], b: 1, c: 2} | {a: {$slice: 1}, c: 1} | {_id: 1, a: [1], c: 2}
                    {_id: 1, a: 5, b: 1}             | {a: {$slice: 2}}      | {_id: 1, a: 5, b: 1}
                    {_id: 1, a: {b: [1, 2]}, c: 1}   | {'a.b': {$slice: 1}}  | {_id: 1, a: {b: [1]}, c: 1}
                    {_id: 1, a: [{b: 1}, {b: 2}, {b: 2, c: 1}], d: 1} | {a: {$elemMatch: {b: 2}}} | {_id: 1, a: [{b: 2}]}
                    {_id: 1, a: [1, 5, 9], d: 1}     | {a: {$elemMatch: {$gt: 3}}, d: 1} | {_id: 1, d: 1, a: [5]}
                    {_id: 1, a: [1]}                 | {a: {$elemMatch: {$gt: 3}}} | {_id: 1}
                    {_id: 1, a: 1, b: 2}             | {x: {$add: ['$a', '$b']}} | {_id: 1, x: 3}
                    {_id: 1, a: 1, b: 2}             | {a: '$b', b: 1}       | {_id: 1, b: 2, a: 2}
                    {_id: 1, a: 1}                   | {x: 'text', a: 1}     | {_id: 1, a: 1, x: 'text'}
                    {_id: 1, a: 1}                   | {x: [1, '$a'], _id: 0} | {x: [1, 1]}
                    {_id: 1, a: {b: 1, c: 2}}        | {'a.x': {$literal: 9}, 'a.b': 1} | {_id: 1, a: {b: 1, x: 9}}
                    {_id: 1}                         | {'a.x': {$literal: 9}} | {_id: 1, a: {x: 9}}
                    {_id: 1, a: 1}                   | {x: '$none', y: '$a'} | {_id: 1, y: 1}
                    """)
    void a_projection_gives_what_mongodb_gives(String doc, String projection, String expected) {
        Doc projected = Projection.compile(Json.doc(projection)).apply(Json.doc(doc), Json.context());
        assertThat(Json.text(projected)).isEqualTo(Json.text(Json.doc(expected)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {a: 1, b: 0}              | 31254 | Cannot do exclusion on field b in inclusion projection
                    {a: 0, b: 1}              | 31253 | Cannot do inclusion on field b in exclusion projection
                    {a: 1, 'a.b': 1}          | 31249 | Path collision at a.b remaining portion b
                    {'a.b': 1, a: 1}          | 31250 | Path collision at a
                    {a: 0, b: {$add: [1]}}    | 31252 | Cannot use expression other than $meta in exclusion projection
                    {a: 0, b: 'x'}            | 31310 | Cannot use an expression b: "x" in an exclusion projection
                    {a: {$foo: 1}}            | 31325 | Unknown expression $foo
                    {a: {$slice: 'x'}}        | 28667 | did not match the find() syntax because :: Location31273: $slice only supports numbers and [skip, limit] arrays :: The given syntax did not match the expression $slice syntax. :: caused by ::
                    {a: {$elemMatch: 1}}      | 31274 | elemMatch: Invalid argument, object required, but got int
                    {'a.b': {$elemMatch: {}}} | 31275 | Cannot use $elemMatch projection on a nested field.
                    {'a.$': 1, 'b.$': 1}      | 31276 | Cannot specify more than one positional projection per query.
                    {'a.$': 0}                | 31395 | positional projection cannot be used with exclusion
                    {'a.$': 'x'}              | 31308 | positional projection cannot be used with a literal
                    {'a.$': {$slice: 1}}      | 31271 | positional projection cannot be used with an expression or sub object
                    {'a.$.b': 1}              | 31394 | illegal to specify positional operator in the middle of a path
                    {'.$': 1}                 | 5392900 | Projection on field .$ is invalid
                    {'a.$': 1, b: {$elemMatch: {c: 1}}} | 31255 | Cannot specify positional operator and $elemMatch.
                    {b: {$elemMatch: {c: 1}}, 'a.$': 1} | 31256 | Cannot specify positional operator and $elemMatch.
                    {a: {$meta: 'nothing'}}   | 17308 | Unsupported argument to $meta: nothing
                    {a: {$meta: 1}}           | 17307 | $meta only supports string arguments
                    {'': 1}                   | 40352 | FieldPath cannot be constructed with empty string
                    {'a.': 1}                 | 40353 | FieldPath must not end with a '.'.
                    {a: {}}                   | 51270 | An empty sub-projection is not a valid value.
                    """)
    void a_wrong_projection_answers_mongodbs_error(String projection, int code, String message) {
        assertError(() -> Projection.compile(Json.doc(projection)), code, message);
    }

    @Test
    void an_empty_projection_returns_the_same_instance() {
        Doc doc = Json.doc("{_id: 1, a: 1}");
        assertThat(Projection.compile(Doc.EMPTY).apply(doc, Json.context())).isSameAs(doc);
        assertThat(Projection.compile(Json.doc("{a: 1}")).isInclusion()).isTrue();
        assertThat(Projection.compile(Json.doc("{a: 0}")).isInclusion()).isFalse();
    }
}
