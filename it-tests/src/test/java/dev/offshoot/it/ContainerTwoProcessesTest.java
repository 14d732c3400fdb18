package dev.offshoot.it;

import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;

/** On a real MongoDB, a replica set of one, wherever Docker runs. */
@EnabledIf(value = "dockerRuns", disabledReason = "skipped: no Docker")
final class ContainerTwoProcessesTest extends TwoProcessesContract {
    static boolean dockerRuns() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @Override
    TestMongo startMongo() {
        return TestMongo.startContainer();
    }
}
