package dev.offshoot.archive.s3;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects in a bucket. The SDK tries each request again a few times before it fails. Not thread safe. */
public final class S3Blobs implements BlobStore {
    private static final Duration ATTEMPT_MAX = Duration.ofMinutes(2);
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;
    private static final int MOVED = 301;

    private final S3Place place;
    private final S3Client client;

    private S3Blobs(S3Place place, S3Client client) {
        this.place = place;
        this.client = client;
    }

    /** Makes a client; whether the bucket is there the first request tells. */
    public static S3Blobs open(S3Place place) {
        String region = place.region();
        S3ClientBuilder builder = S3Client.builder()
                .region(region == null ? Region.US_EAST_1 : Region.of(region))
                .credentialsProvider(credentials(place.environment()))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(limits -> limits.apiCallAttemptTimeout(ATTEMPT_MAX))
                .httpClientBuilder(UrlConnectionHttpClient.builder().connectionTimeout(CONNECT_MAX));
        if (place.endpoint() != null) {
            builder.endpointOverride(place.endpoint()).forcePathStyle(true);
        }
        return new S3Blobs(place, builder.build());
    }

    private static AwsCredentialsProvider credentials(Map<String, String> environment) {
        String key = environment.get("AWS_ACCESS_KEY_ID");
        String secret = environment.get("AWS_SECRET_ACCESS_KEY");
        if (key == null || secret == null) {
            return DefaultCredentialsProvider.builder().build();
        }
        String token = environment.get("AWS_SESSION_TOKEN");
        return StaticCredentialsProvider.create(
                token == null
                        ? AwsBasicCredentials.create(key, secret)
                        : AwsSessionCredentials.create(key, secret, token));
    }

    @Override
    public void put(String name, byte[] bytes) {
        Object unused = ask(
                "write " + name + " to",
                () -> client.putObject(
                        request -> request.bucket(place.bucket()).key(key(name)), RequestBody.fromBytes(bytes)));
    }

    @Override
    public byte @Nullable [] get(String name) {
        return ask("read " + name + " in", () -> {
            try {
                return client.getObjectAsBytes(
                                request -> request.bucket(place.bucket()).key(key(name)))
                        .asByteArrayUnsafe();
            } catch (NoSuchKeyException e) {
                return null;
            }
        });
    }

    @Override
    public SortedMap<String, Long> sizes(String prefix) {
        return ask("list", () -> {
            SortedMap<String, Long> sizes = new TreeMap<>();
            int skip = key("").length();
            for (S3Object object : client.listObjectsV2Paginator(
                            request -> request.bucket(place.bucket()).prefix(key(prefix)))
                    .contents()) {
                sizes.put(object.key().substring(skip), object.size());
            }
            return sizes;
        });
    }

    @Override
    public void delete(String name) {
        Object unused = ask(
                "remove " + name + " from",
                () -> client.deleteObject(
                        request -> request.bucket(place.bucket()).key(key(name))));
    }

    private String key(String name) {
        return place.prefix().isEmpty() ? name : place.prefix() + "/" + name;
    }

    private <T> T ask(String what, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw new StoreException("cannot " + what + " " + place + ": " + reason(e), e);
        }
    }

    /** Without what the SDK tells of its attempts and of where it looked for credentials. */
    private String reason(SdkException failure) {
        if (failure instanceof NoSuchBucketException) {
            return "there is no bucket '" + place.bucket() + "' there; make it, or name another one";
        }
        if (failure instanceof S3Exception answer) {
            int status = answer.statusCode();
            String code = answer.awsErrorDetails() == null
                    ? "status " + status
                    : answer.awsErrorDetails().errorCode() + ", status " + status;
            if (status == FORBIDDEN || status == UNAUTHORIZED) {
                return "the service refuses these credentials (" + code
                        + "); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do";
            }
            if (status == MOVED) {
                return "the bucket is in another region (" + code + "); name it with --s3-region or AWS_REGION";
            }
            return "the service answers " + code;
        }
        if (failure instanceof SdkClientException && isAboutCredentials(failure)) {
            return "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of the AWS"
                    + " tools";
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "no answer (" + cause.getClass().getSimpleName() + ": " + cause.getMessage()
                + "); check the address of the service";
    }

    private static boolean isAboutCredentials(SdkException failure) {
        return String.valueOf(failure.getMessage()).contains("load credentials");
    }

    @Override
    public String describe() {
        return place.toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
