package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.data.mongodb.core.aggregation.Aggregation.group;
import static org.springframework.data.mongodb.core.aggregation.Aggregation.lookup;
import static org.springframework.data.mongodb.core.aggregation.Aggregation.newAggregation;
import static org.springframework.data.mongodb.core.aggregation.Aggregation.sort;
import static org.springframework.data.mongodb.core.aggregation.Aggregation.unwind;
import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.MongoClient;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.MongoTemplate;
import org.springframework.data.mongodb.core.SimpleMongoClientDatabaseFactory;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.data.mongodb.gridfs.GridFsTemplate;
import org.springframework.data.mongodb.repository.Aggregation;
import org.springframework.data.mongodb.repository.MongoRepository;
import org.springframework.data.mongodb.repository.support.MongoRepositoryFactory;

/** A shop in Spring Data MongoDB, on a branch, through the wrapped driver: an application that moved without a change. */
final class SpringDataTest {
    @Test
    void an_application_of_spring_data_does_not_notice(@TempDir Path folder) throws IOException {
        try (OffshootClient offshoot = OffshootClients.create(folder)) {
            offshoot.mongo().getDatabase("shop").getCollection("order").insertOne(new Document("_id", "on main"));
            offshoot.createBranch("shop", "spring");
            MongoClient branch = offshoot.branch("spring").mongo();
            MongoTemplate template = new MongoTemplate(new SimpleMongoClientDatabaseFactory(branch, "shop"));
            template.remove(new Query(), "order");
            templates(template);
            repositories(template);
            files(template);
            assertThat(offshoot.mongo()
                            .getDatabase("shop")
                            .getCollection("order")
                            .countDocuments())
                    .isEqualTo(1);
        }
    }

    private static void templates(MongoTemplate template) {
        template.indexOps(Customer.class).createIndex(new Index("email", Sort.Direction.ASC).unique());
        Customer ada = template.insert(new Customer(null, "ada", "ada@x.org", null));
        assertThatThrownBy(() -> template.insert(new Customer(null, "eve", "ada@x.org", null)))
                .isInstanceOf(DuplicateKeyException.class);
        Customer renamed = template.save(new Customer(ada.id(), "ada b", ada.email(), ada.version()));
        assertThat(renamed.version()).isEqualTo(1);
        assertThatThrownBy(() -> template.save(ada)).isInstanceOf(OptimisticLockingFailureException.class);

        template.insertAll(IntStream.range(0, 30)
                .mapToObj(i -> new Order(
                        "o" + i, ada.email(), i + 0.25, List.of(new Line("s" + i % 3, 1 + i % 2), new Line("s9", 1))))
                .toList());
        Query cheap = query(where("total").lt(5.0)).with(Sort.by("total").descending());
        assertThat(template.find(cheap, Order.class).stream().map(Order::id))
                .containsExactly("o4", "o3", "o2", "o1", "o0");
        assertThat(template.count(
                        query(where("lines")
                                .elemMatch(where("sku").is("s1").and("qty").gt(1))),
                        Order.class))
                .isEqualTo(5);
        assertThat(template.updateMulti(
                                query(where("lines.sku").is("s2")), new Update().inc("lines.$.qty", 10), Order.class)
                        .getModifiedCount())
                .isEqualTo(10);
        Order changed = template.findAndModify(
                query(where("id").is("o7")),
                new Update().filterArray(where("l.sku").is("s9")).set("lines.$[l].qty", 99),
                FindAndModifyOptions.options().returnNew(true),
                Order.class);
        assertThat(changed).isNotNull();
        assertThat(changed.lines().get(1).qty()).isEqualTo(99);
        List<Document> bySku = template.aggregate(
                        newAggregation(
                                Order.class,
                                unwind("lines"),
                                group("lines.sku")
                                        .sum("lines.qty")
                                        .as("qty")
                                        .first("customer")
                                        .as("customer"),
                                lookup("customer", "customer", "email", "who"),
                                sort(Sort.Direction.ASC, "_id")),
                        Document.class)
                .getMappedResults();
        assertThat(bySku.stream().map(d -> d.getString("_id") + " " + d.getInteger("qty")))
                .containsExactly("s0 15", "s1 15", "s2 115", "s9 128");
        assertThat(bySku.get(0).getList("who", Document.class).get(0).getString("name"))
                .isEqualTo("ada b");
    }

    private static void repositories(MongoTemplate template) {
        Orders orders = new MongoRepositoryFactory(template).getRepository(Orders.class);
        assertThat(orders.count()).isEqualTo(30);
        var page = orders.findAll(PageRequest.of(1, 7, Sort.by("total")));
        assertThat(page.getTotalElements()).isEqualTo(30);
        assertThat(page.getContent().get(0).id()).isEqualTo("o7");
        assertThat(orders.findByTotalBetweenOrderByTotalDesc(3, 6))
                .extracting(Order::id)
                .containsExactly("o5", "o4", "o3");
        assertThat(orders.existsByCustomerLike("ada@")).isTrue();
        assertThat(orders.biggest()).isEqualTo(29.25);
        orders.deleteById("o29");
        assertThat(orders.findById("o29")).isEmpty();
    }

    private static void files(MongoTemplate template) throws IOException {
        GridFsTemplate files = new GridFsTemplate(template.getMongoDatabaseFactory(), template.getConverter());
        byte[] text = "a line\n".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        ObjectId id = files.store(new ByteArrayInputStream(text), "a.txt", new Document(Map.of("kind", "text")));
        var found = files.findOne(query(where("metadata.kind").is("text")));
        assertThat(found.getObjectId()).isEqualTo(id);
        assertThat(files.getResource(found).getInputStream().readAllBytes()).isEqualTo(text);
        files.delete(query(where("_id").is(id)));
        assertThat(template.getCollection("fs.chunks").countDocuments()).isZero();
    }

    record Customer(
            @Id @Nullable String id,
            String name,
            String email,
            @Version @Nullable Long version) {}

    record Line(String sku, int qty) {}

    record Order(@Id String id, String customer, double total, List<Line> lines) {}

    interface Orders extends MongoRepository<Order, String> {
        List<Order> findByTotalBetweenOrderByTotalDesc(double from, double to);

        boolean existsByCustomerLike(String text);

        @Aggregation("{$group: {_id: null, max: {$max: {$toDouble: '$total'}}}}")
        double biggest();
    }
}
