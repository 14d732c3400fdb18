package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.file.FileStore;
import java.nio.file.Path;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SmokeTest {
    @Test
    void smoke(@TempDir Path dir) {
        Engine e = Engine.open(FileStore.open(dir));
        run(e, "{ping:1,$db:'admin'}");
        run(e, "{insert:'items',documents:[{_id:1,a:1},{_id:2,a:2},{_id:1,a:3}],$db:'shop'}");
        run(e, "{find:'items',filter:{a:{$gt:0}},sort:{a:-1},$db:'shop'}");
        run(e, "{update:'items',updates:[{q:{_id:1},u:{$inc:{a:5}}},{q:{_id:9},u:{$set:{b:1}},upsert:true}],$db:'shop'}");
        run(e, "{find:'items',$db:'shop@main@2'}");
        run(e, "{find:'items',$db:'shop'}");
        run(e, "{delete:'items',deletes:[{q:{_id:2},limit:1}],$db:'shop'}");
        run(e, "{findAndModify:'items',query:{_id:1},update:{$set:{z:1}},new:true,$db:'shop'}");
        run(e, "{count:'items',$db:'shop'}");
        run(e, "{explain:{find:'items',filter:{_id:1}},$db:'shop'}");
        e.close();
        e = Engine.open(FileStore.open(dir));
        run(e, "{find:'items',$db:'shop'}");
        e.close();
    }

    private static void run(Engine e, String json) {
        BsonDocument d = BsonDocument.parse(json);
        RawBsonDocument raw = new RawBsonDocument(d, new BsonDocumentCodec());
        byte[] b = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(b);
        System.out.println(json + " -> " + e.run(e.connect("test"), Request.of(Doc.of(b))));
    }
}
