package dev.offshoot.archive.s3;

import com.robothy.s3.rest.LocalS3;
import com.robothy.s3.rest.bootstrap.LocalS3Mode;
import dev.offshoot.archive.BlobStore;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server that runs in this JVM, with the bucket {@code backups}. */
public final class S3Server implements AutoCloseable {
    static final String SECRET = "TopSecret0123456789";
    static final String KEY = "AKIDKEY0123456789";
    static final Map<String, String> ENVIRONMENT = Map.of("AWS_ACCESS_KEY_ID", KEY, "AWS_SECRET_ACCESS_KEY", SECRET);

    private final LocalS3 server =
            LocalS3.builder().port(-1).mode(LocalS3Mode.IN_MEMORY).build();

    private S3Server() {}

    public static S3Server start() {
        S3Server started = new S3Server();
        started.server.start();
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create(started.endpoint()))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
            client.createBucket(bucket -> bucket.bucket("backups"));
        }
        return started;
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** @param prefix of the objects in the bucket */
    public BlobStore blobs(String prefix) {
        return open("s3://backups/" + prefix + "/", endpoint());
    }

    static BlobStore open(String place, String endpoint) {
        return S3Blobs.open(S3Place.parse(place, endpoint, null, ENVIRONMENT));
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
