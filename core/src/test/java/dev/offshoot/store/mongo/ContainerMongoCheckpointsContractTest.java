package dev.offshoot.store.mongo;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mongodb.MongoDBContainer;

/** On a real MongoDB, a replica set of one, wherever Docker runs. */
@EnabledIf(value = "dockerRuns", disabledReason = "skipped: no Docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerMongoCheckpointsContractTest extends MongoCheckpointsContract {
    private final MongoDBContainer container = new MongoDBContainer("mongo:7.0").withReplicaSet();

    static boolean dockerRuns() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @BeforeAll
    void start() {
        container.start();
    }

    @AfterAll
    void stop() {
        container.stop();
    }

    @Override
    String uri() {
        return container.getConnectionString();
    }
}
