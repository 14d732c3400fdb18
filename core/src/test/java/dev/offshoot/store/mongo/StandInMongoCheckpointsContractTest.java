package dev.offshoot.store.mongo;

class StandInMongoCheckpointsContractTest extends MongoCheckpointsContract {
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
