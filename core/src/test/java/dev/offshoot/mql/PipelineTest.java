package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineTest {
    private static List<Doc> run(String pipeline, List<Doc> input, PipelineContext context) {
        List<Doc> results = new ArrayList<>();
        Pipeline.compile(Json.value(pipeline).asDoc())
                .run(input.iterator(), context)
                .forEachRemaining(results::add);
        return results;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [{_id: 1, a: 1}, {_id: 2, a: 2}]   | [{$match: {a: 2}}]             | [{_id: 2, a: 2}]
                    [{_id: 1, a: 1, b: 2}]             | [{$project: {b: 1}}]           | [{_id: 1, b: 2}]
                    [{_id: 1, a: 1, b: 2}]             | [{$project: {_id: 0, x: '$a'}}] | [{x: 1}]
                    [{_id: 1, a: {b: 1, c: 2}}]        | [{$unset: 'a.b'}]              | [{_id: 1, a: {c: 2}}]
                    [{_id: 1, a: 1, b: 2}]             | [{$unset: ['a', 'b']}]         | [{_id: 1}]
                    [{_id: 1, a: 1, b: 2}]             | [{$addFields: {a: '$b', c: 3}}] | [{_id: 1, a: 2, b: 2, c: 3}]
                    [{_id: 1, a: [{b: 1}, 2]}]         | [{$set: {'a.c': 3}}]           | [{_id: 1, a: [{b: 1, c: 3}, {c: 3}]}]
                    [{_id: 1, a: 5}]                   | [{$set: {a: {b: 1}}}]          | [{_id: 1, a: {b: 1}}]
                    [{_id: 1, a: 5, b: 1}]             | [{$set: {a: '$$REMOVE'}}]      | [{_id: 1, b: 1}]
                    [{a: 2}, {a: 1}, {a: 3}]           | [{$sort: {a: 1}}]              | [{a: 1}, {a: 2}, {a: 3}]
                    [{a: 2}, {a: 1}, {a: 3}]           | [{$sort: {a: -1}}, {$skip: 1}, {$limit: 1}] | [{a: 2}]
                    [{a: 1}, {a: 2}, {a: 3}]           | [{$skip: 1}]                   | [{a: 2}, {a: 3}]
                    [{a: 1}, {a: 2}, {a: 3}]           | [{$limit: 2}]                  | [{a: 1}, {a: 2}]
                    [{a: 1}, {a: 2}, {a: 3}]           | [{$count: 'n'}]                | [{n: 3}]
                    []                                 | [{$count: 'n'}]                | []
                    []                                 | [{$group: {_id: null, n: {$sum: 1}}}] | []
                    [{a: 1, n: 1}, {a: 2, n: 2}, {a: 1.0, n: 3}, {n: 4}, {a: null, n: 5}] | [{$group: {_id: '$a', n: {$sum: '$n'}}}] | [{_id: 1, n: 4}, {_id: 2, n: 2}, {_id: null, n: 9}]
                    [{a: 1, b: 2}, {a: 1, b: 2.0}]     | [{$group: {_id: {x: '$a', y: '$b'}, n: {$count: {}}}}] | [{_id: {x: 1, y: 2}, n: 2}]
                    [{a: 1}, {a: 2.5}, {a: 'x'}, {}]   | [{$group: {_id: 0, s: {$sum: '$a'}, v: {$avg: '$a'}, m: {$min: '$a'}, x: {$max: '$a'}}}] | [{_id: 0, s: 3.5, v: 1.75, m: 1, x: 'x'}]
                    [{a: 1}, {}, {a: null}, {a: 2}]    | [{$group: {_id: 0, f: {$first: '$a'}, l: {$last: '$a'}, p: {$push: '$a'}}}] | [{_id: 0, f: 1, l: 2, p: [1, null, 2]}]
                    [{a: 1}, {a: 1.0}, {a: 2}, {}]     | [{$group: {_id: 0, s: {$addToSet: '$a'}}}] | [{_id: 0, s: [1, 2]}]
                    [{a: {x: 1}}, {a: {y: 2, x: 3}}, {}] | [{$group: {_id: 0, m: {$mergeObjects: '$a'}}}] | [{_id: 0, m: {x: 3, y: 2}}]
                    [{a: 2}, {a: 4}]                   | [{$group: {_id: 0, p: {$stdDevPop: '$a'}, s: {$stdDevSamp: '$b'}}}] | [{_id: 0, p: 1.0, s: null}]
                    [{a: 2147483647}, {a: 1}]          | [{$group: {_id: 0, s: {$sum: '$a'}}}] | [{_id: 0, s: {$numberLong: '2147483648'}}]
                    [{a: {$numberLong: '9223372036854775807'}}, {a: 1}, {a: -1}] | [{$group: {_id: 0, s: {$sum: '$a'}}}] | [{_id: 0, s: {$numberLong: '9223372036854775807'}}]
                    [{a: 0.1}, {a: 0.2}, {a: {$numberDecimal: '1'}}] | [{$group: {_id: 0, s: {$sum: '$a'}}}] | [{_id: 0, s: {$numberDecimal: '1.300000000000000016653345369377348'}}]
                    [{}]                               | [{$group: {_id: 0, s: {$sum: '$a'}, v: {$avg: '$a'}, m: {$min: '$a'}}}] | [{_id: 0, s: 0, v: null, m: null}]
                    [{_id: 1, a: [1, 2]}]              | [{$unwind: '$a'}]              | [{_id: 1, a: 1}, {_id: 1, a: 2}]
                    [{a: []}, {a: null}, {}, {a: 5}]   | [{$unwind: '$a'}]              | [{a: 5}]
                    [{_id: 1, a: []}, {a: null}, {b: 1}, {a: 5}] | [{$unwind: {path: '$a', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i'}}] | [{_id: 1, i: null}, {a: null, i: null}, {b: 1, i: null}, {a: 5, i: null}]
                    [{a: {b: [7, 8]}, c: 1}]           | [{$unwind: {path: '$a.b', includeArrayIndex: 'a.i'}}] | [{a: {b: 7, i: {$numberLong: '0'}}, c: 1}, {a: {b: 8, i: {$numberLong: '1'}}, c: 1}]
                    [{a: {b: 1}}]                      | [{$replaceRoot: {newRoot: '$a'}}] | [{b: 1}]
                    [{a: {b: 1}}]                      | [{$replaceWith: {x: '$a.b'}}]  | [{x: 1}]
                    [{a: 'x'}, {a: 'y'}, {a: 'y'}]     | [{$sortByCount: '$a'}]         | [{_id: 'y', count: 2}, {_id: 'x', count: 1}]
                    [{a: [3, 1]}, {a: 2}, {a: []}, {}] | [{$sort: {a: 1}}]              | [{a: []}, {}, {a: [3, 1]}, {a: 2}]
                    [{a: [3, 1]}, {a: 2}, {a: []}, {}] | [{$sort: {a: -1}}]             | [{a: [3, 1]}, {a: 2}, {}, {a: []}]
                    [{_id: 1}]                         | []                             | [{_id: 1}]
                    """)
    void a_pipeline_gives_what_mongodb_gives(String input, String pipeline, String expected) {
        List<String> results = run(pipeline, Json.docs(input), Json.context()).stream()
                .map(Json::text)
                .toList();
        assertThat(results)
                .isEqualTo(Json.docs(expected).stream().map(Json::text).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [5]                              | 14    | Each element of the 'pipeline' array must be an object
                    [{}]                             | 40323 | A pipeline stage specification object must contain exactly one field.
                    [{$foo: 1}]                      | 40324 | Unrecognized pipeline stage name: '$foo'
                    [{$lookup: {}}]                  | 9     | must specify 'pipeline' when 'from' is empty
                    [{$match: 1}]                    | 15959 | the match filter must be an expression in an object
                    [{$project: 1}]                  | 15969 | $project specification must be an object
                    [{$project: {}}]                 | 51272 | Invalid $project :: caused by :: projection specification must have at least one field
                    [{$project: {a: 1, b: 0}}]       | 31254 | Invalid $project :: caused by :: Cannot do exclusion on field b in inclusion projection
                    [{$addFields: 1}]                | 40272 | $addFields specification stage must be an object, got int
                    [{$addFields: {}}]               | 40177 | Invalid $addFields :: caused by :: specification must have at least one field
                    [{$set: {a: {}}}]                | 40180 | Invalid $set :: caused by :: an empty object is not a valid value. Found empty object at path a
                    [{$set: {a: 1, 'a.b': 1}}]       | 40176 | Invalid $set :: caused by :: specification contains two conflicting paths.
                    [{$unset: 1}]                    | 31002 | $unset specification must be a string or an array
                    [{$unset: []}]                   | 31119 | $unset specification must be a string or an array with at least one field
                    [{$unset: [1]}]                  | 31120 | $unset specification must be a string or an array containing only string values
                    [{$sort: 1}]                     | 15973 | the $sort key specification must be an object
                    [{$sort: {}}]                    | 15976 | $sort stage must have at least one sort key
                    [{$sort: {a: 2}}]                | 15975 | $sort key ordering must be 1 (for ascending) or -1 (for descending)
                    [{$sort: {a: 'x'}}]              | 15974 | Illegal key in $sort specification: a: "x"
                    [{$skip: -1}]                    | 5107200 | invalid argument to $skip stage: Expected a non-negative number in: $skip: -1
                    [{$limit: 0}]                    | 15958 | the limit must be positive
                    [{$limit: 'x'}]                  | 5107201 | invalid argument to $limit stage: Expected a number in: $limit: "x"
                    [{$count: ''}]                   | 40157 | the count field must be a non-empty string
                    [{$count: '$a'}]                 | 40158 | the count field cannot be a $-prefixed path
                    [{$count: 'a.b'}]                | 40160 | the count field cannot contain '.'
                    [{$group: 1}]                    | 15947 | a group's fields must be specified in an object
                    [{$group: {}}]                   | 15955 | a group specification must include an _id
                    [{$group: {_id: 1, a: 1}}]       | 40234 | The field 'a' must be an accumulator object
                    [{$group: {_id: 1, a: {$foo: 1}}}] | 15952 | unknown group operator '$foo'
                    [{$group: {_id: 1, 'a.b': {$sum: 1}}}] | 40235 | The field name 'a.b' cannot contain '.'
                    [{$group: {_id: 1, a: {$sum: 1, $avg: 1}}}] | 40238 | The field 'a' must specify one accumulator
                    [{$group: {_id: 1, a: {$sum: [1, 2]}}}] | 40237 | The $sum accumulator is a unary operator
                    [{$group: {_id: 1, a: {$topN: {}}}}] | 5788003 | Missing value for 'n'
                    [{$unwind: 1}]                   | 15981 | expected either a string or an object as specification for $unwind stage, got int
                    [{$unwind: 'a'}]                 | 28818 | path option to $unwind stage should be prefixed with a '$': a
                    [{$unwind: {}}]                  | 28812 | no path specified to $unwind stage
                    [{$unwind: {path: '$a', x: 1}}]  | 28811 | unrecognized option to $unwind stage: x
                    [{$sample: 1}]                   | 28745 | the $sample stage specification must be an object
                    [{$sample: {}}]                  | 28749 | $sample stage must specify a size
                    [{$replaceRoot: {}}]             | 40231 | no newRoot specified for the $replaceRoot stage
                    [{$replaceWith: '$a'}]           | 40228 | 'replacement document' must evaluate to an object, but resulting value was: MISSING. Type of resulting value: 'missing'. Input document: { _id: 1 }
                    [{$group: {_id: 0, a: {$mergeObjects: '$_id'}}}] | 40400 | $mergeObjects requires object inputs, but input 1 is of type int
                    [{$sortByCount: 'a'}]            | 40148 | the sortByCount field must be defined as a $-prefixed path or an expression inside an object
                    [{$project: {a: {$foo: 1}}}]     | 31325 | Invalid $project :: caused by :: Unknown expression $foo
                    [{$set: {a: {$foo: 1}}}]         | 168   | Invalid $set :: caused by :: Unrecognized expression '$foo'
                    """)
    void a_wrong_pipeline_answers_mongodbs_error(String pipeline, int code, String message) {
        assertError(() -> run(pipeline, Json.docs("[{_id: 1}]"), Json.context()), code, message);
    }

    @Test
    void the_leading_match_is_for_the_planner() {
        Pipeline pipeline =
                Pipeline.compile(Json.value("[{$match: {a: 1}}, {$limit: 1}]").asDoc());
        assertThat(pipeline.leadingMatch(Json.context())).isNotNull();
        assertThat(pipeline.afterLeadingMatch().leadingMatch(Json.context())).isNull();
        assertThat(pipeline.afterLeadingMatch()
                        .run(Json.docs("[{b: 1}, {b: 2}]").iterator(), Json.context()))
                .toIterable()
                .hasSize(1);
    }

    @Test
    void a_match_behind_a_sort_goes_before_it_and_one_behind_a_limit_stays() {
        Pipeline sorted = Pipeline.compile(Json.value("[{$sort: {a: 1}}, {$match: {a: 1}}, {$match: {b: 1}}]")
                .asDoc());
        assertThat(sorted.leadingMatch(Json.context())).isNotNull();
        assertThat(sorted.run(Json.docs("[{a: 2, b: 1}, {a: 1, b: 1}, {a: 1}]").iterator(), Json.context()))
                .toIterable()
                .containsExactly(Json.doc("{a: 1, b: 1}"));
        assertThat(Pipeline.compile(Json.value("[{$sort: {a: 1}}, {$limit: 1}, {$match: {a: 1}}]")
                                .asDoc())
                        .leadingMatch(Json.context()))
                .isNull();
    }

    @Test
    void a_limit_reads_no_more_input_than_it_needs() {
        List<Doc> read = new ArrayList<>();
        Iterator<Doc> input = Iterators.mapped(numbers(100).iterator(), doc -> {
            read.add(doc);
            return doc;
        });
        Pipeline pipeline = Pipeline.compile(
                Json.value("[{$match: {n: {$gte: 10}}}, {$limit: 3}]").asDoc());
        assertThat(pipeline.run(input, Json.context())).toIterable().hasSize(3);
        assertThat(read).hasSize(13);
    }

    @Test
    void a_sort_beyond_its_memory_is_refused_but_not_one_with_a_limit() {
        PipelineContext small = new PipelineContext(0, new Random(1), 20_000);
        assertError(
                () -> run("[{$sort: {n: -1}}]", numbers(1000), small),
                292,
                "Sort exceeded memory limit of 20000 bytes, but did not opt in to external sorting.");
        assertThat(run("[{$sort: {n: -1}}, {$skip: 1}, {$limit: 2}]", numbers(1000), small))
                .isEqualTo(Json.docs("[{n: 998}, {n: 997}]"));
    }

    @Test
    void a_group_beyond_its_memory_is_refused() {
        PipelineContext small = new PipelineContext(0, new Random(1), 20_000);
        assertError(
                () -> run("[{$group: {_id: '$n'}}]", numbers(1000), small),
                292,
                "Exceeded memory limit for $group, but didn't allow external sort.");
        assertError(
                () -> run("[{$group: {_id: 0, all: {$push: '$n'}}}]", numbers(1000), small),
                292,
                "Exceeded memory limit for $group");
        assertThat(run("[{$group: {_id: 0, n: {$sum: '$n'}}}]", numbers(1000), small))
                .isEqualTo(Json.docs("[{_id: 0, n: 499500}]"));
    }

    @Test
    void a_sample_is_random_by_its_source_alone() {
        List<Doc> first = run("[{$sample: {size: 10}}]", numbers(1000), Json.context());
        assertThat(first).hasSize(10).doesNotHaveDuplicates();
        assertThat(run("[{$sample: {size: 10}}]", numbers(1000), Json.context()))
                .isEqualTo(first);
        assertThat(run("[{$sample: {size: 10}}]", numbers(1000), PipelineContext.of(0, new Random(8))))
                .isNotEqualTo(first);
        assertThat(run("[{$sample: {size: 10}}]", numbers(3), Json.context())).hasSize(3);
    }

    @Test
    void a_top_k_sort_gives_the_start_of_the_whole_sort() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<Doc> docs = IntStream.range(0, 200)
                    .mapToObj(i -> new DocBuilder()
                            .append("i", i)
                            .append("a", random.nextInt(5))
                            .append("b", random.nextInt(3))
                            .buildDoc())
                    .toList();
            int limit = 1 + random.nextInt(250);
            Sort sort = Sort.compile(Json.doc("{a: 1, b: -1}"));
            List<Doc> all = new ArrayList<>();
            sort.sorted(docs.iterator(), Long.MAX_VALUE, Json.context()).forEachRemaining(all::add);
            assertThat(sort.sorted(docs.iterator(), limit, Json.context()))
                    .toIterable()
                    .as("seed %d limit %d", seed, limit)
                    .isEqualTo(all.subList(0, Math.min(limit, 200)));
        }
    }

    private static List<Doc> numbers(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> new DocBuilder().append("n", i).buildDoc())
                .toList();
    }
}
