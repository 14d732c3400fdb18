package dev.offshoot;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The package diagram of {@code docs/architecture.md} as a table: each package and what it may use. */
final class ArchitectureTest {
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry("bson", Set.of()),
            entry("tree", Set.of()),
            entry("store", Set.of("bson")),
            entry("metrics", Set.of()),
            entry("store.file", Set.of("bson", "store", "metrics")),
            entry("store.mongo", Set.of("bson", "store")),
            entry("archive", Set.of("bson", "store")),
            entry("archive.file", Set.of("archive", "store")),
            entry("archive.s3", Set.of("archive", "store")),
            entry("wal", Set.of("bson", "store", "metrics")),
            entry("geo", Set.of("bson")),
            entry("text", Set.of("bson")),
            entry("mql", Set.of("bson", "geo", "text")),
            entry("page", Set.of("store", "tree")),
            entry("mask", Set.of("bson", "mql")),
            entry("state", Set.of("bson", "store", "archive", "tree", "page", "wal", "mql", "mask", "metrics")),
            entry("query", Set.of("bson", "tree", "text", "mql", "state")),
            entry("merge", Set.of("bson", "tree", "page", "wal", "mql", "state")),
            entry(
                    "engine",
                    Set.of(
                            "bson", "store", "archive", "tree", "wal", "text", "mql", "mask", "state", "query", "merge",
                            "metrics")),
            entry("wire", Set.of("bson", "mql", "engine")),
            entry("server", Set.of("bson", "wire", "engine")),
            entry("driver", Set.of("bson", "wire", "engine", "store", "store.file", "store.mongo")),
            entry(
                    "cli",
                    Set.of(
                            "server",
                            "driver",
                            "engine",
                            "store",
                            "store.file",
                            "store.mongo",
                            "metrics",
                            "archive",
                            "archive.file",
                            "archive.s3")));

    private static final JavaClasses OFFSHOOT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.offshoot");

    static Stream<String> packages() {
        return new TreeSet<>(MAY_USE.keySet()).stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void a_package_uses_only_what_the_table_allows(String name) {
        String[] allowed = Stream.concat(Stream.of(name), MAY_USE.get(name).stream())
                .map(used -> "dev.offshoot." + used)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage("dev.offshoot." + name)
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.offshoot..")).or(resideInAnyPackage(allowed)))
                .check(OFFSHOOT);
    }

    @Test
    void every_package_is_in_the_table() {
        Set<String> found = OFFSHOOT.stream()
                .map(type -> type.getPackageName().substring("dev.offshoot.".length()))
                .collect(Collectors.toSet());
        assertThat(found).isEqualTo(MAY_USE.keySet());
    }

    @Test
    void only_the_file_store_archives_in_files_and_the_command_line_touch_files() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.offshoot.store.file", "dev.offshoot.archive.file", "dev.offshoot.cli")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.nio\\.channels\\.(File|Async.*File).*|java\\.nio\\.file\\.Files|java\\.io\\.(File|RandomAccess).*")
                .check(OFFSHOOT);
    }

    @Test
    void libraries_of_shapes_and_words_are_known_to_one_package_each() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.offshoot.geo")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.common..")
                .check(OFFSHOOT);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.offshoot.text")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.lucene..", "org.tartarus..")
                .check(OFFSHOOT);
    }

    @Test
    void meters_are_made_in_one_package_and_registries_by_who_opens_an_engine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.offshoot.metrics", "dev.offshoot.cli")
                .and()
                .doNotHaveFullyQualifiedName("dev.offshoot.engine.EngineOptions")
                .and()
                .doNotHaveFullyQualifiedName("dev.offshoot.engine.Engine")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(OFFSHOOT);
    }

    @Test
    void the_s3_client_is_known_to_one_package() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.offshoot.archive.s3")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("software.amazon..")
                .check(OFFSHOOT);
    }

    @Test
    void only_the_doors_touch_sockets() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.offshoot.server", "dev.offshoot.driver")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.net\\.(Server)?Socket|java\\.nio\\.channels\\..*SocketChannel|javax\\.net\\..*")
                .check(OFFSHOOT);
    }

    @Test
    void only_the_mongodb_store_the_wrapped_driver_and_the_command_line_know_the_official_driver() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.offshoot.store.mongo", "dev.offshoot.driver", "dev.offshoot.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.mongodb..")
                .check(OFFSHOOT);
    }

    /** Package {@code bson} does to print a document, and nothing else. */
    @Test
    void documents_are_decoded_only_where_the_official_driver_is_used() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.offshoot.bson", "dev.offshoot.store.mongo", "dev.offshoot.driver", "dev.offshoot.cli")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("org\\.bson\\.(Document|BsonDocument|RawBsonDocument|BsonValue|codecs\\..*)")
                .check(OFFSHOOT);
    }

    @Test
    void time_and_chance_come_from_outside_below_the_engine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.offshoot.engine",
                        "dev.offshoot.server",
                        "dev.offshoot.driver",
                        "dev.offshoot.cli",
                        "dev.offshoot.store.mongo")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .callConstructor(Random.class, long.class)
                .orShould()
                .callConstructor(SecureRandom.class)
                .check(OFFSHOOT);
    }

    @Test
    void nothing_static_changes() {
        fields().that()
                .haveModifier(JavaModifier.STATIC)
                .and()
                .doNotHaveModifier(JavaModifier.SYNTHETIC)
                .should()
                .beFinal()
                .check(OFFSHOOT);
    }

    @Test
    void names_say_what_a_class_is() {
        noClasses()
                .should()
                .haveNameMatching(".*(Service|Manager|Helper|Util|Utils|Impl)")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(OFFSHOOT);
    }
}
