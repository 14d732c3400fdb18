package dev.offshoot.store.mongo;

class StandInMongoPagesContractTest extends MongoPagesContract {
    private final StandInMongo mongo = StandInMongo.start();

    @Override
    String uri() {
        return mongo.uri();
    }

    @Override
    void release() {
        mongo.close();
    }
}
