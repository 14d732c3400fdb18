package dev.offshoot.archive.s3;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a bucket, and how to get there.
 *
 * @param prefix begins the key of every object; empty, or without a slash at either end
 * @param endpoint of a service that speaks as S3 does; null for AWS
 * @param region null for {@code us-east-1}
 * @param environment where {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN} are looked for before the
 *     places that the SDK knows
 */
public record S3Place(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        Map<String, String> environment) {
    private static final String SCHEME = "s3://";

    /** Whether a text means a bucket and not a folder. */
    public static boolean isS3(String text) {
        return text.startsWith(SCHEME);
    }

    /**
     * Reads {@code s3://bucket/prefix}. Endpoint and region come from {@code AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}, and
     * {@code AWS_REGION}, unless they are given.
     *
     * @throws IllegalArgumentException when it is not that
     */
    public static S3Place parse(
            String text, @Nullable String endpoint, @Nullable String region, Map<String, String> environment) {
        String rest = text.substring(SCHEME.length());
        int slash = rest.indexOf('/');
        String bucket = slash < 0 ? rest : rest.substring(0, slash);
        String prefix = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("^/+|/+$", "");
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("'" + bucket + "' in " + text
                    + " is not the name of a bucket: 3 to 63 of a-z, 0-9, dot and hyphen; as in s3://backups/shop");
        }
        String address = endpoint;
        address = address == null ? environment.get("AWS_ENDPOINT_URL_S3") : address;
        address = address == null ? environment.get("AWS_ENDPOINT_URL") : address;
        if (address != null && !address.matches("https?://[^/]+.*")) {
            throw new IllegalArgumentException(
                    "'" + address + "' is not the address of a service, such as http://127.0.0.1:9000");
        }
        return new S3Place(
                bucket,
                prefix,
                address == null ? null : URI.create(address),
                region == null ? environment.get("AWS_REGION") : region,
                environment);
    }

    /** Without the environment, which holds secrets. */
    @Override
    public String toString() {
        return SCHEME
                + bucket
                + (prefix.isEmpty() ? "" : "/" + prefix)
                + (endpoint == null ? "" : " at " + endpoint.getHost() + ":" + endpoint.getPort());
    }
}
