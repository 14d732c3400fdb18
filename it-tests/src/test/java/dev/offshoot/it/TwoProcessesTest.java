package dev.offshoot.it;

final class TwoProcessesTest extends TwoProcessesContract {
    @Override
    TestMongo startMongo() {
        return TestMongo.start();
    }
}
