package dev.offshoot.store.mongo;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On the server that {@code -Doffshoot.test.mongodb=URI} names. */
@EnabledIfSystemProperty(
        named = "offshoot.test.mongodb",
        matches = ".+",
        disabledReason = "skipped: no -Doffshoot.test.mongodb=URI")
class GivenMongoCheckpointsContractTest extends MongoCheckpointsContract {
    @Override
    String uri() {
        return System.getProperty("offshoot.test.mongodb", "");
    }
}
